"""The results as tables in Markdown: ratios, one table a workload, and the machine."""

import json
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import asdict

from benchmarks.contestants import CONTESTANTS
from benchmarks.options import Options
from benchmarks.report.ratios import Aim, ratios
from benchmarks.results import Results
from benchmarks.workloads import WORKLOADS

COLUMNS: dict[str, dict[str, str]] = {
    "W1": {"answers/s": "rate", "p50 ms": "p50_ms", "p99 ms": "p99_ms", "cores in use": "cpu"},
    "W3": {"highest posts/s": "highest", "p50 ms at the lowest rate": "p50_ms", "p99 ms": "p99_ms"},
    "W4": {"bytes a subscription": "bytes_each", "p99 ms with none": "p99_alone_ms", "with the most": "p99_ms"},
    "W5": {"seconds": "seconds", "median wait, s": "p50_seconds", "sockets/s": "rate", "processor s": "cpu_seconds"},
}
COLUMNS["W2"] = COLUMNS["W1"]
AMOUNTS = ("size", "live_pairs", "rates", "idle", "storm")
"""The options that say how much data there is, and how much load."""


def ratio_table(found: Results, workers: int = 1) -> str:
    """This server beside the best of the others; with one worker also what was aimed at, and what became of it."""
    heads: tuple[str, ...] = ("", "this server", "the best other", "ratio")
    rows: list[tuple[str, ...]] = []
    for each in ratios(found, workers):
        best = f"{number(each.theirs)} ({CONTESTANTS[each.whose].title})"
        rows.append((each.aim.title, number(each.ours), best, f"**{each.value:.2f}**"))
        if workers == 1:
            rows[-1] += (_aim(each.aim), "met" if each.met else "missed")
    return _table(heads + (("aim", "") if workers == 1 else ()), rows) if rows else ""


def _aim(aim: Aim) -> str:
    if aim.most is not None:
        return f"at most {aim.most:,.0f} bytes"
    return f"{'at least' if aim.more else 'at most'} {aim.ratio:g}"


def workload_table(found: Results, workload: str, workers: int = 1) -> str:
    """A row a server, medians over its turns; empty if nobody had one."""
    columns = COLUMNS[workload]
    rows = []
    for name, contestant in CONTESTANTS.items():
        if found.of(name, workload, workers):
            medians = (found.median(name, workload, each, workers) for each in columns.values())
            rows.append((contestant.title, *map(number, medians)))
    return _table(("", *columns), rows) if rows else ""


def details(found: Results) -> str:
    """All tables, with a heading each."""
    parts = []
    for workers in (1, 2):
        for name, workload in WORKLOADS.items():
            if table := workload_table(found, name, workers):
                also = "" if workers == 1 else f", {workers} workers"
                parts.append(f"### {name}, {workload.title}{also}\n\n{table}")
    return "\n\n".join(parts)


def run_lines(found: Results) -> str:
    """How much was measured, and what of the whole run was not, in a paragraph."""
    # As they are when they were saved and read again: JSON knows lists only.
    whole, made = (json.loads(json.dumps(each)) for each in (asdict(Options()), found.options))
    told = ["one round" if made["rounds"] == 1 else f"{made['rounds']} rounds"]
    told[0] += f" of {made['seconds']:g} seconds a measurement"
    told.append("one worker, then two" if made["two_workers"] else "one worker only")
    if less := [name for kind in ("workloads", "contestants") for name in whole[kind] if name not in made[kind]]:
        told.append(f"without {', '.join(less)}")
    if any(made[amount] != whole[amount] for amount in AMOUNTS):
        told.append("with other amounts of data or load than are told below")
    kind = "This is the whole run" if made == whole else "This is not the whole run"
    return textwrap.fill(f"{kind}: {', '.join(told)}.", width=125)


def machine_lines(found: Results) -> str:
    """The machine, in a paragraph."""
    told, versions = found.machine, found.machine["versions"]
    listed = ", ".join(f"{name} {version}" for name, version in versions.items())
    return textwrap.fill(
        f"Measured {found.when} on {told['cores']} cores of {told['processor']}, {told['memory_gb']:g} GB, "
        f"{told['system']}. {listed}.",
        width=125,
    )


def number(value: float | None) -> str:
    """Three digits that count."""
    if value is None:
        return "–"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)
