"""What can be chosen on the command line: which workloads, which servers, how long and how much."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, field

from benchmarks.community import Size
from benchmarks.contestants import CONTESTANTS
from benchmarks.workloads import WORKLOADS

RATES = (100, 200, 300, 400, 500, 650, 800, 1_000, 1_250, 1_500, 1_800, 2_200, 2_600, 3_000)


@dataclass(frozen=True)
class Options:
    """A run. The defaults are the run that docs/performance.md tells of."""

    workloads: tuple[str, ...] = tuple(WORKLOADS)
    contestants: tuple[str, ...] = tuple(CONTESTANTS)
    rounds: int = 3
    seconds: float = 5.0
    size: Size = field(default_factory=Size)
    live_pairs: int = 250
    rates: tuple[int, ...] = RATES
    idle: tuple[int, ...] = (2_000, 10_000)
    storm: int = 5_000
    two_workers: bool = True

    @property
    def warm_up(self) -> float:
        """Seconds of load before anything is measured: just-in-time compilers have something to compile."""
        return self.seconds / 2

    @property
    def is_whole(self) -> bool:
        """Whether nothing was left out or made smaller, so that its results may stand in the documentation."""
        return self == Options()


SMALL = Options(rounds=1, seconds=0.5, size=Size(20, 5), live_pairs=8, rates=(20, 40), idle=(40, 80), storm=60)
"""A run that shows in some minutes that everything works, and measures nothing."""


def add_to(parser: argparse.ArgumentParser) -> None:
    """The arguments of a run."""
    whole = Options()
    parser.add_argument("--workloads", nargs="+", choices=tuple(WORKLOADS), help="all, unless named")
    parser.add_argument("--contestants", nargs="+", choices=tuple(CONTESTANTS), help="all, unless named")
    parser.add_argument("--rounds", type=int, help=f"how often each has its turn ({whole.rounds})")
    parser.add_argument("--seconds", type=float, help=f"how long each measurement takes ({whole.seconds:g})")
    parser.add_argument("--pairs", type=int, help=f"pairs in the data set ({whole.size.pairs})")
    parser.add_argument("--posts", type=int, help=f"posts of each pair, with 3 comments ({whole.size.posts_a_pair})")
    parser.add_argument("--one-worker", action="store_true", help="leave out two workers on two cores")
    parser.add_argument("--small", action="store_true", help="a little of everything: does it work?")


def chosen(arguments: argparse.Namespace) -> Options:
    """The options that the arguments stand for."""
    base = SMALL if arguments.small else Options()
    size = Size(arguments.pairs or base.size.pairs, arguments.posts or base.size.posts_a_pair)
    return Options(
        workloads=_named(arguments.workloads, base.workloads),
        contestants=_named(arguments.contestants, base.contestants),
        rounds=arguments.rounds or base.rounds,
        seconds=arguments.seconds or base.seconds,
        size=size,
        live_pairs=min(base.live_pairs, size.pairs // 2),
        rates=base.rates,
        idle=base.idle,
        storm=base.storm,
        two_workers=base.two_workers and not arguments.one_worker,
    )


def _named(names: Sequence[str] | None, everything: tuple[str, ...]) -> tuple[str, ...]:
    """Those that were named, in the order in which they are known."""
    return tuple(name for name in everything if names is None or name in names)
