"""The Redis side of the broker: one supervised connection that listens, and a publisher beside it."""

import asyncio
import logging
import math
import random
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from broadcaster import BroadcastBackend, Event
from redis import asyncio as redis
from redis.exceptions import RedisError

from pubsub.redis_publisher import RedisPublisher

logger = logging.getLogger(__name__)

GAP = Event("*", "gap")
"""Events may have been missed on any channel: read again. Compare it with `is`, never with `==`."""


@dataclass
class Counters:
    """What a metrics page reads. All of them only ever grow."""

    hints_published: int = 0
    publish_failures: int = 0
    reconnects: int = 0
    garbage: int = 0
    overflows: int = 0


class RedisBackend(BroadcastBackend):
    """Follows channels over one connection, and makes a new one for as long as it takes.

    Nobody but the two tasks of a session touches that connection. Subscribers only say which channels are wanted;
    the session compares that to what is live, sends the difference, and ends each round with a PING. Redis answers
    in order, so the PONG acknowledges the whole round. A round that is not answered within `ANSWER_WITHIN` seconds
    ends the session: a half-open connection is found after at most `HEARTBEAT + ANSWER_WITHIN` seconds.
    """

    HEARTBEAT = 2.0
    ANSWER_WITHIN = 2.0
    BACKOFF_CAP = 1.0

    def __init__(self, url: str, prefix: str, counters: Counters) -> None:
        self.connected = False
        self._prefix = prefix
        self._counters = counters
        # A maker of connections only, none is kept in it. Every wait on one has its own bound below.
        self._listening = redis.ConnectionPool.from_url(
            url, socket_timeout=None, socket_connect_timeout=self.ANSWER_WITHIN, protocol=2
        )
        self._publisher = RedisPublisher(url, prefix)
        self._running = False
        self._supervisor: asyncio.Task[None] | None = None
        self._settled = asyncio.Event()  # the first attempt to connect has succeeded or failed
        self._events: asyncio.Queue[Event] = asyncio.Queue(maxsize=1024)
        self._wanted: set[str] = set()
        self._live: set[str] = set()  # acknowledged by this session's server, and not asked to be left
        self._stale: set[str] = set()  # to be compared in the next round
        self._changed = asyncio.Event()
        self._pong = asyncio.Event()
        self._waiting: dict[str, asyncio.Future[None]] = {}
        self._gap_owed = False  # somebody went ahead without an acknowledgement
        self._failures = 0  # attempts since a connection lasted
        self._sessions = 0

    async def connect(self) -> None:
        """Returns once the first attempt has succeeded or failed, within `ANSWER_WITHIN` seconds. Never raises."""
        self._running = True
        self._settled.clear()
        self._supervisor = asyncio.create_task(self._supervise())
        try:
            async with asyncio.timeout(self.ANSWER_WITHIN):
                await self._settled.wait()
        except TimeoutError:
            logger.warning("Redis has not answered yet; going on without it")

    async def disconnect(self) -> None:
        """Takes at most half of `ANSWER_WITHIN`, and what the publisher takes."""
        self._running = False
        supervisor, self._supervisor = self._supervisor, None
        if supervisor:
            supervisor.cancel()
            await asyncio.wait([supervisor], timeout=self.ANSWER_WITHIN / 2)
        await self._publisher.close()

    async def publish(self, channel: str, message: str) -> bool:  # type: ignore[override]  # theirs tells nothing
        return await self.publish_all([(channel, message)])

    async def publish_all(self, messages: Sequence[tuple[str, str]]) -> bool:
        return await self._publisher.publish(messages)

    async def subscribe(self, channel: str) -> None:
        """Returns when Redis has acknowledged, or, when Redis is down, when the channel is noted: a gap will follow.

        May be called again for a channel that is followed already; takes at most two rounds.
        """
        self._wanted.add(channel)
        if channel in self._live:
            return
        self._stale.add(channel)
        self._changed.set()
        if not self.connected:
            self._gap_owed = True
            return
        # Several subscribers may wait for one channel: one that is cancelled must not take the others with it.
        await asyncio.shield(self._waiting.setdefault(channel, asyncio.get_running_loop().create_future()))

    async def unsubscribe(self, channel: str) -> None:
        self.leave(channel)

    def leave(self, channel: str) -> None:
        """Like unsubscribe: neither waits for Redis, which is told in the next round."""
        self._wanted.discard(channel)
        self._stale.add(channel)
        self._changed.set()

    async def next_published(self) -> Event:
        return await self._events.get()

    async def _supervise(self) -> None:
        # Cancelling is not enough: a task group that fails while it is cancelled reports only the failure.
        while self._running:
            try:
                await self._session()
            # Whatever it was: a listener that is gone is worse than one that tries again.
            except Exception as error:
                cause = error.exceptions[0] if isinstance(error, ExceptionGroup) else error
                unforeseen = None if isinstance(cause, RedisError | OSError) else cause
                if not self._failures or unforeseen:
                    logger.warning("not connected to Redis: %s", str(cause) or repr(cause), exc_info=unforeseen)
            self._settled.set()
            self._failures += 1
            if self._failures > 1:  # the first retry is made at once
                longest = min(self.BACKOFF_CAP, 0.05 * 2 ** min(self._failures - 2, 10))
                await asyncio.sleep(random.uniform(longest / 2, longest))

    async def _session(self) -> None:
        """From one connection's making to its loss, which is always an exception."""
        connection = self._listening.make_connection()  # type: ignore[no-untyped-call]  # redis-py's has no types
        try:
            async with asyncio.timeout(self.ANSWER_WITHIN):
                await connection.connect()
            self._stale = set(self._wanted)
            async with asyncio.TaskGroup() as session:
                session.create_task(self._read(connection))
                session.create_task(self._converse(connection))
        finally:
            self.connected = False
            self._gap_owed = bool(self._wanted)
            self._live.clear()
            self._stale.clear()
            while self._waiting:
                self._waiting.popitem()[1].set_result(None)
            await connection.disconnect(nowait=True)

    async def _converse(self, connection: redis.Connection) -> None:
        """Round after round, makes what the server sends what is wanted."""
        began = asyncio.get_running_loop().time()
        while True:
            self._changed.clear()
            owed, self._gap_owed = self._gap_owed, False
            await self._round(connection)
            if not self.connected:
                self._begin()
            if owed:
                await self._events.put(GAP)
            # Only now, so that a server which accepts and drops connections is not asked in a tight loop.
            if asyncio.get_running_loop().time() - began > self.BACKOFF_CAP:
                self._failures = 0
            with suppress(TimeoutError):
                async with asyncio.timeout(self.HEARTBEAT):
                    await self._changed.wait()

    def _begin(self) -> None:
        self.connected = True
        self._settled.set()
        self._sessions += 1
        if self._sessions > 1:
            self._counters.reconnects += 1
            logger.info("connected to Redis again")

    async def _round(self, connection: redis.Connection) -> None:
        batch, self._stale = self._stale, set()
        join = (batch & self._wanted) - self._live
        leave = (batch & self._live) - self._wanted
        self._live -= leave
        self._pong.clear()
        async with asyncio.timeout(self.ANSWER_WITHIN):
            if join:
                await connection.send_command("SUBSCRIBE", *(self._prefix + channel for channel in join))
            if leave:
                await connection.send_command("UNSUBSCRIBE", *(self._prefix + channel for channel in leave))
            await connection.send_command("PING")
            await self._pong.wait()
        self._live |= join
        for channel in batch:
            # Left and wanted again while the round was out: the next round answers.
            settled = channel in self._live or channel not in self._wanted
            if settled and (waiter := self._waiting.pop(channel, None)):
                waiter.set_result(None)

    async def _read(self, connection: redis.Connection) -> None:
        while True:
            # Not decoded by redis-py: foreign bytes on a channel must not end the session.
            reply = await connection.read_response(disable_decoding=True, timeout=math.inf, push_request=True)
            if reply == b"PONG" or reply[0] == b"pong":
                self._pong.set()
            elif reply[0] == b"message":
                await self._hear(reply[1], reply[2])

    async def _hear(self, channel: bytes, message: bytes) -> None:
        try:
            event = Event(channel.decode().removeprefix(self._prefix), message.decode())
        except UnicodeDecodeError:
            self._counters.garbage += 1
            return
        await self._events.put(event)
