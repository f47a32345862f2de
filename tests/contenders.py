"""The servers of benchmarks/, all started on copies of one data set, and clients that ask each of them the same."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import asyncpg
import httpx
from websockets.asyncio.client import ClientConnection, connect

from benchmarks.community import Member, Pair
from benchmarks.documents import MATCH_ACTIVITY
from benchmarks.processes import Running

PATIENCE = 30.0
"""Seconds that a live event may take: six servers share the machine with whatever else runs."""

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


def comparable(value: Any) -> Any:
    """The value with moments as moments: one server writes Z where another one writes +00:00."""
    if isinstance(value, dict):
        return {name: comparable(each) for name, each in value.items()}
    if isinstance(value, list):
        return [comparable(each) for each in value]
    if isinstance(value, str) and _MOMENT.fullmatch(value):
        return datetime.fromisoformat(value)
    return value


@dataclass(frozen=True)
class Contender:
    """One of the servers, running, and its database."""

    name: str
    server: Running
    database_url: str

    async def ask(self, member: Member, document: str, **variables: object) -> dict[str, Any]:
        """The whole answer to an operation."""
        async with httpx.AsyncClient(timeout=PATIENCE) as client:
            answer = await client.post(
                f"http://127.0.0.1:{self.server.port}/graphql",
                json={"query": document, "variables": variables},
                headers={"authorization": f"Bearer {member.token}"},
            )
        assert answer.status_code == 200, f"{self.name}: {answer.text}"
        whole = answer.json()
        whole.pop("extensions", None)  # What it costs says our own server alone.
        return comparable(whole)

    @asynccontextmanager
    async def following(self, member: Member, pair: Pair, after: str | None) -> AsyncIterator["Heard"]:
        """What a member hears of a pair, in a socket of its own."""
        url = f"ws://127.0.0.1:{self.server.port}/graphql"
        async with connect(url, subprotocols=["graphql-transport-ws"], close_timeout=5) as socket:
            heard = Heard(self.name, socket)
            await heard.say(type="connection_init", payload={"authorization": f"Bearer {member.token}"})
            assert (await heard.next_message())["type"] == "connection_ack"
            asked = {"query": MATCH_ACTIVITY, "variables": {"matchId": pair.id, "after": after}}
            await heard.say(id="1", type="subscribe", payload=asked)
            yield heard

    async def rows(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """What stands in its database."""
        connection = await asyncpg.connect(self.database_url)
        try:
            return [tuple(row) for row in await connection.fetch(statement, *values)]
        finally:
            await connection.close()


@dataclass(frozen=True)
class Heard:
    """A subscription as its client sees it."""

    name: str
    socket: ClientConnection

    async def say(self, **message: object) -> None:
        """Send a message of the protocol."""
        await self.socket.send(json.dumps(message))

    async def next_message(self) -> dict[str, Any]:
        """The next message, pings left out."""
        async with asyncio.timeout(PATIENCE):
            while True:
                message = json.loads(await self.socket.recv())
                if message["type"] != "ping":
                    return message

    async def event(self) -> dict[str, Any]:
        """The next event."""
        message = await self.next_message()
        assert message["type"] == "next", f"{self.name}: {message}"
        assert "errors" not in message["payload"], f"{self.name}: {message}"
        return comparable(message["payload"]["data"]["matchActivity"])


def now() -> datetime:
    """The present: these servers have no other clock."""
    return datetime.now(UTC).replace(microsecond=0)
