"""The README's first operations work as they stand there, pasted one after the other against the demo community."""

import re
from pathlib import Path

import httpx

from tests.community import Person
from tests.servers import Served

README = (Path(__file__).parents[1] / "README.md").read_text()
OPERATIONS = re.findall(r"```graphql\n(.*?)```", README, re.DOTALL)
LOG_IN, MY_MATCHES, WATCH_MATCH, WRITE_POST, PROPOSE_PAIRS, WATCH_PROGRAM, MAKE_PAIRS = OPERATIONS


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


async def test_an_admin_pastes_the_readmes_matching(demo_server: Served) -> None:
    """One query proposes, one mutation commits, the subscription tells."""
    async with httpx.AsyncClient(timeout=30) as http:
        ruth = await log_in(demo_server, http, "ruth@demo.example")
        (edge,) = (await ruth.do(PROPOSE_PAIRS))["programs"]["edges"]
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


def test_the_first_screen_shows_the_two_commands() -> None:
    assert {"make run", "make test"} <= set(re.findall(r"make \w+", "\n".join(README.splitlines()[:15])))
