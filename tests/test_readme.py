"""The README's first operations work as they stand there, pasted one after the other against the demo community."""

import re
from pathlib import Path

import httpx

from tests.community import Person
from tests.servers import Served

README = (Path(__file__).parents[1] / "README.md").read_text()
LOG_IN, MY_MATCHES, WATCH_MATCH, WRITE_POST = re.findall(r"```graphql\n(.*?)```", README, re.DOTALL)


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


def test_the_first_screen_shows_the_two_commands() -> None:
    assert {"make run", "make test"} <= set(re.findall(r"make \w+", "\n".join(README.splitlines()[:15])))
