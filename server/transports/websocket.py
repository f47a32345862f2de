"""GraphQL over WebSocket: which pages may open a socket at /graphql, and in which sub-protocol."""

from collections.abc import Collection
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import Receive, Scope, Send

from server.transports.admission import RateLimited
from server.transports.gateway import Gateway
from server.transports.socket import socket_of
from server.transports.websocket_messages import SUBPROTOCOL, SUBPROTOCOL_NOT_ACCEPTABLE, too_many_sockets
from server.transports.websocket_session import Session

_DEFAULT_PORTS = {"http": 80, "https": 443}


class GraphQLOverWebSocket:
    """The ASGI endpoint of /graphql for WebSocket."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        if not origin_allowed(Headers(scope=scope), self._gateway.allowed_origins):
            await send({"type": "websocket.close"})  # Before an accept, this is HTTP 403.
        elif SUBPROTOCOL not in scope["subprotocols"]:
            await send({"type": "websocket.accept"})
            await send(SUBPROTOCOL_NOT_ACCEPTABLE.event())
        else:
            await self._serve(scope, receive, send)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            visit = self._gateway.admission.enter("websocket", scope.get("client"))
        except RateLimited as refusal:
            # Not HTTP 429: pages cannot read it, and graphql-ws tries again after close codes only.
            await send({"type": "websocket.accept", "subprotocol": SUBPROTOCOL})
            return await send(too_many_sockets(refusal.message).event())
        try:
            await send({"type": "websocket.accept", "subprotocol": SUBPROTOCOL})
            socket = socket_of(scope)
            socket.hand_to(Session(self._gateway, visit, Headers(scope=scope).get("authorization"), socket))
        except BaseException:
            visit.leave()
            raise


def origin_allowed(headers: Headers, allowed: Collection[str]) -> bool:
    """Whether to accept the socket. Who sends no Origin is no browser, and brings no foreign page."""
    origin = headers.get("origin")
    if origin is None:
        return True
    if allowed:
        return "*" in allowed or origin.lower().rstrip("/") in {known.lower().rstrip("/") for known in allowed}
    return _same_host(origin, headers.get("host", ""))


def _same_host(origin: str, host: str) -> bool:
    try:
        page, here = urlsplit(origin), urlsplit(f"//{host}")
        port = _DEFAULT_PORTS.get(page.scheme)
        return (
            port is not None
            and page.hostname is not None
            and page.hostname == here.hostname
            and (page.port or port) == (here.port or port)
        )
    except ValueError:
        return False
