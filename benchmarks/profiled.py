"""Where this server's time goes under a workload: it is run under cProfile, and its dearest functions are told."""

import cProfile
import importlib
import io
import pstats
import signal
import sys
from dataclasses import replace
from pathlib import Path

import uvloop

from benchmarks.contestants import CONTESTANTS
from benchmarks.options import Options
from benchmarks.processes import python
from benchmarks.run import FOUND
from benchmarks.schedule import Turn
from benchmarks.stage import prepared
from server.commands.serve import serve

FUNCTIONS = 50


def profile(options: Options) -> str:
    """The dearest functions under each of the workloads, by the time in themselves; kept in FOUND too."""
    told = []
    with prepared(options) as stage:
        for name in options.workloads:
            path = FOUND / f"profile-{name}.pstats"
            command = python("-m", "benchmarks.profiled", str(path))
            contestant = replace(CONTESTANTS["mentorship"], name="profiled", command=lambda workers, made=command: made)
            uvloop.run(stage.turn(Turn(contestant, (name,), 0)))
            text = io.StringIO()
            pstats.Stats(str(path), stream=text).sort_stats("tottime").print_stats(FUNCTIONS)
            path.with_suffix(".txt").write_text(text.getvalue())
            told.append(text.getvalue())
    return "\n".join(told)


def main(path: Path) -> None:
    """`mentorship serve` under cProfile, until SIGTERM; what was seen is written to `path`."""
    # The schema is made by the import, which is not what takes time under a load.
    importlib.import_module("server.app")
    # uvicorn shuts down in order, and raises the signal again in the end.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    seen = cProfile.Profile()
    try:
        seen.runcall(serve)
    finally:
        seen.dump_stats(path)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
