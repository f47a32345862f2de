"""One attempt to follow a subscription, over a socket or over server-sent events, and how such an attempt ends."""

import json
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from typing import Any

import httpx
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

CONNECT_SECONDS = 5.0
NOT_FATAL = (1000, 1001, 1005, 1006, 1012, 1013, 1014)
FATAL = (4004, 4005, 4400, 4401, 4406, 4409, 4429, 4500)

Abortable = Callable[[Callable[[], None]], None]


class Lost(Exception):
    """The connection could not be made, or was lost. `code` is the close code, 1006 when there was none."""

    def __init__(self, code: int = 1006) -> None:
        super().__init__(str(code))
        self.code = code

    @property
    def fatal(self) -> bool:
        """Whether the npm package graphql-ws (client.ts, isFatalInternalCloseCode) would give up for good."""
        return self.code in FATAL or (1000 <= self.code < 2000 and self.code not in NOT_FATAL)


class OperationFailed(Exception):
    """The operation ended in an error, or an event came with one: graphql-ws hands both to the app, once."""

    def __init__(self, errors: list[dict[str, Any]]) -> None:
        super().__init__(str(errors))
        self.codes = {error.get("extensions", {}).get("code", "") for error in errors}


async def over_socket(
    url: str, token: str | None, document: str, variables: dict[str, Any], abortable: Abortable
) -> AsyncIterator[dict[str, Any]]:
    """The data of each event until the server completes. `abortable` is handed a function that cuts the connection.

    Raises Lost, OperationFailed.
    """
    payload = {} if token is None else {"authorization": f"Bearer {token}"}
    address = url.replace("http", "ws", 1) + "/graphql"
    try:
        async with connect(
            address,
            subprotocols=["graphql-transport-ws"],
            compression=None,
            open_timeout=CONNECT_SECONDS,
            close_timeout=1,
            ping_interval=None,
        ) as ws:
            abortable(ws.transport.abort)
            await ws.send(json.dumps({"type": "connection_init", "payload": payload}))
            operation = {"query": document, "variables": variables}
            async for frame in ws:
                message = json.loads(frame)
                match message["type"]:
                    case "connection_ack":
                        await ws.send(json.dumps({"id": "1", "type": "subscribe", "payload": operation}))
                    case "next":
                        yield _data(message["payload"])
                    case "error":
                        raise OperationFailed(message["payload"])
                    case "complete":
                        return
            raise Lost(ws.close_code or 1006)
    except ConnectionClosed as closed:
        raise Lost(closed.rcvd.code if closed.rcvd else 1006) from None
    except (OSError, EOFError, InvalidHandshake):
        raise Lost from None


async def over_events(
    url: str, token: str | None, document: str, variables: dict[str, Any], abortable: Abortable
) -> AsyncIterator[dict[str, Any]]:
    """The same over server-sent events, as graphql-sse reads them: an end without `complete` is a loss."""
    headers = {"accept": "text/event-stream"} | ({} if token is None else {"authorization": f"Bearer {token}"})
    body = {"query": document, "variables": variables}
    timeout = httpx.Timeout(CONNECT_SECONDS, read=30)
    try:
        async with (
            httpx.AsyncClient(timeout=timeout) as client,
            client.stream("POST", f"{url}/graphql", json=body, headers=headers) as response,
        ):
            if response.status_code != 200:
                raise Lost
            abortable(lambda: _shut(response))
            event = ""
            async for line in response.aiter_lines():
                if line.startswith("event: "):
                    event = line.removeprefix("event: ")
                if event == "complete":
                    return
                if line.startswith("data: "):
                    yield _data(json.loads(line.removeprefix("data: ")))
    except (httpx.TransportError, OSError):
        raise Lost from None
    raise Lost


def _data(result: dict[str, Any]) -> dict[str, Any]:
    if result.get("errors"):
        raise OperationFailed(result["errors"])
    return result["data"]


def _shut(response: httpx.Response) -> None:
    with suppress(OSError):
        response.extensions["network_stream"].get_extra_info("socket").shutdown(socket.SHUT_RDWR)
