"""Who is where: the subscriptions open in this process, and what other processes have said of theirs."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from uuid import UUID

Spot = str
"""Where somebody may be met: in one pair's space, or in all of his. What travels over the broker: ids and no more."""


def spot(user_id: UUID, match_id: UUID | None = None) -> Spot:
    """A person, looking at one pair, or at what concerns him across pairs."""
    return user_id.hex if match_id is None else f"{user_id.hex}:{match_id.hex}"


class Attendance:
    """Counts what is open in this process at each spot; `changed` is called when a spot is taken or left."""

    def __init__(self, changed: Callable[[Spot], None]) -> None:
        self._open: Counter[Spot] = Counter()
        self._changed = changed

    def __contains__(self, where: Spot) -> bool:
        return where in self._open

    def __iter__(self) -> Iterator[Spot]:
        return iter(list(self._open))

    def count(self, where: Spot, change: int) -> None:
        """One more or one less is open there."""
        before = self._open[where]
        self._open[where] += change
        if self._open[where] <= 0:
            del self._open[where]
        if (before > 0) != (where in self._open):
            self._changed(where)


class Sightings:
    """What other workers say of the spots that somebody here asks about. It lapses unless it is said again.

    Nothing is kept of other spots, so that it is as large as what is looked at from here.
    """

    def __init__(self, lapse_seconds: float) -> None:
        self._lapse_seconds = lapse_seconds
        self._until: dict[Spot, dict[str, float]] = {}

    def ask(self, where: Spot) -> None:
        """From now on it is kept who says that somebody is there."""
        self._until.setdefault(where, {})

    def forget(self, where: Spot) -> None:
        """Nobody here asks about the spot any more."""
        self._until.pop(where, None)

    def hear(self, worker: str, spots: Iterable[Spot], now: float, *, here: bool) -> list[Spot]:
        """A worker has somebody at these spots, or nobody any more; those that are asked about."""
        asked = [where for where in spots if where in self._until]
        for where in asked:
            if here:
                self._until[where][worker] = now + self._lapse_seconds
            else:
                self._until[where].pop(worker, None)
        return asked

    def present(self, where: Spot, now: float) -> bool:
        """Whether some worker has somebody there, as far as is known."""
        return any(until > now for until in self._until.get(where, {}).values())

    def lapse(self, now: float) -> None:
        """Let go of what was not said again."""
        for workers in self._until.values():
            for worker in [worker for worker, until in workers.items() if until <= now]:
                del workers[worker]
