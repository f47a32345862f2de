"""This server's numbers as ratios to the best of the others in the same run, beside what was aimed at."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from benchmarks.contestants import CONTESTANTS
from benchmarks.results import Results

OURS = "mentorship"
NODE = tuple(name for name, each in CONTESTANTS.items() if each.on_node)
OTHERS = tuple(name for name in CONTESTANTS if name != OURS and not CONTESTANTS[name].floor)


@dataclass(frozen=True)
class Aim:
    """A number of a workload, whether more of it is better, and which ratio to the best of some others is aimed at.

    With `most`, the number itself is to be at most so much, whatever that of the others is.
    """

    workload: str
    number: str
    title: str
    more: bool
    ratio: float
    others: Iterable[str] = NODE
    most: float | None = None

    def best(self, found: Results, workers: int) -> tuple[float, str] | None:
        """The best of the others' medians, and whose it is."""
        seen = [(found.median(name, self.workload, self.number, workers), name) for name in self.others]
        choose: Callable[..., tuple[float, str]] = max if self.more else min
        return choose(known) if (known := [(value, name) for value, name in seen if value is not None]) else None


AIMS = (
    Aim("W1", "rate", "W1 thread page, answers a second", more=True, ratio=1.3),
    Aim("W2", "rate", "W2 createPost, answers a second", more=True, ratio=1.0),
    Aim("W3", "highest", "W3 highest rate of posts that is kept up with", more=True, ratio=1.0),
    Aim("W3", "p99_ms", "W3 p99 at the lowest rate, ms", more=False, ratio=0.5),
    Aim("W4", "bytes_each", "W4 bytes an idle subscription", more=False, ratio=1.0, most=20_000),
    Aim("W4", "p99_ms", "W4 p99 beside the most idle subscriptions, ms", more=False, ratio=1.0),
    Aim("W5", "seconds", "W5 seconds until all have caught up", more=False, ratio=1.0, others=OTHERS),
)


@dataclass(frozen=True)
class Ratio:
    """An aim, this server's number, the best other one, and whose that is."""

    aim: Aim
    ours: float
    theirs: float
    whose: str

    @property
    def value(self) -> float:
        """Ours to theirs."""
        return self.ours / self.theirs if self.theirs else float("inf")

    @property
    def met(self) -> bool:
        """Whether it is what was aimed at."""
        if self.aim.most is not None:
            return self.ours <= self.aim.most
        return self.value >= self.aim.ratio if self.aim.more else self.value <= self.aim.ratio


def ratios(found: Results, workers: int = 1) -> list[Ratio]:
    """All for which the run has both numbers."""
    told = []
    for aim in AIMS:
        ours, best = found.median(OURS, aim.workload, aim.number, workers), aim.best(found, workers)
        if ours is not None and best is not None:
            told.append(Ratio(aim, ours, *best))
    return told
