"""The live half of a process: its broker, its hub, and the task that publishes hints off the response's path."""

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import islice
from uuid import UUID

from pubsub.broker import Broker
from pubsub.hub import TICK_SECONDS, Hub
from pubsub.presence import BEAT_SECONDS, Presence
from pubsub.streams import ACCESS_CHANNEL, Stream

logger = logging.getLogger(__name__)

MOST_WHISPERS = 1_000
"""What waits for a broker that does not answer; the oldest are given up first."""

HINTS_AT_ONCE = 200
"""Hints that travel in one round trip at most: those that gathered while the last ones were on their way."""

SEND_SECONDS = 1.0
"""What the end of a process waits for hints that are on their way."""


class Live:
    """One a process. A hint reaches followers in this process at once, and those of others through the broker."""

    def __init__(
        self,
        redis_url: str,
        *,
        prefix: str = "mentorship:",
        tick_seconds: float = TICK_SECONDS,
        beat_seconds: float = BEAT_SECONDS,
    ) -> None:
        self.broker = Broker(redis_url, prefix=prefix)
        self.hub = Hub(self.broker, tick_seconds=tick_seconds)
        self.presence = Presence(self.broker, beat_seconds=beat_seconds)
        self.hub.attended = self.presence.attended
        self._unsent: dict[Stream | UUID, int] = {}
        self._whispers: deque[tuple[str, str]] = deque(maxlen=MOST_WHISPERS)
        self._something = asyncio.Event()
        self._publisher: asyncio.Task[None] | None = None
        self._ended = False

    async def start(self) -> None:
        """Connect and listen. A broker that is down keeps no process from starting: heads are read every second."""
        await self.broker.connect()
        await self.hub.start()
        await self.presence.start()
        self._publisher = asyncio.create_task(self._publish(), name="publish-hints")

    async def stop(self) -> None:
        """Send what is still to be sent, within a second, and disconnect."""
        if self._publisher is not None:
            self._ended = True
            self._something.set()
            await asyncio.wait([self._publisher], timeout=SEND_SECONDS)
            # Bounded, and told beforehand: a cancellation that meets an answer just as it comes may be lost on its way
            # (asyncio.wait_for before Python 3.12), and whoever waits for the task waits for ever.
            self._publisher.cancel()
            await asyncio.wait([self._publisher], timeout=SEND_SECONDS)
        await self.presence.stop()
        await self.hub.stop()
        await self.broker.disconnect()

    def announce(self, stream: Stream, number: int) -> None:
        """Say that a stream has reached `number`."""
        self.hub.hear(stream, number)
        self._send(stream, number)

    def announce_rights(self, user_id: UUID) -> None:
        """Say that a person's rights have changed."""
        self.hub.rights_changed(user_id)
        self._send(user_id, 0)

    def whisper(self, channel: str, message: str) -> None:
        """Say something over the broker to whoever listens now, in this process too. It may be lost."""
        self._whispers.append((channel, message))
        self._something.set()

    def _send(self, about: Stream | UUID, number: int) -> None:
        # The highest number of a stream alone: while Redis does not answer, no more gathers than there are streams.
        self._unsent[about] = max(number, self._unsent.get(about, 0))
        self._something.set()

    async def _publish(self) -> None:
        while True:
            await self._something.wait()
            self._something.clear()
            while self._unsent:
                sent = dict(islice(self._unsent.items(), HINTS_AT_ONCE))
                for about in sent:
                    del self._unsent[about]
                try:
                    await self.broker.publish_all([_hint(about, number) for about, number in sent.items()])
                except Exception:
                    logger.exception("Hints could not be published; followers find their numbers within a second.")
            await self._publish_whispers()
            if self._ended:
                return

    async def _publish_whispers(self) -> None:
        while self._whispers:
            channel, message = self._whispers.popleft()
            try:
                await self.broker.publish(channel, message)
            except Exception:
                logger.exception("A whisper could not be published and is lost.")


def _hint(about: Stream | UUID, number: int) -> tuple[str, str]:
    return (ACCESS_CHANNEL, str(about)) if isinstance(about, UUID) else (about.channel, str(number))


_live: Live | None = None


async def open_live(redis_url: str, *, tick_seconds: float = TICK_SECONDS, beat_seconds: float = BEAT_SECONDS) -> Live:
    """Start the live half of this process. Raises RuntimeError when it is running already."""
    global _live
    if _live is not None:
        raise RuntimeError("The live half of this process is running already.")
    live = Live(redis_url, tick_seconds=tick_seconds, beat_seconds=beat_seconds)
    await live.start()
    _live = live
    return live


async def close_live() -> None:
    """Stop the live half of this process."""
    global _live
    if _live is not None:
        live, _live = _live, None
        await live.stop()


@asynccontextmanager
async def telling(redis_url: str | None) -> AsyncIterator[None]:
    """What is committed in the block is announced to the workers, as far as Redis is up: what commands need.

    Without an address, or with memory://, the workers find it by themselves, a tick later.
    """
    if redis_url is None or redis_url == "memory://":
        yield
        return
    await open_live(redis_url)
    try:
        yield
    finally:
        await close_live()


def hub() -> Hub:
    """This process's hub. Raises RuntimeError before `open_live`."""
    if _live is None:
        raise RuntimeError("Nothing can be followed before open_live().")
    return _live.hub


def presence() -> Presence:
    """This process's presence. Raises RuntimeError before `open_live`."""
    if _live is None:
        raise RuntimeError("Nobody can be there before open_live().")
    return _live.presence


def announce(stream: Stream, number: int) -> None:
    """Say that a stream has reached `number`. The next read of the heads finds what a command without it did."""
    if _live is not None:
        _live.announce(stream, number)


def announce_rights(user_id: UUID) -> None:
    """Say that a person's rights have changed; likewise."""
    if _live is not None:
        _live.announce_rights(user_id)


def whisper(channel: str, message: str) -> None:
    """Say something over the broker to whoever listens now, and to nobody later. Never what people wrote."""
    if _live is not None:
        _live.whisper(channel, message)
