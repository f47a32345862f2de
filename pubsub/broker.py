"""Who hears what in this process: broadcaster's API over bounded queues, and one inbox for many channels."""

import asyncio
import itertools
from collections import OrderedDict
from collections.abc import AsyncIterator, Hashable, Sequence
from contextlib import asynccontextmanager
from urllib.parse import urlparse

from broadcaster import Broadcast, Event
from broadcaster._backends.memory import MemoryBackend
from broadcaster._base import Subscriber, Unsubscribed

from pubsub.redis_backend import GAP, Counters, RedisBackend

__all__ = ["GAP", "Broker", "Counters", "Event", "Inbox", "Subscriber", "Unsubscribed"]


class Inbox:
    """Many channels, one bounded queue, one reader. Made by `Broker.inbox`.

    Undelivered hints of one channel are collapsed into the latest. When more than `size` wait, all of them give way
    to one GAP. A hint only says "look again", so neither loses anything.
    """

    def __init__(self, broker: "Broker", size: int, *, collapse: bool = True) -> None:
        self._broker = broker
        self._size = size
        self._keys: itertools.count[int] | None = None if collapse else itertools.count()
        self._events: OrderedDict[Hashable, Event] = OrderedDict()
        self._channels: set[str] = set()
        self._wake = asyncio.Event()
        self.closed = False

    async def add(self, channel: str) -> None:
        """Returns when Redis has acknowledged, or, when Redis is down, when the channel is noted: a GAP will follow.

        The channel stays until `discard`, also when this is cancelled while it waits: two tasks may be adding the
        same one, and only the caller knows whether it is still wanted. After `close` nothing is added.
        """
        if not self.closed:
            self._channels.add(channel)
            await self._broker._join(channel, self)

    async def discard(self, channel: str) -> None:
        """Nothing of the channel is heard from now on, and what still waits of it is dropped."""
        self._leave(channel)
        self._events.pop(channel, None)

    async def get(self) -> Event:
        """The oldest event that waits. Raises Unsubscribed when the inbox is closed and empty."""
        while not self._events:
            if self.closed:
                raise Unsubscribed()
            self._wake.clear()
            await self._wake.wait()
        return self._events.popitem(last=False)[1]

    def drain(self) -> list[Event]:
        """Everything that waits, oldest first, without waiting for more."""
        events = list(self._events.values())
        self._events.clear()
        return events

    def close(self) -> None:
        """Leaves all channels. What waits can still be read; then `get` raises Unsubscribed."""
        self.closed = True
        for channel in list(self._channels):
            self._leave(channel)
        self._broker._inboxes.discard(self)
        self._wake.set()

    def _leave(self, channel: str) -> None:
        if channel in self._channels:
            self._channels.discard(channel)
            self._broker._part(channel, self)

    def _deliver(self, event: Event) -> None:
        key = self._key(event)
        if key not in self._events and len(self._events) >= self._size:
            self._broker.counters.overflows += 1
            self._events.clear()
            key, event = self._key(GAP), GAP
        self._events[key] = event
        self._wake.set()

    def _key(self, event: Event) -> Hashable:
        if self._keys is not None:
            return next(self._keys)
        return None if event is GAP else event.channel


class _Memory(MemoryBackend):
    """broadcaster's backend for one process, with what the broker asks of RedisBackend besides."""

    connected = False

    async def connect(self) -> None:
        self._published: asyncio.Queue[Event] = asyncio.Queue(maxsize=1024)
        self.connected = True

    async def disconnect(self) -> None:
        self.connected = False

    async def publish_all(self, messages: Sequence[tuple[str, str]]) -> bool:
        for channel, message in messages:
            await self.publish(channel, message)
        return True

    def leave(self, channel: str) -> None:
        self._subscribed.discard(channel)


class Broker(Broadcast):
    """broadcaster's Broadcast, repaired: `redis://` (or `rediss://`, `unix://`), or `memory://` for one process.

    broadcaster 0.3.1 loses a first channel's messages with redis-py 8, lets two first subscribers overwrite each
    other, stops listening for ever when Redis restarts, queues without bound, and raises a dead listener's error
    from disconnect. Here every subscriber's place is taken before the backend is asked and given up in one step
    after it, so there is no moment in between to be cancelled or overtaken in, and nothing to lock.

    `prefix` keeps applications that share one Redis apart; `queue_size` bounds each subscriber, in events.
    A broker belongs to the event loop it is connected in.
    """

    _backend: RedisBackend | _Memory

    def __init__(self, url: str, *, prefix: str = "mentorship:", queue_size: int = 1024) -> None:
        self.counters = Counters()
        self._prefix = prefix
        self._queue_size = queue_size
        self._inboxes: set[Inbox] = set()
        self._listening: asyncio.Task[None] | None = None
        self._ended = False
        super().__init__(url)
        self._followed: dict[str, set[Inbox]] = {}

    def _create_backend(self, url: str) -> RedisBackend | _Memory:
        scheme = urlparse(url).scheme
        if scheme == "memory":
            return _Memory(url)
        if scheme in ("redis", "rediss", "unix"):
            return RedisBackend(url, self._prefix, self.counters)
        raise ValueError(f"a broker's URL begins with redis://, rediss://, unix:// or memory://, not {scheme}://")

    @property
    def connected(self) -> bool:
        """Whether hints of other processes are heard right now."""
        return self._backend.connected

    async def __aenter__(self) -> "Broker":
        await self.connect()
        return self

    async def connect(self) -> None:
        """Returns within 2 s, also when Redis is down: then `connected` is False until it appears."""
        if self._listening:
            return
        self._ended = False
        self._listening = asyncio.create_task(self._listener())
        try:
            await self._backend.connect()
        except BaseException:
            await self.disconnect()
            raise

    async def disconnect(self) -> None:
        """Ends every subscriber's iteration and every inbox. Takes 2 s at most; may be called again."""
        self._ended = True
        for inbox in list(self._inboxes):
            inbox.close()
        listener, self._listening = self._listening, None
        if listener:
            listener.cancel()
            await self._backend.disconnect()

    async def publish(self, channel: str, message: str) -> bool:  # type: ignore[override]  # theirs tells nothing
        """Whether the message is on its way. A Redis that is down raises nothing: it is counted."""
        return await self.publish_all([(channel, message)])

    async def publish_all(self, messages: Sequence[tuple[str, str]]) -> bool:
        """Whether these messages, each with its channel, are on their way, in one round trip; likewise."""
        sent = self._listening is not None and await self._backend.publish_all(messages)
        if sent:
            self.counters.hints_published += len(messages)
        else:
            self.counters.publish_failures += len(messages)
        return sent

    def inbox(self, size: int = 1024, *, collapse: bool = True) -> Inbox:
        """An empty inbox that holds `size` events at most, and the latest of each channel unless told otherwise.

        After `disconnect` it is closed from the start.
        """
        return self._open(Inbox(self, size, collapse=collapse))

    @asynccontextmanager
    async def subscribe(self, channel: str) -> AsyncIterator[Subscriber]:
        """Entered once Redis has acknowledged. Every message is delivered, until `queue_size` wait: then one GAP."""
        inbox = self._open(Inbox(self, self._queue_size, collapse=False))
        try:
            await inbox.add(channel)
            yield Subscriber(inbox)  # type: ignore[arg-type]  # of its queue it wants no more than `get`
        finally:
            inbox.close()

    def _open(self, inbox: Inbox) -> Inbox:
        if self._ended:
            inbox.close()
        else:
            self._inboxes.add(inbox)
        return inbox

    async def _join(self, channel: str, inbox: Inbox) -> None:
        self._followed.setdefault(channel, set()).add(inbox)
        await self._backend.subscribe(channel)

    def _part(self, channel: str, inbox: Inbox) -> None:
        inboxes = self._followed[channel]
        inboxes.discard(inbox)
        if not inboxes:
            del self._followed[channel]
            self._backend.leave(channel)

    async def _listener(self) -> None:
        while True:
            event = await self._backend.next_published()
            for inbox in list(self._inboxes if event is GAP else self._followed.get(event.channel, ())):
                inbox._deliver(event)
