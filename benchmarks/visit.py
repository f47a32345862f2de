"""A server's turn, as a workload sees it: the server, its database, whose tokens there are, and how much to do."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.community import Pair
from benchmarks.processes import Running

Numbers = dict[str, Any]
"""What a workload has seen, as it is written to the results."""


@dataclass(frozen=True)
class Visit:
    """What a workload needs. The first `live_pairs` pairs are written to live, and the others are idle."""

    server: Running
    database_url: str
    pairs: Sequence[Pair]
    live_pairs: int
    seconds: float
    warm_up: float
    rates: Sequence[int]
    idle: Sequence[int]
    storm: int
