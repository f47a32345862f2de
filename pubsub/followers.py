"""A follower of a stream: where it starts, how far it has been told, and what it is told next."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from pubsub.reader import BATCH_ROWS, Reading
from pubsub.streams import LogRow, Scope, Stream

PRUNED = "The log no longer reaches back to the cursor."


class NotReadable(Exception):
    """The scope does not reach the stream: it is absent, or not for this viewer."""


@dataclass(frozen=True, slots=True)
class Over:
    """The stream has had its last number, or the right to read it has ended."""


@dataclass(frozen=True, slots=True)
class Resync:
    """The follower cannot go on from where it stands without a hole; from `head` it can."""

    head: int
    reason: str


@dataclass(frozen=True, slots=True)
class Failure:
    """The log could not be read, and not because the database was away."""

    error: Exception


Ending = Over | Resync | Failure


@dataclass(eq=False, slots=True)
class Follower:
    """One open subscription: no task and no queue, since the log can be read again.

    `position` is the last number that was taken; whoever takes moves it. While it is `busy` (read for, told, or its
    reader's hands are full) nothing is read for it, and what comes is noted in `again`.
    """

    stream: Stream
    scope: Scope
    tell: "Tell"
    position: int = 0
    ears: Any = None
    """To whom `tell` speaks: its own affair."""
    first: "Batch | None" = None
    """What was read when it was opened, until somebody listens."""
    heard: int = 0
    appetite: int = BATCH_ROWS
    """Rows to read at a time: fewer for a reader who did not take all of them."""
    busy: bool = True
    again: bool = False
    due: bool = False
    cut: bool = False
    """Its right to read on has ended, also in the middle of a batch."""
    gone: bool = False

    def took(self, number: int, *, of: int) -> None:
        """It has taken what stands up to `number`, of that many rows."""
        taken, self.position = number - self.position, number
        self.appetite = min(BATCH_ROWS, self.appetite * 2) if taken >= of else max(1, 2 * taken)


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows of the log in order, without a hole, for one follower; then its end, if it has come."""

    follower: Follower
    rows: Sequence[LogRow]
    ending: Ending | None = None


Tell = Callable[[Sequence[Batch]], Awaitable[None]]
"""Tells many followers at once. For each it sets the `position`, and then lets it go on, or leave (see `Hub`)."""


def batch_of(follower: Follower, reading: Reading | Exception | None) -> Batch:
    """What a reading means to its follower. It goes on from its position without a hole, or not at all.

    A head behind the position, as after a restore of an older database, does not: its numbers will be given again.
    """
    if isinstance(reading, Exception):
        return Batch(follower, (), Failure(reading))
    if reading is None:
        return Batch(follower, (), Over())
    rows, position = reading.rows, follower.position
    last = rows[-1].number if rows else position
    whole = last - position == len(rows) and (bool(rows) or reading.head == position)
    if position < reading.floor or not whole:
        return Batch(follower, (), Resync(reading.head, PRUNED))
    follower.again |= last < reading.head
    return Batch(follower, rows, Over() if reading.closed and last == reading.head else None)
