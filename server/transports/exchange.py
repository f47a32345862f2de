"""An HTTP request and its response as GraphQL needs them: a few headers, the body, and what is sent back in one piece.

Starlette's own classes do more, and take longer than many an operation's plan.
"""

from collections.abc import AsyncIterator, Mapping

from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send

from server.transports.request_id import REQUEST_ID_HEADER


class Asking:
    """What is asked over HTTP. Of a header that comes twice, the first counts."""

    __slots__ = ("_headers", "_receive", "method", "scope")

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self.scope = scope
        self.method: str = scope["method"]
        self._receive = receive
        self._headers: dict[bytes, bytes] = dict(reversed(scope["headers"]))

    def header(self, name: bytes) -> str | None:
        """A header's value, by its name in lower case."""
        value = self._headers.get(name)
        return None if value is None else value.decode("latin-1")

    async def chunks(self) -> AsyncIterator[bytes]:
        """The body as it comes. Raises ClientDisconnect."""
        more = True
        while more:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                raise ClientDisconnect
            yield message.get("body", b"")
            more = message.get("more_body", False)


class Answer:
    """What is answered: an ASGI application, as a stream of events is."""

    __slots__ = ("_body", "_headers", "_status")

    def __init__(
        self, status: int, body: bytes, media: str, request_id: str, headers: Mapping[str, str] | None = None
    ) -> None:
        self._status = status
        self._body = body
        given = {
            "content-type": f"{media}; charset=utf-8",
            "cache-control": "no-store",
            REQUEST_ID_HEADER: request_id,
            **(headers or {}),
            "content-length": str(len(body)),
        }
        self._headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in given.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": self._status, "headers": self._headers})
        await send({"type": "http.response.body", "body": self._body})
