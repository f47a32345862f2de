"""What the transports have counted since the process started: numbers and fixed names, never who or what."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from typing import Any

DELAYS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 1.5, 2.5, 5.0, 10.0, 30.0)
"""Seconds. Live events take milliseconds; one whose hint was lost takes about a second (pubsub.hub.TICK_SECONDS)."""


LATENCIES = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Seconds, for what somebody waits for: a page takes some milliseconds, and after ten seconds people have given up."""


_WORDS = frozenset(
    ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH", "BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")
)


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


class Histograms(dict[tuple[str, ...], Histogram]):
    """Histograms by the values of their labels, made when first asked for: whoever asks sees that these are few."""

    def __missing__(self, labels: tuple[str, ...]) -> Histogram:
        made = self[labels] = Histogram(LATENCIES)
        return made


class Tally:
    """One a process. Plain numbers, since every frame passes here; metrics.py gives them their public names."""

    def __init__(self) -> None:
        self.sockets: Counter[str] = Counter()
        """Open now, by transport: "websocket" or "sse"."""
        self.operations: Counter[tuple[str, str]] = Counter()
        """Ended, by type and by how: done, refused (by us, before anything ran), failed (our fault), left."""
        self.operation_seconds = Histograms()
        """From the transport's asking to the answer, of a subscription to its opening: by type and name (names.py)."""
        self.request_seconds = Histograms()
        """From an HTTP request to the beginning of its answer: by method, route and status."""
        self.statement_seconds = Histograms()
        """Of the database: by connection and the statement's first word."""
        self.errors: Counter[tuple[str, str]] = Counter()
        """What clients were told: by where ("http", "graphql" or "payload") and code."""
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

    def told(self, errors: Iterable[Mapping[str, Any]]) -> None:
        """Count GraphQL errors that a client is told."""
        for error in errors:
            self.errors["graphql", error["extensions"]["code"]] += 1

    def statement(self, connection: str, text: str, seconds: float) -> None:
        """Count a statement of the database that has ended."""
        words = text[:40].replace("(", " ").split(None, 1)
        word = words[0].rstrip(";").upper() if words else ""
        self.statement_seconds[connection, word if word in _WORDS else "other"].observe(seconds)
