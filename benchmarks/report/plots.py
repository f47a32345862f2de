"""The plots of docs/performance: rates as bars, and latencies over rates as lines."""

from collections import defaultdict
from pathlib import Path
from statistics import median

from matplotlib import pyplot, rcParams
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from benchmarks.contestants import CONTESTANTS
from benchmarks.results import Results

rcParams["svg.hashsalt"] = "mentorship"  # the same picture from the same numbers
rcParams["svg.fonttype"] = "none"

COLOURS = {
    "mentorship": "#c0392b",
    "strawberry": "#7f8c8d",
    "mercurius": "#2471a3",
    "mercurius-statement": "#5dade2",
    "yoga": "#1e8449",
    "ariadne": "#b7950b",
}


def write(found: Results, folder: Path) -> list[Path]:
    """Draw what the results have; the files."""
    folder.mkdir(parents=True, exist_ok=True)
    drawn = [
        _bars(found, folder / "thread-page.svg", "W1", "rate", "W1 thread page: answers a second"),
        _bars(found, folder / "create-post.svg", "W2", "rate", "W2 createPost: answers a second"),
        _live(found, folder / "live-posts.svg"),
        _bars(found, folder / "idle-memory.svg", "W4", "bytes_each", "W4: bytes an idle subscription"),
        _bars(found, folder / "reconnect-storm.svg", "W5", "seconds", "W5: seconds until everybody has caught up"),
    ]
    return [path for path in drawn if path is not None]


def _bars(found: Results, path: Path, workload: str, number: str, title: str) -> Path | None:
    seen = {name: found.median(name, workload, number) for name in COLOURS}
    known = {name: value for name, value in seen.items() if value is not None}
    if not known:
        return None
    figure, axes = pyplot.subplots(figsize=(8, 0.5 * len(known) + 0.8))
    names = list(known)[::-1]
    bars = axes.barh(
        [CONTESTANTS[name].title for name in names],
        [known[name] for name in names],
        color=[COLOURS[name] for name in names],
    )
    axes.bar_label(bars, fmt="{:,.4g}", padding=3)
    axes.margins(x=0.12)
    return _saved(figure, axes, path, title)


def _live(found: Results, path: Path) -> Path | None:
    figure, axes = pyplot.subplots(figsize=(8, 4.5))
    drawn = False
    for name, colour in COLOURS.items():
        by_rate: dict[float, list[float]] = defaultdict(list)
        for sample in found.of(name, "W3"):
            for step in sample.numbers["steps"]:
                if step.get("p99_ms") is not None:
                    by_rate[step["rate"]].append(step["p99_ms"])
        if by_rate:
            drawn = True
            points = [(rate, median(seen)) for rate, seen in sorted(by_rate.items())]
            axes.plot(*zip(*points, strict=True), marker="o", label=CONTESTANTS[name].title, color=colour)
    if not drawn:
        pyplot.close(figure)
        return None
    axes.set_yscale("log")
    axes.set_xlabel("posts a second")
    axes.set_ylabel("p99 from sending to the other member, ms")
    axes.legend()
    return _saved(figure, axes, path, "W3: how long a post takes to reach the other one")


def _saved(figure: Figure, axes: Axes, path: Path, title: str) -> Path:
    axes.set_title(title, loc="left")
    axes.spines[["top", "right"]].set_visible(False)
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})
    pyplot.close(figure)
    return path
