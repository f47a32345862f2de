"""Access tokens end while people listen: sockets close with 4403, streams end, and who comes back misses nothing."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from resolvers.tokens import Tokens
from tests.clients.bare import following, logged_in, operation
from tests.community import Community, Pair, Person
from tests.devices import refreshed
from tests.documents import CREATE_POST, SPACE
from tests.servers import SECRET_KEY, Served

SECONDS = 4
"""How long the tokens of these tests last, up to a second less since they end on a whole one."""

LATE = 1.5
"""Seconds after the end of a token by which its connection must have ended."""


@pytest.fixture
async def community(two_workers: Served) -> AsyncIterator[Community]:
    """People on a served process, whose clock is the real one."""
    async with Community.on(two_workers) as people:
        yield people


def short_lived(person: Person) -> tuple[Person, float]:
    """The person with an access token that ends soon, and when it does. The refresh token stays good."""
    assert person.token is not None
    now = datetime.now(UTC)
    claims = Tokens([SECRET_KEY]).read(person.token, now)
    token, end = Tokens([SECRET_KEY], access_seconds=SECONDS).sign(claims.user_id, claims.session_id, now)
    return replace(person, token=token), end.timestamp()


async def posts(person: Person, pair: Pair, body: str) -> None:
    await person.do(CREATE_POST, input={"matchId": pair.id, "body": body, "idempotencyKey": body})


async def cursor_of(pair: Pair) -> str:
    return (await pair.mentee.do(SPACE, id=pair.id))["space"]["activityCursor"]


async def hears(ws: ClientConnection) -> dict[str, Any]:
    """The next event."""
    message = json.loads(await asyncio.wait_for(ws.recv(), 8))
    assert message["type"] == "next", message
    return message["payload"]["data"]["matchActivity"]


async def closed(ws: ClientConnection) -> tuple[int | None, str | None, float]:
    """The socket's close code and reason, and when it came; nothing else may come before it."""
    with pytest.raises(ConnectionClosed):
        heard = await asyncio.wait_for(ws.recv(), SECONDS + 5)
        raise AssertionError(f"heard {heard}")
    return ws.close_code, ws.close_reason, time.time()


async def test_a_socket_closes_with_its_token_and_maya_goes_on_from_her_cursor(community: Community) -> None:
    """Her socket ends with 4403 the moment her token does. What Tom writes meanwhile is what she hears next."""
    pair = await community.pair()
    (maya, end), tom = short_lived(pair.mentor), pair.mentee
    ws = await following(maya, pair.id, await cursor_of(pair))
    await posts(tom, pair, "while it lasts")
    started = await hears(ws)
    assert started["__typename"] == "MatchChanged"  # The first post makes the pair active.
    heard = await hears(ws)
    assert heard["post"]["body"] == "while it lasts"

    code, reason, at = await closed(ws)
    assert (code, reason) == (4403, "Access token expired")
    assert -0.05 < at - end < LATE
    await posts(tom, pair, "while she is away")

    # With the old token there is no way back in.
    with pytest.raises(ConnectionClosed) as refused:
        await following_long(maya, pair, heard["cursor"])
    assert refused.value.rcvd is not None and refused.value.rcvd.code == 4403

    again = await following(await refreshed(maya), pair.id, heard["cursor"])
    assert (await hears(again))["post"]["body"] == "while she is away"
    await posts(tom, pair, "and on")
    assert (await hears(again))["post"]["body"] == "and on"
    await again.close()


async def following_long(person: Person, pair: Pair, after: str) -> dict[str, Any]:
    return await hears(await following(person, pair.id, after))


async def test_an_event_stream_ends_with_its_token_without_a_complete_and_maya_goes_on(community: Community) -> None:
    """A `complete` would tell her client to be content. It hears none, comes back with a fresh token, and has all."""
    pair = await community.pair()
    (maya, end), tom = short_lived(pair.mentor), pair.mentee
    before = await cursor_of(pair)
    async with aclosing(events(maya, pair, before)) as stream:
        await posts(tom, pair, "while it lasts")
        heard = [await anext(stream), await anext(stream)]
        assert heard[-1]["post"]["body"] == "while it lasts"
        assert [event async for event in stream] == []
    assert -0.05 < time.time() - end < LATE
    await posts(tom, pair, "while she is away")

    async with aclosing(events(maya, pair, heard[-1]["cursor"])) as refused:
        with pytest.raises(httpx.HTTPStatusError, match="401"):
            await anext(refused)

    async with aclosing(events(await refreshed(maya), pair, heard[-1]["cursor"])) as stream:
        assert (await anext(stream))["post"]["body"] == "while she is away"
        await posts(tom, pair, "and on")
        assert (await anext(stream))["post"]["body"] == "and on"


async def events(person: Person, pair: Pair, after: str) -> AsyncIterator[dict[str, Any]]:
    """What a stream brings until its connection ends. Fails on a `complete`, raises HTTPStatusError on a refusal."""
    headers = {"authorization": f"Bearer {person.token}", "accept": "text/event-stream"}
    async with (
        httpx.AsyncClient(timeout=10) as http,
        http.stream(
            "POST", f"{person.served.url}/graphql", json=operation(pair.id, after), headers=headers
        ) as response,
    ):
        response.raise_for_status()
        async for line in response.aiter_lines():
            assert line != "event: complete"
            if line.startswith("data: "):
                yield json.loads(line.removeprefix("data: "))["data"]["matchActivity"]


async def test_tokens_end_each_for_itself(community: Community) -> None:
    """Maya renews her token in time and opens a second socket before the first one ends: the second lives on, hears
    on, and of the first, which follows nothing, she only learns that its token has ended."""
    pair = await community.pair()
    (maya, end), tom = short_lived(pair.mentor), pair.mentee
    idle = await logged_in(maya.served, maya.token)
    second = await following(await refreshed(maya), pair.id, await cursor_of(pair))

    code, _, at = await closed(idle)
    assert code == 4403
    assert -0.05 < at - end < LATE
    await posts(tom, pair, "still there?")
    assert [(await hears(second))["__typename"] for _ in range(2)] == ["MatchChanged", "PostAdded"]
    await second.close()
