"""A run: every contestant has its turns, and what was seen is written down after each."""

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import uvloop

from benchmarks.contestants import PEERS
from benchmarks.machine import machine
from benchmarks.options import Options
from benchmarks.results import Results
from benchmarks.schedule import turns
from benchmarks.stage import prepared, say

FOUND = Path(__file__).resolve().parent / "results"


def run(options: Options) -> Results:
    """Do it all; the results, which are in a file of FOUND too."""
    with prepared(options) as stage:
        found = Results(
            when=datetime.now(UTC).isoformat(timespec="minutes"),
            machine=machine(stage.servers, PEERS / "node_modules"),
            options=asdict(options),
        )
        path = FOUND / f"{found.when[:16].replace(':', '')}.json"
        schedule = list(turns(options))
        for place, turn in enumerate(schedule, 1):
            workers = "" if turn.workers == 1 else f", {turn.workers} workers"
            say(stage.begun, f"Turn {place} of {len(schedule)}: {turn.contestant.title}{workers}")
            found.samples += uvloop.run(stage.turn(turn))
            found.save(path)
        say(stage.begun, f"Done: {path}")
    return found
