"""A visitor comes through compose.yaml's proxy: live streams pass, inner addresses do not, each counts as himself."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any

import httpx
import pytest

from server.local.redis import LocalRedis
from tests.community import Community
from tests.documents import CREATE_POST, LOG_IN, MATCH_ACTIVITY
from tests.live.carriers import over_events, over_socket
from tests.live.proxies import proxied
from tests.live.workers import Worker, workers

PATIENCE = 30.0
ATTEMPTS = 12


@pytest.fixture(scope="module")
async def behind(
    own_database: str, own_redis: LocalRedis, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[tuple[list[Worker], str]]:
    """Two workers that believe the proxy, and the proxy's address."""
    folder = tmp_path_factory.mktemp("proxy")
    settings = {"trusted_proxies": "127.0.0.1", "account_attempts_per_hour": str(ATTEMPTS)}
    async with workers(own_database, own_redis.url, folder, **settings) as running, proxied(running, folder) as url:
        yield running, url


def asker(url: str, address: str) -> httpx.AsyncClient:
    """Somebody who comes from an address of this machine's loopback network."""
    return httpx.AsyncClient(base_url=url, timeout=PATIENCE, transport=httpx.AsyncHTTPTransport(local_address=address))


async def guessed(http: httpx.AsyncClient, number: int, **headers: str) -> str:
    """What came of a wrong password, for an address that nobody has."""
    given = {"email": f"nobody-{number}@example.org", "password": "not the password"}
    answer = await http.post("/graphql", json={"query": LOG_IN, "variables": {"input": given}}, headers=headers)
    return answer.json()["data"]["logIn"]["errors"][0]["code"]


@pytest.mark.parametrize("carrier", [over_socket, over_events], ids=["socket", "event stream"])
async def test_what_a_mentor_writes_reaches_the_mentee_at_once_through_the_proxy(
    behind: tuple[list[Worker], str], carrier: Any
) -> None:
    running, url = behind
    async with Community.on(running[0].served) as community:
        pair = await community.pair()
        variables = {"matchId": pair.id, "after": None}
        stream = carrier(url, pair.mentee.token, MATCH_ACTIVITY, variables, lambda _: None)
        async with asyncio.timeout(PATIENCE), aclosing(stream) as events:
            heard = asyncio.ensure_future(anext(events))
            for number in range(100):  # until the stream is open and hears
                given = {"matchId": pair.id, "body": f"Hello {number}", "idempotencyKey": str(number)}
                await pair.mentor.do(CREATE_POST, input=given)
                if (await asyncio.wait({heard}, timeout=0.2))[0]:
                    break
            assert (await heard)["matchActivity"]["__typename"] in ("PostAdded", "MatchChanged")


@pytest.mark.parametrize(
    "path",
    [
        *("/metrics", "/metrics/", "/healthz", "/readyz", "/readyz?x=1", "/METRICS", "//metrics", "/./metrics"),
        *("/%6detrics", "/graphql/../metrics", "/graphql/%2e%2e/readyz", "/metrics%2f", "/healthz%00"),
    ],
)
async def test_what_machines_look_at_stays_inside(behind: tuple[list[Worker], str], path: str) -> None:
    """Byte by byte as it stands here: no client tidies the path."""
    running, url = behind
    host, _, port = url.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
    said = await asyncio.wait_for(reader.read(), PATIENCE)
    writer.close()
    assert said.split()[1] in (b"400", b"404"), said
    for inner in (b"mentorship_", b"database", b"\r\n\r\nok"):
        assert inner not in said
    async with httpx.AsyncClient() as http:
        assert (await http.get(f"{running[0].url}/readyz")).json()["status"] == "ready"


@pytest.mark.parametrize(("size", "words"), [(1_200_000, "1000000"), (3_000_000, "")])
async def test_who_sends_too_much_is_told_so(behind: tuple[list[Worker], str], size: int, words: str) -> None:
    """By the server, in words; the proxy, without them, saves it from what is larger by far."""
    _, url = behind
    async with asker(url, "127.0.0.1") as http:
        refused = await http.post("/graphql", json={"query": "{ __typename }", "variables": {"a": "x" * size}})
        assert refused.status_code == 413
        assert words in refused.text


async def test_a_visitor_counts_as_himself_and_cannot_pretend_to_be_another(behind: tuple[list[Worker], str]) -> None:
    """Who guesses is slowed down, whatever he says about where he is; his neighbour is not. Each worker counts."""
    _, url = behind
    async with asker(url, "127.0.0.2") as guesser, asker(url, "127.0.0.3") as neighbour:
        codes = [await guessed(guesser, number) for number in range(2 * ATTEMPTS + 1)]
        assert codes.count("RATE_LIMITED") >= 1
        assert {await guessed(guesser, number, **{"x-forwarded-for": f"192.0.2.{number}"}) for number in range(3)} == {
            "RATE_LIMITED"
        }
        assert await guessed(neighbour, 0) == "UNAUTHENTICATED"
