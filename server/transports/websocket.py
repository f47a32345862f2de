"""GraphQL over WebSocket: who may open a socket at /graphql, and in which sub-protocol."""

from starlette.datastructures import Headers
from starlette.types import Receive, Scope, Send

from server.transports.gateway import Gateway
from server.transports.origins import origin_allowed
from server.transports.websocket_messages import SUBPROTOCOL, SUBPROTOCOL_NOT_ACCEPTABLE
from server.transports.websocket_session import Session


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
            await Session(self._gateway, scope, receive, send).run()
