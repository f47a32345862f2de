"""Spans by OpenTelemetry's own instrumentations, and one for each operation; what leaves the process says names only.

Strawberry's own extension is not used: a schema with extensions executes no compiled plan, and it would put documents
and arguments into spans. Loaded where traces are wanted only (tracing.py).
"""

import os
from collections.abc import Callable, Collection
from contextvars import Token
from threading import Thread
from typing import Any

from opentelemetry import context, trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.asgi import OpenTelemetryMiddleware
from opentelemetry.instrumentation.asyncpg import AsyncPGInstrumentor
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Status, StatusCode
from starlette.types import ASGIApp, Receive, Scope, Send

from server.span_words import NamesOnly, WithinOthers
from server.transports.names import UNNAMED

SERVICE = "mentorship"
LAST_SECONDS = 3.0
"""What is left to send may take so long when the process ends; a collector that hangs is not waited for."""


class Spans:
    """The spans of one process, sent by OTLP over HTTP as the OTEL_ variables say."""

    def __init__(self) -> None:
        # Attributes by the names that are settled (http.request.method, db.query.text), unless told otherwise.
        os.environ.setdefault("OTEL_SEMCONV_STABILITY_OPT_IN", "http,database")
        self._provider = TracerProvider(resource=_resource(), shutdown_on_exit=False)
        self._provider.sampler = WithinOthers(self._provider.sampler)
        self._provider.add_span_processor(BatchSpanProcessor(NamesOnly(OTLPSpanExporter())))
        self._tracer = self._provider.get_tracer("mentorship")
        # Its constructor has no types.
        self._statements: Any = AsyncPGInstrumentor()  # type: ignore[no-untyped-call]

    def around(self, app: ASGIApp, name: Callable[[Scope], str | None]) -> ASGIApp:
        """The application with a span for each request that `name` gives a name.

        A socket has none: it may stay open for a day, and each of its operations is a trace of its own.
        """

        def details(scope: Scope) -> tuple[str, dict[str, Any]]:
            named = str(name(scope))
            return named, {"http.route": named.partition(" ")[2]}

        traced: Any = OpenTelemetryMiddleware(
            app, default_span_details=details, tracer_provider=self._provider, exclude_spans=["receive", "send"]
        )

        async def around(scope: Scope, receive: Receive, send: Send) -> None:
            wanted = scope["type"] == "http" and name(scope) is not None
            await (traced if wanted else app)(scope, receive, send)

        return around

    def begin(self, request_id: str) -> "OperationSpan":
        """The span of an operation that begins now, within the one of the request that brought it."""
        return OperationSpan(self._tracer.start_span("operation", attributes={"mentorship.request_id": request_id}))

    def start(self) -> None:
        """Have statements make spans."""
        self._statements.instrument(tracer_provider=self._provider)

    def stop(self) -> None:
        """No more of them; send what there is, if that can be done in LAST_SECONDS."""
        self._statements.uninstrument()
        sending = Thread(target=self._provider.shutdown, name="last-spans", daemon=True)
        sending.start()
        sending.join(LAST_SECONDS)


class OperationSpan:
    """An operation's span: see watch.py's Trace."""

    __slots__ = ("_span", "_token", "id")

    def __init__(self, span: trace.Span) -> None:
        self._span = span
        self._token: Token[context.Context] | None = None
        known = span.get_span_context().trace_id if span.is_recording() else 0
        self.id = trace.format_trace_id(known) if known else None

    def enter(self) -> None:
        """What this task does now is a part of it."""
        self._token = context.attach(trace.set_span_in_context(self._span))

    def leave(self) -> None:
        """And no more."""
        if self._token is not None:
            context.detach(self._token)

    def end(self, kind: str, name: str, ended: str, codes: Collection[str]) -> None:
        """It is over. Only what is our fault is an error."""
        span = self._span
        span.update_name(kind if name == UNNAMED else f"{kind} {name}")
        span.set_attributes({"graphql.operation.type": kind, "mentorship.outcome": ended})
        if name != UNNAMED:
            span.set_attribute("graphql.operation.name", name)
        if codes:
            span.set_attribute("mentorship.codes", sorted(codes))
        if ended == "failed":
            span.set_status(Status(StatusCode.ERROR))
        span.end()


def _resource() -> Resource:
    named = os.environ.get("OTEL_SERVICE_NAME") or "service.name=" in os.environ.get("OTEL_RESOURCE_ATTRIBUTES", "")
    return Resource.create({} if named else {"service.name": SERVICE})
