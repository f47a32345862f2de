"""The README's first operations and the tour's work as they stand there, and the demo is as the tour says it is."""

import re
from pathlib import Path

import httpx

from tests.community import Person
from tests.servers import Served

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
TOUR = (ROOT / "docs" / "tour.md").read_text(encoding="utf-8")
LOG_IN, MY_MATCHES, WATCH_MATCH, WRITE_POST = re.findall(r"```graphql\n(.*?)```", README, re.DOTALL)
(THE_PAIR,) = re.findall(r"```graphql\n(.*?)```", TOUR, re.DOTALL)

SPACE = """
query($id: ID!) { viewer { user { timeZone } } match(id: $id) { program { group { name } } mentor { name } space {
  steps { state rule } checkIns(first: 1) { edges { node { state } } }
} } }
"""
PROPOSE_PAIRS = """
{ group(slug: "soap-makers") { programs(state: [RUNNING]) { edges { node { id title admin {
  suggestedMatches(first: 50, objective: MOST_PEOPLE) {
    reasons { text } mentorSignUp { id user { name } } menteeSignUp { id user { name } }
  }
  unmatched { signUp { user { name } } reasons }
} } } } } }
"""
WATCH_PROGRAM = "subscription($programId: ID!) { programActivity(programId: $programId) { __typename } }"
MAKE_PAIRS = """
mutation($programId: ID!, $pairs: [MatchPairInput!]!) {
  createMatches(input: { programId: $programId, pairs: $pairs }) { matches { id } errors { code message path } }
}
"""


async def log_in(served: Served, http: httpx.AsyncClient, email: str) -> Person:
    """Somebody of the demo community, logged in by the README's own mutation."""
    person = Person(email, served, http)
    session = (await person.do(LOG_IN.replace("maya@demo.example", email)))["session"]
    person.token = session["accessToken"]
    return person


async def test_a_newcomer_pastes_the_readmes_operations(demo_server: Served) -> None:
    async with httpx.AsyncClient(timeout=30) as http:
        maya = await log_in(demo_server, http, "maya@demo.example")
        viewer = await maya.do(MY_MATCHES)
        assert viewer["user"]["name"].startswith("Maya")
        match = viewer["matches"]["edges"][0]["node"]
        assert match["space"]["partner"]["name"].startswith("Tom")
        assert len(match["space"]["thread"]["posts"]["edges"]) == 3

        tom = await log_in(demo_server, http, "tom@demo.example")
        async with maya.hears(WATCH_MATCH, matchId=match["id"]) as ears:
            await ears.silence()
            written = await tom.do(WRITE_POST, matchId=match["id"])
            assert written["post"]["bodyHtml"] == "<p>Hello <strong>Maya</strong>!</p>\n"
            heard = await ears.next()
        assert heard["__typename"] == "PostAdded"
        assert heard["post"]["id"] == written["post"]["id"]
        assert heard["actor"]["name"].startswith("Tom")


async def test_maya_and_tom_have_a_week_to_go_through(demo_server: Served) -> None:
    """What the tour says of the two, and its query."""
    async with httpx.AsyncClient(timeout=30) as http:
        assert all(f"`{each}`" in TOUR for each in ("maya@demo.example", "tom@demo.example", "demo-demo-demo"))
        maya = await log_in(demo_server, http, "maya@demo.example")
        (edge,) = (await maya.do(THE_PAIR))["matches"]["edges"]
        match = edge["node"]
        assert match["program"]["title"] == "From Kitchen to Market"
        assert match["space"]["partner"]["name"].startswith("Tom")
        assert match["space"]["thread"]["posts"]["edges"]

        tom = await log_in(demo_server, http, "tom@demo.example")
        seen = (await tom.ask(SPACE, id=match["id"]))["data"]
        assert seen["viewer"]["user"]["timeZone"] == "Europe/London"
        assert seen["match"]["program"]["group"]["name"] == "Soap Makers & Small Business"
        assert seen["match"]["mentor"]["name"].startswith("Maya")
        open_steps = [step for step in seen["match"]["space"]["steps"] if step["state"] in ("OPEN", "DONE_BY_ONE")]
        assert open_steps and seen["match"]["space"]["checkIns"]["edges"]


async def test_ruth_has_pairs_to_make(demo_server: Served) -> None:
    """One query proposes, one mutation commits, the subscription tells."""
    async with httpx.AsyncClient(timeout=30) as http:
        ruth = await log_in(demo_server, http, "ruth@demo.example")
        (edge,) = (await ruth.do(PROPOSE_PAIRS))["programs"]["edges"]
        assert edge["node"]["title"] == "From Kitchen to Market"
        program, admin = edge["node"]["id"], edge["node"]["admin"]
        names = {
            each["mentorSignUp"]["user"]["name"].split()[0]: each["menteeSignUp"]["user"]["name"].split()[0]
            for each in admin["suggestedMatches"]
        }
        assert names == {"Maya": "João", "Priya": "Aroha"}
        assert all(len(each["reasons"]) >= 3 for each in admin["suggestedMatches"])
        (left,) = admin["unmatched"]
        assert left["signUp"]["user"]["name"].startswith("Hanna")
        assert left["reasons"] == ["No mentor offers bookkeeping."]

        pairs = [
            {f"{side}SignUpId": each[f"{side}SignUp"]["id"] for side in ("mentor", "mentee")}
            for each in admin["suggestedMatches"]
        ]
        async with ruth.hears(WATCH_PROGRAM, programId=program) as ears:
            await ears.silence()
            made = await ruth.do(MAKE_PAIRS, programId=program, pairs=pairs)
            heard = [await ears.next() for _ in range(6)]
        assert len(made["matches"]) == 2
        assert [each["__typename"] for each in heard] == ["SignUpChanged", "SignUpChanged", "MatchChanged"] * 2
        (edge,) = (await ruth.do(PROPOSE_PAIRS))["programs"]["edges"]
        assert edge["node"]["admin"]["suggestedMatches"] == []


async def test_the_addresses_of_the_tour_answer(demo_server: Served) -> None:
    async with httpx.AsyncClient(timeout=30, follow_redirects=True) as http:
        for path in re.findall(r"^\| http://127\.0\.0\.1:8000(\S*)", TOUR, re.MULTILINE):
            answer = await http.get(f"{demo_server.url}{path}", headers={"accept": "text/html, text/plain"})
            assert answer.status_code == 200, path


def test_the_first_screen_shows_the_two_commands() -> None:
    assert {"make run", "make test"} <= set(re.findall(r"make \w+", "\n".join(README.splitlines()[:15])))
