"""docs/observability.md names the metrics that there are, each with its labels; alerts and panels use no others."""

import json
import re

import pytest

from server.metric_families import COUNTERS, GAUGES, TIMINGS
from server.transports.names import LONGEST, MOST_NAMES, PEOPLE
from tests.servers import CHECKOUT

PAGE = (CHECKOUT / "docs" / "observability.md").read_text(encoding="utf-8")
METRICS = {family.name: set(family.labels) for family in (*GAUGES, *COUNTERS, *TIMINGS)}


def test_an_operator_finds_every_metric_with_its_labels() -> None:
    rows = re.findall(r"^\| `(mentorship_\w+)` \|([^|]*)\|", PAGE, re.MULTILINE)
    assert {name: set(re.findall(r"`(\w+)`", labels)) for name, labels in rows} == METRICS
    assert len(rows) == len(METRICS), "each once"


DASHBOARD = json.loads((CHECKOUT / "docs" / "grafana-dashboard.json").read_text(encoding="utf-8"))
ASKED = {
    "the page": "\n".join(re.findall(r"```(?:yaml|promql)\n(.*?)```", PAGE, re.DOTALL)),
    "Grafana's dashboard": "\n".join(each["expr"] for panel in DASHBOARD["panels"] for each in panel["targets"]),
}


@pytest.mark.parametrize("where", ASKED)
def test_what_is_asked_for_are_metrics_and_labels_that_there_are(where: str) -> None:
    """A misspelt metric never fires, and its panel stays empty."""
    code = ASKED[where]
    asked = {re.sub("_(bucket|count|sum)$", "", name) for name in re.findall(r"mentorship_\w+", code)}
    assert len(asked) >= 8 and asked <= METRICS.keys()
    for name, selected in re.findall(r"(mentorship_\w+)\{(\w+)", code):
        assert selected in METRICS[re.sub("_(bucket|count|sum)$", "", name)], (name, selected)
    grouped = {label for found in re.findall(r"by \(([\w, ]+)\)", code) for label in found.split(", ")}
    assert grouped <= {"le", *(label for labels in METRICS.values() for label in labels)}


def test_the_page_counts_as_the_code_does() -> None:
    assert (PEOPLE, MOST_NAMES, LONGEST) == (5, 100, 60)
    assert "once five people" in PAGE and "first hundred such names" in PAGE and "at most 60 characters" in PAGE


def test_the_line_shown_has_what_lines_have() -> None:
    shown = re.search(r"```json\n(.*?)```", PAGE, re.DOTALL)
    assert shown is not None
    names = set(re.findall(r'"(\w+)":', shown[1]))
    assert names == {"time", "level", "logger", "message", "request_id", "operation", "trace_id", "trail"}
    source = (CHECKOUT / "server" / "logs.py").read_text()
    assert [name for name in names if f'"{name}"' not in source] == []
