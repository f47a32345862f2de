"""What a span may say when it leaves the process: names and numbers, never a value, an address or an error's words."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from opentelemetry.context import Context
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.sampling import Decision, Sampler, SamplingResult
from opentelemetry.trace import SpanContext, SpanKind, Status, get_current_span

STATEMENTS = {"db.query.text", "db.statement"}
SAID = STATEMENTS | {
    *("http.request.method", "http.method", "http.response.status_code", "http.status_code", "http.route"),
    *("network.protocol.version", "url.scheme"),
    *("db.system.name", "db.system"),
    *("graphql.operation.type", "graphql.operation.name"),
    *("mentorship.request_id", "mentorship.outcome", "mentorship.codes"),
    *("error.type",),
}
"""All attributes that are sent; what an instrumentation adds beyond them, as addresses and query strings, is not."""

LONGEST = 4_000
"""Characters of a statement."""

_VALUES = re.compile(
    r"""[$](\w*)[$].*?(?:[$]\1[$]|\Z)|[eE]?'(?:[^'\\]|''|\\.)*(?:'|\Z)|(?<![\w$.])\d[\w.]*""", re.DOTALL
)
_WORD = re.compile(r"[A-Za-z]{1,20}")


class NamesOnly(SpanExporter):
    """Hands spans on to another exporter without whatever may hold a word of somebody's.

    Left out are attributes that are not in SAID; events, since an exception's message quotes rows; a status' words;
    links; and what a client says in `tracestate`. Statements go without the values in them: our own have placeholders,
    and a literal of the code is none the worse for a question mark.
    """

    def __init__(self, to: SpanExporter) -> None:
        self._to = to

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Send them."""
        return self._to.export([_bare(span) for span in spans])

    def shutdown(self) -> None:
        """The end."""
        self._to.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """Send what waits."""
        return self._to.force_flush(timeout_millis)


class WithinOthers(Sampler):
    """Decides as another sampler does, but for statements that belong to no request or operation, as the ticker's."""

    def __init__(self, usual: Sampler) -> None:
        self._usual = usual

    def should_sample(
        self,
        parent_context: Context | None,
        trace_id: int,
        name: str,
        kind: SpanKind | None = None,
        *args: Any,
        **kwargs: Any,
    ) -> SamplingResult:
        """Whether a span is made."""
        if kind is SpanKind.CLIENT and not get_current_span(parent_context).get_span_context().is_valid:
            return SamplingResult(Decision.DROP)
        return self._usual.should_sample(parent_context, trace_id, name, kind, *args, **kwargs)

    def get_description(self) -> str:
        """What the other says."""
        return self._usual.get_description()


def _bare(span: ReadableSpan) -> ReadableSpan:
    given = span.attributes or {}
    said = {
        key: _without_values(str(value)) if key in STATEMENTS else value for key, value in given.items() if key in SAID
    }
    return ReadableSpan(
        name=_statement_name(span.name) if span.kind is SpanKind.CLIENT else span.name,
        context=_without_state(span.context),
        parent=_without_state(span.parent),
        resource=span.resource,
        attributes=said,
        kind=span.kind,
        instrumentation_scope=span.instrumentation_scope,
        status=Status(span.status.status_code),
        start_time=span.start_time,
        end_time=span.end_time,
    )


@lru_cache(maxsize=1_000)
def _without_values(statement: str) -> str:
    return _VALUES.sub("?", statement)[:LONGEST]


def _statement_name(name: str) -> str:
    word = _WORD.match(name)
    return word.group().upper() if word else "statement"


def _without_state(given: SpanContext | None) -> SpanContext | None:
    return given and SpanContext(given.trace_id, given.span_id, given.is_remote, given.trace_flags)
