"""Both at once: two members begin to listen while the first post of their pair is being written."""

import asyncio
import json
import os
import random
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import Any

import asyncpg
import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect

from tests.community import Community
from tests.documents import CREATE_POST, MATCH_ACTIVITY
from tests.listening import PATIENCE
from tests.live.pairs import Member, Sown, sow
from tests.live.state import fetch_state
from tests.live.workers import Worker

SEED = int(os.environ.get("STORM_SEED", "7"))
TIMES = 500
AT_ONCE = 25
JITTER_SECONDS = 0.012
"""About what a subscription takes to begin, so that posts come before, while and after it does."""


@pytest.mark.timeout(180)
async def test_both_hear_the_first_post_once_although_it_is_written_while_they_begin_to_listen(
    two_apart: list[Worker], database: asyncpg.Connection, figures: Callable[[str, dict[str, Any]], None]
) -> None:
    """500 fresh pairs, mentor and mentee on different workers, from the cursor that the space shows."""
    choose = random.Random(f"{SEED} both at once")
    order = dict.fromkeys(("post first", "post between", "post last"), 0)
    async with Community.on(two_apart[0].served) as community, httpx.AsyncClient(timeout=10) as http:
        pairs = await sow(database, await community.pair(), TIMES)
        for start in range(0, TIMES, AT_ONCE):
            batch = [_Race(pair, two_apart, http, choose) for pair in pairs[start : start + AT_ONCE]]
            async with AsyncExitStack() as sockets:
                await asyncio.gather(*(race.connect(sockets) for race in batch))
                for place in await asyncio.gather(*(race.run() for race in batch)):
                    order[place] += 1
    figures("both-at-once", {"times": TIMES, "events": TIMES * 2 * 3} | order)
    assert min(order.values()) > 0, "the race was not run"


class _Race:
    """One pair: `sent` is when each of the two asked to listen, and when the post was sent."""

    def __init__(self, pair: Sown, workers: list[Worker], http: httpx.AsyncClient, choose: random.Random) -> None:
        self.pair, self.http, self.choose = pair, http, choose
        self.workers = choose.sample(workers, 2)
        self.sockets: list[ClientConnection] = []
        self.sent: dict[str, list[float]] = {"listen": [], "post": []}

    async def connect(self, stack: AsyncExitStack) -> None:
        """Both are connected, and know the cursor; neither listens yet."""
        for member, worker in zip(self.pair.members, self.workers, strict=True):
            address = worker.url.replace("http", "ws", 1) + "/graphql"
            socket = await stack.enter_async_context(
                connect(address, subprotocols=["graphql-transport-ws"], compression=None, close_timeout=1)
            )
            await _say(socket, {"type": "connection_init", "payload": {"authorization": f"Bearer {member.token}"}})
            assert (await _hear(socket))["type"] == "connection_ack"
            self.sockets.append(socket)
        mentee = self.pair.mentee
        _, self.cursor = await fetch_state(self.http, self.workers[1].url, mentee.token, self.pair.id)
        assert self.pair.stream.number_of(self.cursor) == 0

    async def run(self) -> str:
        """Everything at once; which was sent first. Raises AssertionError when either heard anything else, or twice."""
        heard, _ = await asyncio.gather(
            asyncio.gather(*(self._listen(socket) for socket in self.sockets)),
            self._write(self.choose.choice(self.pair.members), self.choose.choice(self.workers)),
        )
        expected = [("MatchChanged", None), ("PostAdded", "The first"), ("PostAdded", "The second")]
        assert heard == [expected, expected]
        (posted,) = self.sent["post"]
        if posted < min(self.sent["listen"]):
            return "post first"
        return "post last" if posted > max(self.sent["listen"]) else "post between"

    async def _listen(self, socket: ClientConnection) -> list[tuple[str, str | None]]:
        await self._moment("listen")
        operation = {"query": MATCH_ACTIVITY, "variables": {"matchId": self.pair.id, "after": self.cursor}}
        await _say(socket, {"id": "1", "type": "subscribe", "payload": operation})
        heard: list[tuple[str, str | None]] = []
        # The second post is a fence: the stream has one order, so whatever was repeated would come before it.
        while not heard or heard[-1][1] != "The second":
            message = await _hear(socket)
            assert message["type"] == "next" and "errors" not in message["payload"], message
            event = message["payload"]["data"]["matchActivity"]
            heard.append((event["__typename"], event["post"]["body"] if "post" in event else None))
        return heard

    async def _write(self, author: Member, worker: Worker) -> None:
        await self._moment("post")
        for body in ("The first", "The second"):
            given = {"query": CREATE_POST, "variables": {"input": {"matchId": self.pair.id, "body": body}}}
            headers = {"authorization": f"Bearer {author.token}"}
            answer = (await self.http.post(f"{worker.url}/graphql", json=given, headers=headers)).json()
            assert answer["data"]["createPost"]["errors"] == [], answer

    async def _moment(self, what: str) -> None:
        await asyncio.sleep(self.choose.uniform(0, JITTER_SECONDS))
        self.sent[what].append(time.monotonic())


async def _say(socket: ClientConnection, message: dict[str, Any]) -> None:
    await socket.send(json.dumps(message))


async def _hear(socket: ClientConnection) -> dict[str, Any]:
    return json.loads(await asyncio.wait_for(socket.recv(), PATIENCE))
