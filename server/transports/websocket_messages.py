"""The messages of graphql-transport-ws, strictly as the PROTOCOL.md of https://github.com/enisdenjo/graphql-ws says."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from server.transports.parameters import BadParameters, Operation, read_operation

SUBPROTOCOL = "graphql-transport-ws"
MAX_ID_LENGTH = 128

_MAX_REASON = 123


@dataclass(frozen=True, slots=True)
class Close:
    """A close code with its reason, which RFC 6455 bounds to 123 bytes."""

    code: int
    reason: str

    @property
    def text(self) -> str:
        """The reason, as far as there is room for it."""
        return self.reason.encode()[:_MAX_REASON].decode(errors="ignore")

    def event(self) -> dict[str, Any]:
        """The ASGI event that closes the socket."""
        return {"type": "websocket.close", "code": self.code, "reason": self.text}


TOO_LARGE = Close(1009, "Message too big")
TRY_AGAIN = Close(1013, "Try again later")
UNAUTHORIZED = Close(4401, "Unauthorized")
FORBIDDEN = Close(4403, "Forbidden")
EXPIRED = Close(4403, "Access token expired")
SUBPROTOCOL_NOT_ACCEPTABLE = Close(4406, "Subprotocol not acceptable")
INIT_TIMEOUT = Close(4408, "Connection initialisation timeout")
TOO_MANY_INITS = Close(4429, "Too many initialisation requests")


def already_exists(operation_id: str) -> Close:
    """The answer to a second operation under an id that is in use."""
    return Close(4409, f"Subscriber for {operation_id} already exists")


def too_many_sockets(message: str) -> Close:
    """The answer to somebody who has too many sockets open.

    Not 4429, which the protocol gives to a second connection_init: graphql-ws would never try again after it. After
    1013 it does, more and more slowly, and gets in as soon as another socket is closed.
    """
    return Close(1013, message)


class InvalidMessage(Exception):
    """A message of a type or format that the protocol does not name; `close` is the answer it calls for."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.close = Close(4400, reason)


@dataclass(frozen=True, slots=True)
class ConnectionInit:
    """The first message; `authorization` is what its payload holds under that key, in any case."""

    authorization: str | None


@dataclass(frozen=True, slots=True)
class Ping:
    """A question whether the server is there; the answer repeats its payload."""

    payload: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Pong:
    """An answer, or a heartbeat of the client's own."""


@dataclass(frozen=True, slots=True)
class Subscribe:
    """An operation to run, of whatever type, under an id of the client's choice."""

    id: str
    operation: Operation


@dataclass(frozen=True, slots=True)
class Complete:
    """The client does not want to hear of this operation any more."""

    id: str


Message = ConnectionInit | Ping | Pong | Subscribe | Complete


def read_message(text: str) -> Message:
    """Read one text frame. Raises InvalidMessage."""
    try:
        message = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise InvalidMessage("Message must be valid JSON") from None
    if not isinstance(message, dict):
        raise InvalidMessage("Message must be a JSON object")
    match message.get("type"):
        case "connection_init":
            return ConnectionInit(_authorization(_payload(message) or {}))
        case "ping":
            return Ping(_payload(message))
        case "pong":
            _payload(message)
            return Pong()
        case "subscribe":
            return Subscribe(_id(message), _operation(message))
        case "complete":
            return Complete(_id(message))
        case str():
            raise InvalidMessage("Unknown message type")
        case _:
            raise InvalidMessage("Message must have a `type`, a string")


ACK = b'{"type":"connection_ack"}'
"""The answer to a connection_init."""


def pong(payload: dict[str, Any] | None) -> bytes:
    """The answer to a ping."""
    return orjson.dumps({"type": "pong"} if payload is None else {"type": "pong", "payload": payload})


def next_result(operation_id: str, body: bytes) -> tuple[bytes, bytes, bytes, bytes, bytes]:
    """A result, which is JSON already, in parts."""
    return b'{"id":', orjson.dumps(operation_id), b',"type":"next","payload":', body, b"}"


def error(operation_id: str, errors: list[dict[str, Any]]) -> bytes:
    """The end of an operation that was refused or broke."""
    return orjson.dumps({"id": operation_id, "type": "error", "payload": errors})


def complete(operation_id: str) -> bytes:
    """The end of an operation that is over."""
    return orjson.dumps({"id": operation_id, "type": "complete"})


def _payload(message: Mapping[str, Any]) -> dict[str, Any] | None:
    payload = message.get("payload")
    if payload is not None and not isinstance(payload, dict):
        raise InvalidMessage(f"The payload of {message['type']} must be an object")
    return payload


def _authorization(payload: Mapping[str, Any]) -> str | None:
    for key, value in payload.items():
        if key.lower() == "authorization" and value is not None:
            if not isinstance(value, str):
                raise InvalidMessage("`authorization` must be a string")
            return value
    return None


def _id(message: Mapping[str, Any]) -> str:
    operation_id = message.get("id")
    if not isinstance(operation_id, str) or not 0 < len(operation_id) <= MAX_ID_LENGTH:
        raise InvalidMessage(f"`id` must be a string of 1 to {MAX_ID_LENGTH} characters")
    return operation_id


def _operation(message: Mapping[str, Any]) -> Operation:
    payload = message.get("payload")
    if not isinstance(payload, dict):
        raise InvalidMessage("The payload of subscribe must be an object")
    try:
        return read_operation(payload)
    except BadParameters as problem:
        raise InvalidMessage(str(problem)) from None
