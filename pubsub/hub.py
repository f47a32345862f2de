"""The hub of a process: who follows which stream, and when it is time to read again."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pubsub.broker import GAP, Broker
from pubsub.followers import Batch, Follower, NotReadable, Resync, Tell, batch_of
from pubsub.patience import PASSING, again_and_again
from pubsub.pump import Pump
from pubsub.reader import MAX_WANTS, Reader, Want
from pubsub.streams import ACCESS_CHANNEL, Scope, Stream

logger = logging.getLogger(__name__)

STOP_SECONDS = 0.5
"""How long its tasks may take to end."""

JOIN_SECONDS = 1.0
"""How long a new follower waits for Redis to acknowledge; then it reads, and a gap signal follows later."""

PARTS_OF_A_TICK = 20
FEWEST_WANTS = 25
"""In how many statements those of a tick are read, and for how many followers each at least."""

TICK_SECONDS = 1.0
"""How often heads and rights are read, whether hints come or not: the bound on what a lost hint costs."""


@dataclass(eq=False, slots=True)
class _Watched:
    followers: set[Follower]
    joining: asyncio.Task[None] | None

    def joined(self, joining: asyncio.Task[None]) -> None:
        """Redis has acknowledged, or never will; whoever waited was told by the task."""
        self.joining = None


class Hub:
    """Followers of all streams in this process, on one inbox of the broker, one reader and one ticker."""

    def __init__(self, broker: Broker, *, tick_seconds: float = TICK_SECONDS) -> None:
        self.reader = Reader()
        self.pump = Pump(self.reader)
        self.hints_received = 0
        self.hints_missed = 0
        self._broker = broker
        self._inbox = broker.inbox()
        self._tick_seconds = tick_seconds
        self._watched: dict[Stream, _Watched] = {}
        self._channels: dict[str, Stream] = {}
        self._by_user: dict[UUID, set[Follower]] = defaultdict(set)
        self.attended: Callable[[UUID, Stream, int], None] = lambda user_id, stream, change: None
        self._tasks: list[asyncio.Task[Any]] = []

    async def start(self) -> None:
        """Begin to listen and to tick. The broker must be connected, or reconnecting."""
        self._tasks = [
            asyncio.create_task(again_and_again(work), name=f"hub{work.__name__}")
            for work in (self._listen, self._listen_for_rights, self._tick, self.pump.run)
        ]

    async def stop(self) -> None:
        """Stop listening and ticking; open subscriptions hear no more."""
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            # Bounded: asyncpg asks a server that hangs to cancel first, and waits for that.
            await asyncio.wait(self._tasks, timeout=STOP_SECONDS)
        await self.pump.close(STOP_SECONDS)
        self._inbox.close()
        await self.reader.close()

    @property
    def following(self) -> int:
        """How many subscriptions are open."""
        return sum(len(watched.followers) for watched in self._watched.values())

    async def open(self, stream: Stream, scope: Scope, cursor: str | None, tell: Tell) -> Follower:
        """Follow a stream from a cursor, or from now: hints first, acknowledged; then the log, under the right to read.

        Raises NotReadable. Whoever opens begins or leaves; nothing is told before `begin`.
        """
        follower = Follower(stream, scope, tell)
        await self._join(follower)
        try:
            number = None if cursor is None else stream.number_of(cursor)
            reading = await self.reader.read(Want(stream, scope, number))
            if reading is None:
                raise NotReadable
        except BaseException:
            self.leave(follower)
            raise
        follower.position = reading.head if number is None else number
        if cursor is not None and number is None:
            follower.first = Batch(follower, (), Resync(reading.head, "The cursor is not one of this stream."))
        elif follower.position > reading.head:
            follower.first = Batch(follower, (), Resync(reading.head, "The cursor lies ahead of this stream."))
        else:
            follower.first = batch_of(follower, reading)
        return follower

    def begin(self, follower: Follower) -> None:
        """Tell an opened follower each number after its position exactly once and in order, until its ending."""
        self.pump.begin(follower)

    def go_on(self, follower: Follower, *, more: bool = False) -> None:
        """It has been told; `more`: not all that was read for it, so that it is read again."""
        self.pump.go_on(follower, more=more)

    def leave(self, follower: Follower) -> None:
        """It is told nothing any more."""
        if follower.gone:
            return
        self.pump.forget(follower)
        self.attended(follower.scope.viewer_id, follower.stream, -1)
        if watched := self._watched.get(follower.stream):
            watched.followers.discard(follower)
        followers = self._by_user[follower.scope.viewer_id]
        followers.discard(follower)
        if not followers:
            del self._by_user[follower.scope.viewer_id]

    def hear(self, stream: Stream, number: int) -> None:
        """A hint: the stream has reached `number`."""
        if watched := self._watched.get(stream):
            for follower in watched.followers:
                # A reason to look, and never believed: a hint may be anybody's. The same one again, as when what was
                # announced here comes back from the broker, is no second reason.
                if number > follower.position and number != follower.heard:
                    self.pump.wake(follower)
                follower.heard = max(follower.heard, number)

    def rights_changed(self, user_id: UUID) -> None:
        """A right of this person may have ended: find out now."""
        for follower in self._by_user.get(user_id, ()):
            self.pump.wake(follower)
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
            joining.add_done_callback(watched.joined)
            self._channels[stream.channel] = stream
        watched.followers.add(follower)
        self._by_user[follower.scope.viewer_id].add(follower)
        self.attended(follower.scope.viewer_id, stream, 1)
        try:
            if watched.joining is not None:
                await asyncio.wait({watched.joining}, timeout=JOIN_SECONDS)
        except BaseException:
            self.leave(follower)
            raise

    async def _listen(self) -> None:
        while True:
            event = await self._inbox.get()
            if event is GAP:
                for follower in self._followers():
                    self.pump.wake(follower)
                continue
            self.hints_received += 1
            if stream := self._channels.get(event.channel):
                with _passing_over_garbage():
                    self.hear(stream, int(event.message))

    async def _listen_for_rights(self) -> None:
        # Not through the inbox: it keeps only the latest message of a channel, and here each names another person.
        async with self._broker.subscribe(ACCESS_CHANNEL) as subscriber:
            while True:
                event = await subscriber.get()
                with _passing_over_garbage():
                    if event is not GAP:
                        self.rights_changed(UUID(event.message))

    async def _tick(self) -> None:
        now = asyncio.get_running_loop().time
        while True:
            began, followers = now(), list(self._followers())
            # Spread over the tick, so that neither hundreds of followers nor ten thousand hold up anybody for long.
            size = min(MAX_WANTS, max(FEWEST_WANTS, len(followers) // PARTS_OF_A_TICK))
            parts = [followers[start : start + size] for start in range(0, len(followers), size)]
            # Each part has its moment, so that what a check takes makes no round longer; and a database that is silent
            # to one part is not asked by the others, which would wait for it one after the other.
            for place, part in enumerate(parts, 1):
                await asyncio.sleep(began + self._tick_seconds * place / len(parts) - now())
                if not await self._check(part):
                    break
            await asyncio.sleep(began + self._tick_seconds - now())
            await self._forget_unwatched()

    async def _check(self, followers: Sequence[Follower]) -> bool:
        """Whether the heads could be read."""
        try:
            await self._read_heads(
                [follower for follower in followers if not follower.gone and follower.ears is not None]
            )
        except PASSING as error:
            logger.warning("Heads cannot be read (%s); the next tick tries again.", type(error).__name__)
            return False
        return True

    async def _read_heads(self, followers: Sequence[Follower]) -> None:
        for start in range(0, len(followers), MAX_WANTS):
            part = followers[start : start + MAX_WANTS]
            wants = [Want(each.stream, each.scope, each.position) for each in part]
            for place, head in await self.reader.heads(wants):
                self._tell(part[place], head)

    def _tell(self, follower: Follower, head: int | None) -> None:
        """What a read of the head says to a follower; None means that he may not read any more."""
        if head is None:
            follower.cut = True
        elif head == follower.position:
            return  # It has read on meanwhile.
        elif not (follower.busy or follower.due):
            self.hints_missed += head > max(follower.position, follower.heard)
        self.pump.wake(follower)

    async def _forget_unwatched(self) -> None:
        for stream, watched in list(self._watched.items()):
            if not watched.followers and watched.joining is None:
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
