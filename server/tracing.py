"""Whether traces are made: as the OTEL_ variables say, which OpenTelemetry names for all programs alike."""

import os
from collections.abc import Callable
from typing import Protocol

from starlette.types import ASGIApp, Scope

from server.settings import SettingsError
from server.transports.watch import Tracer

ENDPOINTS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
PROTOCOLS = ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
OVER_HTTP = "http/protobuf"


class Tracing(Tracer, Protocol):
    """Spans of a process: around its requests and operations, and of its statements while it is started."""

    def around(self, app: ASGIApp, name: Callable[[Scope], str | None]) -> ASGIApp:
        """The application with a span for each request that `name` gives a name."""

    def start(self) -> None:
        """Have statements make spans."""

    def stop(self) -> None:
        """No more of them; send what there is."""


def tracing_from_environment() -> Tracing | None:
    """None where no endpoint is named, or where tracing is switched off: then nothing of OpenTelemetry is loaded.

    Raises SettingsError, where it is wanted and cannot be had.
    """
    if not any(map(os.environ.get, ENDPOINTS)) or os.environ.get("OTEL_TRACES_EXPORTER", "otlp") == "none":
        return None
    if os.environ.get("OTEL_SDK_DISABLED", "").lower() == "true":
        return None
    protocol = next(filter(None, map(os.environ.get, PROTOCOLS)), OVER_HTTP)
    if protocol != OVER_HTTP:
        raise SettingsError(f"{PROTOCOLS[1]} is {protocol}: traces are sent by {OVER_HTTP} only.")
    try:
        from server.spans import Spans
    except ModuleNotFoundError as error:
        missing = f"{error.name} is not installed"
        raise SettingsError(
            f"{ENDPOINTS[1]} asks for traces, but {missing}: pip install -c constraints.txt -e '.[tracing]'"
        ) from None
    return Spans()
