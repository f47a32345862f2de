"""What receives traces: a real HTTP server on the loopback, to which spans come by OTLP as to any collector."""

import asyncio
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from unittest.mock import patch

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

CLIENT = 3
"""The kind of a span in which somebody is asked, as the database is."""


@dataclass
class Span:
    """One span as it came."""

    name: str
    trace: str
    id: str
    parent: str
    kind: int
    said: dict[str, Any]
    failed: bool


@dataclass
class Collector:
    """What has come so far: the bytes, and the spans that are in them."""

    bodies: list[bytes] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)

    def of(self, name: str) -> list[Span]:
        """The spans of this name."""
        return [span for span in self.spans if span.name == name]

    def about(self, request_id: str) -> list[Span]:
        """The spans of operations of this request."""
        return [span for span in self.spans if span.said.get("mentorship.request_id") == request_id]

    async def until(self, holds: Callable[["Collector"], Any], seconds: float = 20) -> Any:
        """What this gives, once that is something."""
        deadline = time.monotonic() + seconds
        while not (found := holds(self)):
            assert time.monotonic() < deadline, [(span.name, span.said) for span in self.spans]
            await asyncio.sleep(0.05)
        return found

    def take(self, body: bytes) -> None:
        """Spans have come."""
        self.bodies.append(body)
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
            for scope in resource.scope_spans:
                for span in scope.spans:
                    ids = span.trace_id.hex(), span.span_id.hex(), span.parent_span_id.hex()
                    said = {each.key: _plain(each.value) for each in span.attributes}
                    self.spans.append(Span(span.name, *ids, span.kind, said, span.status.code == 2))


@contextmanager
def collecting() -> Iterator[Collector]:
    """A collector, which the OTEL_ variables name to every application that is made meanwhile."""
    collector = Collector()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.path == "/v1/traces"
            collector.take(self.rfile.read(int(self.headers["content-length"])))
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    serving = Thread(target=server.serve_forever, daemon=True)
    serving.start()
    named = {
        "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{server.server_port}",
        "OTEL_EXPORTER_OTLP_COMPRESSION": "none",
        "OTEL_BSP_SCHEDULE_DELAY": "50",
    }
    try:
        with patch.dict(os.environ, named):
            yield collector
    finally:
        server.shutdown()
        serving.join(10)
        server.server_close()


def _plain(value: Any) -> Any:
    kind = value.WhichOneof("value")
    if kind == "array_value":
        return [_plain(each) for each in value.array_value.values]
    return getattr(value, kind) if kind else None
