"""Who listens to a stream: told together with others of his process, or one event at a time, as an iterator."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, Self

from models.enums import ActivityKind
from pubsub.followers import Failure, Follower, Over
from pubsub.hub import Hub
from resolvers.reads import Asked, Wanted

FRESH_SECONDS = 0.5
"""How old what an event shows may be: a slow reader gets a deleted post's tombstone, not its words."""


@dataclass(frozen=True, slots=True)
class Told:
    """What one follower is told: events, each with its number, and perhaps the end.

    It stands at `last` when all were taken. What they show was read at `read_at` (time.monotonic).
    """

    follower: Follower
    events: Sequence[tuple[int, Any]]
    last: int
    ending: Over | Failure | None
    read_at: float

    @property
    def is_fresh(self) -> bool:
        """Whether it may still be shown; otherwise it is read again."""
        return time.monotonic() - self.read_at <= FRESH_SECONDS


@dataclass(frozen=True, slots=True, eq=False)
class Sight:
    """What of the row that an event is about is read with it, none of which depends on who asks."""

    wanted: Wanted
    asked: Sequence[Asked | None] = ()


class Audience(Protocol):
    """All whom one place of the process tells, told together."""

    async def hear(self, told: Sequence[Told]) -> None:
        """Tell each follower, move its position to what was taken, and let it go on or leave (see `Hub`)."""


class Ears(Protocol):
    """Who listens to one follower."""

    @property
    def audience(self) -> Audience:
        """With whom he is told."""

    @property
    def since(self) -> datetime:
        """When he began."""

    def sight(self, kind: ActivityKind) -> Sight | None:
        """What he is shown of an event of this kind; None when that is found out as it is shown."""


class _OneByOne:
    """The audience of iterators."""

    async def hear(self, told: Sequence[Told]) -> None:
        for each in told:
            each.follower.ears._hear(each)


class Events(AsyncIterator[Any]):
    """An opened stream. Whoever has many listeners hands it over to one of them; else it is an iterator.

    An iterator reads one event at a time, just before it gives it. Let go of without either, it leaves by itself.
    """

    audience: Audience = _OneByOne()

    def __init__(self, hub: Hub, follower: Follower, since: datetime) -> None:
        self.since = since
        self._hub = hub
        self._follower: Follower | None = follower
        self._awaited: asyncio.Future[Any] | None = None
        self._last = False

    def hand_over(self, ears: Ears) -> tuple[Hub, Follower]:
        """Have `ears` hear from now on: what comes first soon, in a task of the hub's."""
        follower, self._follower = self._follower, None
        assert follower is not None
        follower.ears = ears
        self._hub.begin(follower)
        return self._hub, follower

    def sight(self, kind: ActivityKind) -> None:
        """Whoever iterates looks at the row himself."""

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Any:
        follower = self._follower
        if follower is None or self._last:
            await self.aclose()
            raise StopAsyncIteration
        self._awaited = asyncio.get_running_loop().create_future()
        if follower.ears is None:
            follower.ears = self
            self._hub.begin(follower)
        else:
            self._hub.go_on(follower, more=True)
        event = await self._awaited
        if event is None:
            await self.aclose()
            raise StopAsyncIteration
        return event

    async def aclose(self) -> None:
        """Hear no more."""
        follower, self._follower = self._follower, None
        if follower is not None:
            self._hub.leave(follower)
        if self._awaited is not None and not self._awaited.done():
            self._awaited.set_result(None)

    def __del__(self) -> None:
        if self._follower is not None:
            self._hub.leave(self._follower)

    def _hear(self, told: Told) -> None:
        """Take the first event; the others are read again when it is their turn."""
        awaited, follower = self._awaited, told.follower
        if awaited is None or awaited.done():
            return
        if isinstance(told.ending, Failure):
            awaited.set_exception(told.ending.error)
        elif follower.cut or (not told.events and told.ending):
            awaited.set_result(None)
        elif told.events:
            follower.position, event = told.events[0]
            follower.appetite = 1
            self._last = bool(told.ending) and len(told.events) == 1
            awaited.set_result(event)
        else:
            follower.position = told.last
            self._hub.go_on(follower)
