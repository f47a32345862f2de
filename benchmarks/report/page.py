"""The part of docs/performance.md that results are written into, between two marks; the rest is ours to write."""

from pathlib import Path

from benchmarks.report import plots, tables
from benchmarks.results import Results

DOCS = Path(__file__).resolve().parents[2] / "docs"
RESULTS = DOCS / "performance" / "results.json"
BEGIN, END = "<!-- results: written by make bench-report -->\n", "<!-- end of results -->\n"


def write(found: Results, docs: Path = DOCS) -> None:
    """Keep the results, draw the plots, and put the tables into the page."""
    found.save(docs / "performance" / RESULTS.name)
    drawn = plots.write(found, docs / "performance")
    page = docs / "performance.md"
    before, begin, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{page} has no place for results: it lacks a line {BEGIN!r} or {END!r}.")
    page.write_text(before + begin + _results(found, drawn) + end + after, encoding="utf-8")


def _results(found: Results, drawn: list[Path]) -> str:
    parts = [tables.run_lines(found), tables.machine_lines(found), tables.ratio_table(found)]
    if two := tables.ratio_table(found, workers=2):
        parts += ["With two workers on two cores, which they share with the load, PostgreSQL and Redis:", two]
    parts += [f"![{path.stem.replace('-', ' ')}](performance/{path.name})" for path in drawn]
    parts.append(tables.details(found))
    failed = [f"- {each.workload} of {each.contestant}: {each.error}" for each in found.samples if each.error]
    parts += ["What failed:", "\n".join(failed)] if failed else []
    return "\n" + "\n\n".join(parts) + "\n\n"
