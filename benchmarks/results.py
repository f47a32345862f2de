"""The results of a run: what each server did in each of its turns, and on which machine; kept as JSON."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.visit import Numbers


@dataclass
class Sample:
    """What was seen of one server under one workload in one turn; or the error on which it ended."""

    contestant: str
    workload: str
    workers: int
    round: int
    numbers: Numbers = field(default_factory=dict)
    error: str | None = None


@dataclass
class Results:
    """All samples of a run, and how it was made."""

    when: str
    machine: dict[str, Any]
    options: dict[str, Any]
    samples: list[Sample] = field(default_factory=list)

    def of(self, contestant: str, workload: str, workers: int = 1) -> list[Sample]:
        """The samples of a server under a workload that did not end on an error."""
        return [
            each
            for each in self.samples
            if (each.contestant, each.workload, each.workers) == (contestant, workload, workers) and each.error is None
        ]

    def median(self, contestant: str, workload: str, number: str, workers: int = 1) -> float | None:
        """The median over all turns of one of the numbers; None if there is none."""
        seen = [each.numbers.get(number) for each in self.of(contestant, workload, workers)]
        return median(found) if (found := [value for value in seen if value is not None]) else None

    def save(self, path: Path) -> None:
        """Write them down."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(asdict(self), indent=1) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> "Results":
        """Those that `save` wrote."""
        told = json.loads(path.read_text(encoding="utf-8"))
        return cls(**told | {"samples": [Sample(**each) for each in told["samples"]]})
