"""What Prometheus reads at /metrics: names and numbers, never an id, an address or a word of anybody's."""

import asyncio
import os
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.exposition import choose_encoder
from starlette.requests import Request
from starlette.responses import Response

from pubsub.live import Live
from server.metric_families import COUNTERS, GAUGES, TIMINGS
from server.snapshots import FOLDER_VARIABLE, Numbers, Snapshots
from server.transports.tally import Histogram, Tally

WRITE_SECONDS = 1.0
_SUM = "sum"
Values = Iterable[tuple[tuple[str, ...], float]]
"""A metric's values, each under those of its labels."""


class Metrics:
    """The process's numbers and, of several workers, everybody's; `running` spans the application's life."""

    def __init__(self, tally: Tally) -> None:
        folder = os.environ.get(FOLDER_VARIABLE)
        self._snapshots = Snapshots(Path(folder)) if folder else None
        self._tally = tally
        self._live: Live | None = None

    @asynccontextmanager
    async def running(self, live: Live) -> AsyncIterator[None]:
        """Read the live half too, and let the other workers know once a second and in the end."""
        self._live = live
        writer = asyncio.create_task(self._write(), name="write-metrics")
        try:
            yield
        finally:
            writer.cancel()
            with suppress(asyncio.CancelledError):
                await writer
            self._keep()

    async def endpoint(self, request: Request) -> Response:
        """GET /metrics, in the format that the scraper asks for."""
        encode, media = choose_encoder(request.headers.get("accept", ""))
        return Response(encode(self), headers={"content-type": media, "cache-control": "no-store"})

    def collect(self) -> Iterator[Metric]:
        """All metrics, as Prometheus' encoders want them."""
        by_name: defaultdict[str, list[tuple[tuple[str, ...], float]]] = defaultdict(list)
        for (name, *labels), value in self._everybodys().items():
            by_name[name].append((tuple(labels), value))
        for family in GAUGES:
            yield _filled(GaugeMetricFamily(family.name, family.help, labels=family.labels), by_name[family.name])
        for family in COUNTERS:
            yield _filled(CounterMetricFamily(family.name, family.help, labels=family.labels), by_name[family.name])
        for timing in TIMINGS:
            yield _timed(HistogramMetricFamily(timing.name, timing.help, labels=timing.labels), by_name[timing.name])

    def _everybodys(self) -> Numbers:
        total: defaultdict[tuple[str, ...], float] = defaultdict(float, self._own())
        gauges = {family.name for family in GAUGES}
        shared = {family.name for family in GAUGES if family.shared}
        for numbers, runs in self._snapshots.others() if self._snapshots else ():
            for key, value in numbers.items():
                if key[0] in shared:
                    total[key] = max(total[key], value) if runs else total[key]
                elif runs or key[0] not in gauges:
                    total[key] += value
        return total

    def _own(self) -> Numbers:
        numbers: Numbers = {}
        for timing in TIMINGS:
            for place, histogram in timing.read(self._tally).items():
                numbers |= _of_histogram((timing.name, *place), histogram)
        if self._live is not None:
            for family in (*GAUGES, *COUNTERS):
                found = family.read(self._tally, self._live)
                for labels, value in found.items() if isinstance(found, Mapping) else [((), found)]:
                    numbers[family.name, *([labels] if isinstance(labels, str) else labels)] = float(value)
        return numbers

    async def _write(self) -> None:
        while True:
            self._keep()
            await asyncio.sleep(WRITE_SECONDS)

    def _keep(self) -> None:
        if self._snapshots is not None:
            self._snapshots.write(self._own())


def _of_histogram(key: tuple[str, ...], histogram: Histogram) -> Numbers:
    """Under the key and each bound, how many values do not pass it: numbers that can be added to other workers'."""
    bounds = [*map(str, histogram.bounds), "+Inf"]
    counted = {(*key, bound): float(n) for bound, n in zip(bounds, histogram.cumulative, strict=True)}
    return counted | {(*key, _SUM): histogram.sum}


def _timed(metric: HistogramMetricFamily, values: Values) -> Metric:
    found: defaultdict[tuple[str, ...], dict[str, float]] = defaultdict(dict)
    for (*place, bound), value in values:
        found[tuple(place)][bound] = value
    for labels, counted in found.items():
        total = counted.pop(_SUM)
        metric.add_metric(labels, list(counted.items()), total)
    return metric


def _filled(metric: GaugeMetricFamily | CounterMetricFamily, values: Values) -> Metric:
    for labels, value in values:
        metric.add_metric(labels, value)
    return metric
