"""What the transports have counted since the process started: numbers and fixed names, never who or what."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from itertools import accumulate

DELAYS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 1.5, 2.5, 5.0, 10.0, 30.0)
"""Seconds. Live events take milliseconds; one whose hint was lost takes about a second (pubsub.hub.TICK_SECONDS)."""


class Histogram:
    """How many values were at or below each bound, and what they sum to."""

    __slots__ = ("_counts", "bounds", "sum")

    def __init__(self, bounds: Sequence[float]) -> None:
        self.bounds = tuple(bounds)
        self.sum = 0.0
        self._counts = [0] * (len(bounds) + 1)

    def observe(self, value: float) -> None:
        """Count a value."""
        self._counts[bisect_left(self.bounds, value)] += 1
        self.sum += value

    @property
    def cumulative(self) -> list[int]:
        """For each bound the values that do not pass it; the last number is that of all values."""
        return list(accumulate(self._counts))


class Tally:
    """One a process. Plain numbers, since every frame passes here; metrics.py gives them their public names."""

    def __init__(self) -> None:
        self.sockets: Counter[str] = Counter()
        """Open now, by transport: "websocket" or "sse"."""
        self.operations: Counter[tuple[str, str]] = Counter()
        """Ended, by type and by how: done, refused (by us, before anything ran), failed (our fault), left."""
        self.refusals: Counter[str] = Counter()
        """By the limit that was reached."""
        self.dropped: Counter[str] = Counter()
        """Clients that did not take what was sent to them in time, by transport."""
        self.resyncs = 0
        """ResyncRequired events sent."""
        self.replayed = 0
        """Events sent that had happened before their subscription began."""
        self.executions: Counter[str] = Counter()
        """Operations and events by how they were executed: "compiled", or why graphql-core did it."""
        self.emails: Counter[str] = Counter()
        """E-mails handed over, by what became of it: "sent", "failed" (tried again), "refused" (for ever), "logged"."""
        self.emails_waiting = 0
        """E-mails in the outbox, of all workers, when this one last looked."""
        self.delay = Histogram(DELAYS)
        """Seconds from an event to its frame's delivery to the connection, of those that happened since."""
