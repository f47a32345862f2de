"""What Prometheus reads at /metrics: names and numbers, never an id, an address or a word of anybody's."""

import asyncio
import os
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.exposition import choose_encoder
from starlette.requests import Request
from starlette.responses import Response

from pubsub.live import Live
from server.snapshots import FOLDER_VARIABLE, Numbers, Snapshots
from server.transports.tally import Histogram, Tally

WRITE_SECONDS = 1.0
DELAY = "mentorship_event_delay_seconds"
_SUM = "sum"


@dataclass(frozen=True, slots=True)
class Family:
    """One metric: what it is called, and where its values are read."""

    name: str
    help: str
    read: Callable[[Tally, Live], float | Mapping[str, float] | Mapping[tuple[str, str], float]]
    labels: tuple[str, ...] = ()
    shared: bool = False
    """Whether all workers count the same things, so that their numbers are not added up."""


GAUGES = (
    Family("mentorship_workers", "Worker processes that run.", lambda tally, live: 1),
    Family(
        "mentorship_broker_connected_workers",
        "Workers that hear hints of other processes right now; less than all: their live events are up to 1 s late.",
        lambda tally, live: live.broker.connected,
    ),
    Family(
        "mentorship_sockets", "WebSockets and event streams open.", lambda tally, live: tally.sockets, ("transport",)
    ),
    Family(
        "mentorship_emails_waiting",
        "E-mails in the outbox, due now or later, when a worker last looked.",
        lambda tally, live: tally.emails_waiting,
        shared=True,
    ),
    Family("mentorship_subscriptions", "Subscriptions that follow a stream.", lambda tally, live: live.hub.following),
)

COUNTERS = (
    Family(
        "mentorship_operations_total",
        "Operations that ended: done, refused (by us), failed (our fault), left (by the client or by a restart).",
        lambda tally, live: tally.operations,
        ("type", "outcome"),
    ),
    Family(
        "mentorship_executions_total",
        "Operations and events by how they were executed: compiled, or why graphql-core did it.",
        lambda tally, live: tally.executions,
        ("way",),
    ),
    Family("mentorship_refusals_total", "Refusals by a limit.", lambda tally, live: tally.refusals, ("limit",)),
    Family(
        "mentorship_readers_dropped_total",
        "Clients dropped since they did not take what was sent.",
        lambda tally, live: tally.dropped,
        ("transport",),
    ),
    Family(
        "mentorship_emails_total",
        "Attempts to send an e-mail: sent, failed (tried again), refused (for ever), logged (without a mail server).",
        lambda tally, live: tally.emails,
        ("outcome",),
    ),
    Family("mentorship_resyncs_total", "ResyncRequired events sent.", lambda tally, live: tally.resyncs),
    Family(
        "mentorship_events_replayed_total",
        "Events sent from the log that had happened before their subscription began.",
        lambda tally, live: tally.replayed,
    ),
    Family(
        "mentorship_log_reads_total",
        "Statements that read the log and what it tells of.",
        lambda tally, live: live.hub.reader.statements,
    ),
    Family("mentorship_hints_sent_total", "Hints sent.", lambda tally, live: live.broker.counters.hints_published),
    Family(
        "mentorship_hints_unsent_total",
        "Hints that the broker did not take; readers find what they said within 1 s.",
        lambda tally, live: live.broker.counters.publish_failures,
    ),
    Family("mentorship_hints_received_total", "Hints received.", lambda tally, live: live.hub.hints_received),
    Family(
        "mentorship_hints_missed_total",
        "Times that the check once a second found more than hints had said: lost or late ones, a reader each.",
        lambda tally, live: live.hub.hints_missed,
    ),
    Family(
        "mentorship_hint_overflows_total",
        "Times that too many hints waited and gave way to one reading of everything.",
        lambda tally, live: live.broker.counters.overflows,
    ),
    Family(
        "mentorship_hints_garbage_total",
        "Messages on our channels that were no hints.",
        lambda tally, live: live.broker.counters.garbage,
    ),
    Family(
        "mentorship_broker_reconnects_total",
        "Connections to the broker that were made anew.",
        lambda tally, live: live.broker.counters.reconnects,
    ),
)

DELAY_HELP = (
    "Seconds from an event's occurred_at, set when its operation begins, to the moment the connection took its frame: "
    "an upper bound of the delay from commit to socket. Only events since the subscription began."
)


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
        numbers = self._everybodys()
        for family in GAUGES:
            yield _filled(GaugeMetricFamily(family.name, family.help, labels=family.labels), family, numbers)
        for family in COUNTERS:
            yield _filled(CounterMetricFamily(family.name, family.help, labels=family.labels), family, numbers)
        delay = HistogramMetricFamily(DELAY, DELAY_HELP)
        buckets = [(key[1], value) for key, value in numbers.items() if key[0] == DELAY and key[1] != _SUM]
        delay.add_metric([], buckets, numbers[DELAY, _SUM])
        yield delay

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
        numbers = _of_histogram(self._tally.delay)
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


def _of_histogram(histogram: Histogram) -> Numbers:
    bounds = [*map(str, histogram.bounds), "+Inf"]
    counted: Numbers = {(DELAY, bound): float(n) for bound, n in zip(bounds, histogram.cumulative, strict=True)}
    return counted | {(DELAY, _SUM): histogram.sum}


def _filled(metric: GaugeMetricFamily | CounterMetricFamily, family: Family, numbers: Numbers) -> Metric:
    for key, value in numbers.items():
        if key[0] == family.name:
            metric.add_metric(key[1:], value)
    return metric
