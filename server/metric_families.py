"""Every metric: its name, what it says, and where its values are read. docs/observability.md explains them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pubsub.live import Live
from server.transports.tally import Histogram, Tally


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
    Family(
        "mentorship_errors_total",
        "Errors that clients were told, by code and where they were told: http (the request came no further), graphql "
        "(an error of an operation) or payload (a mutation was refused).",
        lambda tally, live: tally.errors,
        ("where", "code"),
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


@dataclass(frozen=True, slots=True)
class Timing:
    """A metric that says how often something took how long."""

    name: str
    help: str
    read: Callable[[Tally], Mapping[tuple[str, ...], Histogram]]
    labels: tuple[str, ...] = ()


TIMINGS = (
    Timing(
        "mentorship_http_request_seconds",
        "Seconds from an HTTP request's arrival to the beginning of its answer, by method, route and status.",
        lambda tally: tally.request_seconds,
        ("method", "route", "status"),
    ),
    Timing(
        "mentorship_operation_seconds",
        "Seconds from an operation's start to its answer, of a subscription to its opening, by type and name. What "
        "operations are called, and which are “other”, docs/observability.md says.",
        lambda tally: tally.operation_seconds,
        ("type", "name"),
    ),
    Timing(
        "mentorship_statement_seconds",
        "Seconds that statements of the database took, by connection (default: acts and pages; live: live delivery) "
        "and first word.",
        lambda tally: tally.statement_seconds,
        ("connection", "statement"),
    ),
    Timing(
        "mentorship_event_delay_seconds",
        "Seconds from an event's occurred_at, set when its operation begins, to the moment the connection took its "
        "frame: an upper bound of the delay from commit to socket. Only events since the subscription began.",
        lambda tally: {(): tally.delay},
    ),
)
