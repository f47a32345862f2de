"""What a line of the log looks like: for people or for machines, with the request that it belongs to."""

import json
import logging
from datetime import UTC, datetime
from typing import Any

from server.masking import trail
from server.transports.current import current


class Lines(logging.Formatter):
    """Text, one message after the other. Of an exception the trail is shown, never its message (masking.py)."""

    default_msec_format = "%s.%03d"

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        """The message, and the trail of its exception."""
        record.exc_text = None  # what another formatter has kept there has the exception's words
        return super().format(record)

    def formatMessage(self, record: logging.LogRecord) -> str:
        """The line, and behind it what it belongs to."""
        about = "".join(f" {name}={value}" for name, value in about_of(record).items())
        line, *more = super().formatMessage(record).split("\n")
        return "\n".join([line + about, *more])

    def formatException(self, ei: Any) -> str:
        """Where it came from."""
        return "\n".join(trail(ei[1]))


class Objects(Lines):
    """JSON, an object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """The object, on one line."""
        message, _, more = record.getMessage().partition("\n")
        if record.exc_info and record.exc_info[1] is not None:
            more = self.formatException(record.exc_info)
        said = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": message,
            **about_of(record),
        }
        # Not by orjson, which refuses a text that is not all Unicode: a line that fails is printed with what it was of.
        return json.dumps(said | ({"trail": more.split("\n")} if more else {}), separators=(",", ":"))


def about_of(record: logging.LogRecord) -> dict[str, str]:
    """The request, operation and trace that a record belongs to, as far as there are any."""
    watch = current.get()
    given = getattr(record, "request_id", None) or (watch and watch.request_id)
    about = {"request_id": given} if given else {}
    if watch is not None and watch.request_id == given:
        about["operation"] = watch.name
        if watch.trace_id is not None:
            about["trace_id"] = watch.trace_id
    return about


class WithoutSockets(logging.Filter):
    """Keeps uvicorn's lines about single sockets out: two for each, with its query string, as an access log has."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the record is about something else than one socket."""
        words = record.getMessage() if record.name == "uvicorn.error" else ""
        return not (words in ("connection open", "connection closed") or '"WebSocket ' in words)


def log_config(level: str, shape: str = "text") -> dict[str, Any]:
    """Messages on standard error, of uvicorn's loggers and the project's own alike, in the shape "text" or "json".

    `debug` is for the project's own loggers only: at that level Tortoise, asyncpg, uvicorn and websockets would write
    out statements' values and sockets' frames, and with them what people said to each other.
    """
    others = "INFO" if level == "debug" else level.upper()
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": Objects if shape == "json" else Lines}},
        "filters": {"no_addresses": {"()": WithoutSockets}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["no_addresses"]}},
        "root": {"handlers": ["stderr"], "level": others},
        "loggers": {
            "uvicorn": {"level": others},
            **{package: {"level": level.upper()} for package in ("server", "schema", "resolvers", "pubsub", "models")},
        },
    }
