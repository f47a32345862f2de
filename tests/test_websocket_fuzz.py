"""Frames made at random, seeded: each malformed one closes with 4400, each good one is answered, and nothing breaks."""

import asyncio
import json
import logging
import random
from collections.abc import AsyncIterator
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

from tests.socket_client import connected, door, hear, say
from tests.transport_app import Served, gateway, serve

FRAMES = 300


@pytest.fixture(scope="module")
async def served() -> AsyncIterator[Served]:
    async with serve(gateway()) as running:
        yield running


def scalar(choose: random.Random) -> Any:
    """A value that is no object and no string that could be a type, an id or a query."""
    return choose.choice([None, True, False, 0, -1, 1.5, 10**30, [], [{}], [[]], ["subscribe"]])


def words(choose: random.Random) -> str:
    """Text of any kind, without half surrogates, which have a case of their own."""
    return "".join(chr(choose.choice([choose.randrange(1, 128), choose.randrange(0xA0, 0x3000)])) for _ in range(9))


def malformed(choose: random.Random) -> str:
    """A text frame that the protocol forbids after connection_ack."""
    good = {"id": "1", "type": "subscribe", "payload": {"query": "{ hello }"}}
    kinds: list[Any] = [
        lambda: json.dumps(scalar(choose)),
        lambda: json.dumps(words(choose)),
        lambda: "{" + words(choose),
        lambda: json.dumps(good)[: choose.randrange(1, 40)],
        lambda: json.dumps({"type": choose.choice([scalar(choose), "x" + words(choose), "start", "stop", "data"])}),
        lambda: json.dumps({**good, "id": choose.choice([scalar(choose), {}, ""])}),
        lambda: json.dumps({**good, "payload": choose.choice([scalar(choose), words(choose)])}),
        lambda: json.dumps({**good, "payload": {"query": choose.choice([scalar(choose), {}])}}),
        lambda: json.dumps({**good, "payload": {"query": "{ hello }", "variables": choose.choice([1, [], "x", True])}}),
        lambda: json.dumps({**good, "payload": {"query": "{ hello }", "operationName": choose.choice([1, [], {}])}}),
        lambda: json.dumps({"type": choose.choice(["ping", "pong"]), "payload": choose.choice([1, [], "x", True])}),
        lambda: json.dumps({"type": "complete", "id": choose.choice([scalar(choose), {}, ""])}),
    ]
    return choose.choice(kinds)()


async def test_every_malformed_frame_closes_with_4400_and_none_is_a_bug(
    served: Served, caplog: pytest.LogCaptureFixture
) -> None:
    choose = random.Random(20_261_122)

    async def send(frame: str) -> None:
        async with connected(served) as ws:
            await say(ws, frame)
            assert (await door(ws))[0] == 4400, frame

    frames = [malformed(choose) for _ in range(FRAMES)]
    for start in range(0, FRAMES, 20):
        await asyncio.gather(*(send(frame) for frame in frames[start : start + 20]))
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


async def test_words_that_are_no_graphql_are_an_error_of_their_operation_and_the_socket_lives_on(
    served: Served,
) -> None:
    choose = random.Random(7)
    async with connected(served) as ws:
        for number in range(100):
            query = words(choose) or "?"
            await say(ws, {"id": str(number), "type": "subscribe", "payload": {"query": query}})
            answer = await hear(ws)
            assert (answer["type"], answer["id"]) == ("error", str(number)), query
        await say(ws, {"type": "ping"})
        assert await hear(ws) == {"type": "pong"}


async def test_frames_in_one_gulp_are_read_in_their_order(served: Served) -> None:
    """A good frame and a malformed one behind it, sent together: the first is answered, the second closes."""
    choose = random.Random(11)
    for _ in range(30):
        async with connected(served) as ws:
            await asyncio.gather(say(ws, {"type": "ping"}), say(ws, malformed(choose)))
            heard = []
            with pytest.raises(ConnectionClosed):
                async with asyncio.timeout(5):
                    while True:
                        heard.append(json.loads(await ws.recv()))
            assert ws.close_code == 4400
            assert heard in ([{"type": "pong"}], []), "a pong may be overtaken by the close"
