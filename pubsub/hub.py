"""The hub of a process: who follows which stream, and when it is time to read again."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from pubsub.broker import GAP, Broker
from pubsub.followers import PRUNED, Batch, Follower, NotReadable, Opened, Pruned, goes_on
from pubsub.patience import PASSING, again_and_again
from pubsub.reader import MAX_WANTS, Reader, Want
from pubsub.streams import ACCESS_CHANNEL, Scope, Stream

logger = logging.getLogger(__name__)

STOP_SECONDS = 0.5
"""How long its tasks may take to end."""

JOIN_SECONDS = 1.0
"""How long a new follower waits for Redis to acknowledge; then it reads, and a gap signal follows later."""

TICK_SECONDS = 1.0
"""How often heads and rights are read, whether hints come or not: the bound on what a lost hint costs."""


@dataclass(eq=False, slots=True)
class _Watched:
    followers: set[Follower]
    joining: asyncio.Task[None]


class Hub:
    """Followers of all streams in this process, on one inbox of the broker, one reader and one ticker."""

    def __init__(self, broker: Broker, *, tick_seconds: float = TICK_SECONDS) -> None:
        self.reader = Reader()
        self.hints_received = 0
        self.hints_missed = 0
        self._broker = broker
        self._inbox = broker.inbox()
        self._tick_seconds = tick_seconds
        self._watched: dict[Stream, _Watched] = {}
        self._channels: dict[str, Stream] = {}
        self._by_user: dict[UUID, set[Follower]] = defaultdict(set)
        self.attended: Callable[[UUID, Stream, int], None] = lambda user_id, stream, change: None
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Begin to listen and to tick. The broker must be connected, or reconnecting."""
        self._tasks = [
            asyncio.create_task(again_and_again(work), name=f"hub{work.__name__}")
            for work in (self._listen, self._listen_for_rights, self._tick)
        ]

    async def stop(self) -> None:
        """Stop listening and ticking; open subscriptions hear no more."""
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            # Bounded: asyncpg asks a server that hangs to cancel first, and waits for that.
            await asyncio.wait(self._tasks, timeout=STOP_SECONDS)
        self._inbox.close()
        await self.reader.close()

    @property
    def following(self) -> int:
        """How many subscriptions are open."""
        return sum(len(watched.followers) for watched in self._watched.values())

    async def open(self, stream: Stream, scope: Scope, cursor: str | None) -> Opened:
        """Ask for the right to follow, and find where to start. Raises NotReadable."""
        reading = await self.reader.read(Want(stream, scope, None))
        if reading is None:
            raise NotReadable
        if cursor is None:
            return Opened(reading.head, reading.head)
        number = stream.number_of(cursor)
        if number is None:
            return Opened(reading.head, reading.head, "The cursor is not one of this stream.")
        if number > reading.head:
            return Opened(reading.head, reading.head, "The cursor lies ahead of this stream.")
        if number < reading.floor:
            return Opened(reading.head, reading.head, PRUNED)
        return Opened(reading.head, number)

    async def follow(self, stream: Stream, scope: Scope, start: int) -> AsyncIterator[Batch]:
        """Each number after `start` exactly once and in order, until the stream's last or the end of the right to read.

        Hints first, acknowledged; then the log; then hints again (DESIGN.md section 2). Raises Pruned.
        """
        follower = Follower(stream, scope, start)
        await self._join(follower)
        try:
            while not follower.cut:
                follower.wake.clear()
                reading = await self.reader.read(Want(stream, scope, follower.position))
                if reading is None:
                    return
                if follower.position < reading.floor or not goes_on(reading, follower.position):
                    raise Pruned(reading.head)
                if reading.rows:
                    follower.position = reading.rows[-1].number
                    yield Batch(reading.rows, lambda: follower.cut)
                if follower.position < reading.head:
                    continue
                if reading.closed:
                    return
                await follower.rest()
        finally:
            self._leave(follower)

    def hear(self, stream: Stream, number: int) -> None:
        """A hint: the stream has reached `number`."""
        if watched := self._watched.get(stream):
            for follower in watched.followers:
                follower.hear(number)

    def rights_changed(self, user_id: UUID) -> None:
        """A right of this person may have ended: find out now."""
        for follower in self._by_user.get(user_id, ()):
            follower.wake.set()
        if followers := list(self._by_user.get(user_id, ())):
            task = asyncio.create_task(self._check(followers), name="hub-check")
            self._tasks.append(task)
            task.add_done_callback(self._tasks.remove)

    async def _join(self, follower: Follower) -> None:
        stream = follower.stream
        watched = self._watched.get(stream)
        if watched is None:
            joining = asyncio.create_task(self._inbox.add(stream.channel))
            watched = self._watched[stream] = _Watched(set(), joining)
            self._channels[stream.channel] = stream
        watched.followers.add(follower)
        self._by_user[follower.scope.viewer_id].add(follower)
        self.attended(follower.scope.viewer_id, stream, 1)
        try:
            await asyncio.wait({watched.joining}, timeout=JOIN_SECONDS)
        except BaseException:
            self._leave(follower)
            raise

    def _leave(self, follower: Follower) -> None:
        if watched := self._watched.get(follower.stream):
            watched.followers.discard(follower)
        followers = self._by_user[follower.scope.viewer_id]
        if follower in followers:
            self.attended(follower.scope.viewer_id, follower.stream, -1)
        followers.discard(follower)
        if not followers:
            del self._by_user[follower.scope.viewer_id]

    async def _listen(self) -> None:
        while True:
            event = await self._inbox.get()
            if event is GAP:
                for follower in self._followers():
                    follower.wake.set()
                continue
            self.hints_received += 1
            if stream := self._channels.get(event.channel):
                with _passing_over_garbage():
                    self.hear(stream, int(event.message))

    async def _listen_for_rights(self) -> None:
        # Not through the inbox: it keeps only the latest message of a channel, and here each names another person.
        async with self._broker.subscribe(ACCESS_CHANNEL) as subscriber:
            async for event in subscriber:
                with _passing_over_garbage():
                    if event is not GAP:
                        self.rights_changed(UUID(event.message))

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(self._tick_seconds)
            await self._check(list(self._followers()))
            await self._forget_unwatched()

    async def _check(self, followers: Sequence[Follower]) -> None:
        try:
            await self._read_heads(followers)
        except PASSING as error:
            logger.warning("Heads cannot be read (%s); the next tick tries again.", type(error).__name__)

    async def _read_heads(self, followers: Sequence[Follower]) -> None:
        alike: dict[tuple[Stream, Scope], list[Follower]] = defaultdict(list)
        for follower in followers:
            alike[follower.stream, follower.scope].append(follower)
        keys = list(alike)
        for start in range(0, len(keys), MAX_WANTS):
            wants = keys[start : start + MAX_WANTS]
            heads = await self.reader.heads([Want(stream, scope, None) for stream, scope in wants])
            for want, head in zip(wants, heads, strict=True):
                for follower in alike[want]:
                    self._tell(follower, head)

    def _tell(self, follower: Follower, head: int | None) -> None:
        """What a read of the head says to a follower; None means that he may not read any more."""
        if head is None:
            follower.cut = True
            follower.wake.set()
        elif head != follower.position:
            self.hints_missed += follower.resting and head > max(follower.position, follower.heard)
            follower.wake.set()

    async def _forget_unwatched(self) -> None:
        for stream, watched in list(self._watched.items()):
            if not watched.followers and watched.joining.done():
                del self._watched[stream], self._channels[stream.channel]
                await self._inbox.discard(stream.channel)

    def _followers(self) -> Iterable[Follower]:
        return [follower for watched in self._watched.values() for follower in watched.followers]


@contextmanager
def _passing_over_garbage() -> Iterator[None]:
    try:
        yield
    except ValueError:
        logger.warning("A hint that nobody of ours wrote was passed over.")
