"""Who has a turn when: the servers alternate, so that whatever the machine does besides falls on all of them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from benchmarks.contestants import CONTESTANTS, Contestant
from benchmarks.options import Options
from benchmarks.workloads import WORKLOADS

WITH_TWO_WORKERS = ("mentorship", "mercurius", "yoga")


@dataclass(frozen=True)
class Turn:
    """A server, started on a fresh database, and what is done to it until it is stopped."""

    contestant: Contestant
    workloads: tuple[str, ...]
    round: int
    workers: int = 1


def turns(options: Options) -> Iterator[Turn]:
    """All turns of a run, in order: the rounds, of which floors have one, what is done once, and two workers."""
    repeated = tuple(name for name in options.workloads if not WORKLOADS[name].once)
    once = tuple(name for name in options.workloads if WORKLOADS[name].once)
    for number in range(options.rounds):
        # Whoever begins a round ends the next one.
        names = options.contestants if number % 2 == 0 else options.contestants[::-1]
        yield from _turns([name for name in names if number == 0 or not CONTESTANTS[name].floor], repeated, number)
    for workload in once:
        yield from _turns(options.contestants, (workload,), 0)
    if options.two_workers:
        yield from _turns([name for name in options.contestants if name in WITH_TWO_WORKERS], repeated, 0, workers=2)


def _turns(names: Iterable[str], workloads: tuple[str, ...], number: int, workers: int = 1) -> Iterator[Turn]:
    for name in names:
        contestant = CONTESTANTS[name]
        if taken := tuple(each for each in workloads if contestant.takes_part_in(each)):
            yield Turn(contestant, taken, number, workers)
