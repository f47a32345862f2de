"""Hints through Redis pub/sub: one listening connection a process, and a queue for each subscription."""

import asyncio
import json
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

import redis.asyncio as redis

Row = dict[str, Any]


class Hints:
    """Who listens to which match, in this process."""

    def __init__(self, client: redis.Redis) -> None:
        self._client = client
        self._heard = client.pubsub(ignore_subscribe_messages=False)
        self._queues: dict[str, set[asyncio.Queue[Row]]] = defaultdict(set)
        self._ready: dict[str, asyncio.Event] = {}
        self._publishing: set[asyncio.Task[Any]] = set()

    @classmethod
    @asynccontextmanager
    async def opened(cls, url: str) -> AsyncIterator["Hints"]:
        """The hints of a process, for the length of a `with` block."""
        async with redis.Redis.from_url(url) as client:
            hints = cls(client)
            await hints._heard.subscribe("nothing")  # redis-py listens once there is a channel
            listening = asyncio.create_task(hints._listen())
            try:
                yield hints
            finally:
                listening.cancel()

    def publish(self, match_id: UUID, row: Row) -> None:
        """Tell all processes, without waiting for Redis."""
        task = asyncio.create_task(self._client.publish(f"ariadne:match:{match_id}", json.dumps(row, default=str)))
        self._publishing.add(task)
        task.add_done_callback(self._publishing.discard)

    @asynccontextmanager
    async def subscribe(self, match_id: UUID) -> AsyncIterator["asyncio.Queue[Row]"]:
        """What is told of a match from now on, once Redis has acknowledged."""
        channel, queue = f"ariadne:match:{match_id}", asyncio.Queue[Row]()
        first = not self._queues[channel]
        self._queues[channel].add(queue)
        try:
            if first:
                self._ready[channel] = asyncio.Event()
                await self._heard.subscribe(channel)
            await self._ready[channel].wait()
            yield queue
        finally:
            self._queues[channel].discard(queue)
            if not self._queues[channel]:
                del self._queues[channel]
                await self._heard.unsubscribe(channel)

    async def _listen(self) -> None:
        async for message in self._heard.listen():
            channel = message["channel"].decode()
            if message["type"] == "subscribe" and channel in self._ready:
                self._ready[channel].set()
            elif message["type"] == "message":
                row = _row(message["data"])
                for queue in self._queues.get(channel, ()):
                    queue.put_nowait(row)


def _row(message: bytes) -> Row:
    """A log row as it went in; all who listen are given the same one."""
    row = json.loads(message)
    return row | {
        "subject_id": UUID(row["subject_id"]),
        "actor_id": UUID(row["actor_id"]),
        "occurred_at": datetime.fromisoformat(row["occurred_at"]),
    }
