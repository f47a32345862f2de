"""A follower of a stream: where it starts, how far it has read, and what it is given."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from pubsub.reader import Reading
from pubsub.streams import LogRow, Scope, Stream

PRUNED = "The log no longer reaches back to the cursor."


class NotReadable(Exception):
    """The scope does not reach the stream: it is absent, or not for this viewer."""


class Pruned(Exception):
    """The log was pruned beyond what a follower had read, who can only go on with a hole; `head` is the place."""

    def __init__(self, head: int) -> None:
        super().__init__(PRUNED)
        self.head = head


@dataclass(eq=False, slots=True)
class Follower:
    """One open subscription: how far it has read, and whether its right to read on is cut."""

    stream: Stream
    scope: Scope
    position: int
    cut: bool = False
    heard: int = 0
    resting: bool = False
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when there is a reason to read; cleared before each read, so that what comes meanwhile asks for another."""

    def hear(self, number: int) -> None:
        """There may be something up to `number`: a reason to look, and never believed. A hint may be anybody's."""
        self.heard = max(self.heard, number)
        if number > self.position:
            self.wake.set()

    async def rest(self) -> None:
        """Until there is a reason to read."""
        self.resting = True
        await self.wake.wait()
        self.resting = False


@dataclass(frozen=True, slots=True)
class Opened:
    """Where a subscription starts. `resync` says why it cannot go on from the cursor that it brought."""

    head: int
    start: int
    resync: str | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows of the log in order, without a hole. `cut()` turns true when the right to read on has ended meanwhile."""

    rows: Sequence[LogRow]
    cut: Callable[[], bool]


def goes_on(reading: Reading, position: int) -> bool:
    """Whether a reading goes on from `position` without a hole, to the head or as far as one reading holds.

    A head behind the position, as after a restore of an older database, does not: its numbers will be given again.
    """
    last = reading.rows[-1].number if reading.rows else position
    return last - position == len(reading.rows) and (bool(reading.rows) or reading.head == position)
