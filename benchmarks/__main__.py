"""`python -m benchmarks run` measures, and `python -m benchmarks report` writes the page on it from what was seen."""

import argparse
import sys
from pathlib import Path

from benchmarks import options, profiled
from benchmarks.options import Options
from benchmarks.report import page, tables
from benchmarks.results import Results
from benchmarks.run import run
from server.local.errors import LocalServerError
from server.npm.node import NodeMissing
from server.npm.project import StepFailed


def main() -> int:
    """The command line; the process's exit status, 1 when a server failed in one of its turns."""
    parser = argparse.ArgumentParser(prog="benchmarks", description="This server beside others, on one machine.")
    commands = parser.add_subparsers(dest="command", required=True)
    options.add_to(commands.add_parser("run", help="measure; the whole run, and only that, writes docs/performance.md"))
    options.add_to(commands.add_parser("profile", help="where this server's time goes under each of the workloads"))
    report = commands.add_parser("report", help="write tables and plots of docs/performance.md from results")
    report.add_argument("results", nargs="?", type=Path, help="a file of results; the ones in docs, unless named")
    arguments = parser.parse_args()
    if arguments.command == "report":
        page.write(Results.load(arguments.results or page.RESULTS))
        return 0
    chosen = options.chosen(arguments)
    try:
        if arguments.command == "profile":
            print(profiled.profile(chosen))
            return 0
        return _tell(run(chosen), chosen)
    except (LocalServerError, NodeMissing, StepFailed) as error:
        print(error, file=sys.stderr)
        return 1


def _tell(found: Results, chosen: Options) -> int:
    """Ratios first; what failed last."""
    print(tables.ratio_table(found), tables.details(found), sep="\n\n")
    if chosen.is_whole:
        page.write(found)
    failed = [sample for sample in found.samples if sample.error is not None]
    for sample in failed:
        print(f"{sample.workload} of {sample.contestant} failed: {sample.error}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
