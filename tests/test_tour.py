"""The tour's newcomer finds in the demo community what docs/tour.md says is there, and pastes its query."""

import re
from pathlib import Path

import httpx

from tests.community import Person
from tests.documents import LOG_IN
from tests.servers import Served

TOUR = (Path(__file__).parents[1] / "docs" / "tour.md").read_text(encoding="utf-8")
(MY_MATCHES,) = re.findall(r"```graphql\n(.*?)```", TOUR, re.DOTALL)
SPACE = """
query($id: ID!) { viewer { user { timeZone } } match(id: $id) { program { group { name } } mentor { name } space {
  steps { id state rule } checkIns(first: 1) { edges { node { state viewerAnswer { mood } } } }
} } }
"""
BOARD = """
{ viewer { groups { edges { node { name programs(state: [RUNNING]) { edges { node {
  title admin { suggestedMatches { reasons { text } } unmatched { reasons } }
} } } } } } } }
"""


async def logged_in(served: Served, http: httpx.AsyncClient, name: str) -> Person:
    """Somebody of the demo community; the tour says the address and the password."""
    given = {"email": f"{name.lower()}@demo.example", "password": "demo-demo-demo"}
    assert all(f"`{each}`" in TOUR for each in given.values())
    person = Person(name, served, http)
    person.token = (await person.do(LOG_IN, input=given))["session"]["accessToken"]
    return person


async def test_maya_and_tom_have_a_week_to_go_through(demo_server: Served) -> None:
    async with httpx.AsyncClient(timeout=30) as http:
        maya, tom = [await logged_in(demo_server, http, name) for name in ("Maya", "Tom")]
        (edge,) = (await maya.do(MY_MATCHES))["matches"]["edges"]
        match = edge["node"]
        assert match["program"]["title"] == "From Kitchen to Market"
        assert match["space"]["partner"]["name"].startswith("Tom")
        assert match["space"]["thread"]["posts"]["edges"]

        answer = (await tom.ask(SPACE, id=match["id"]))["data"]
        assert answer["viewer"]["user"]["timeZone"] == "Europe/London"
        seen = answer["match"]
        assert seen["program"]["group"]["name"] == "Soap Makers & Small Business"
        assert seen["mentor"]["name"].startswith("Maya")
        assert [step["rule"] for step in seen["space"]["steps"] if step["state"] == "OPEN"] != []
        assert seen["space"]["checkIns"]["edges"] != []


async def test_ruth_has_pairs_to_make(demo_server: Served) -> None:
    async with httpx.AsyncClient(timeout=30) as http:
        ruth = await logged_in(demo_server, http, "Ruth")
        viewer = await ruth.do(BOARD)
        programs = [edge["node"] for group in viewer["groups"]["edges"] for edge in group["node"]["programs"]["edges"]]
        (program,) = (each for each in programs if each["title"] == "From Kitchen to Market")
        assert program["admin"]["suggestedMatches"] != []
        assert program["admin"]["unmatched"] != []


async def test_the_addresses_of_the_tour_answer(demo_server: Served) -> None:
    async with httpx.AsyncClient(timeout=30, follow_redirects=True) as http:
        for path in re.findall(r"^\| http://127\.0\.0\.1:8000(\S*)", TOUR, re.MULTILINE):
            answer = await http.get(f"{demo_server.url}{path}", headers={"accept": "text/html, text/plain"})
            assert answer.status_code == 200, path
