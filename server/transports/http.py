"""GraphQL over HTTP (https://graphql.github.io/graphql-over-http/draft/): anything by POST, queries by GET too."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import orjson
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Receive, Scope, Send
from strawberry.types.graphql import OperationType

from server.transports.admission import RATE_LIMITED, RateLimited, network
from server.transports.asker import Authenticated, Unauthenticated
from server.transports.exchange import Answer, Asking
from server.transports.gateway import Gateway, OperationNotAllowed
from server.transports.negotiation import EVENT_STREAM, GRAPHQL_RESPONSE, JSON, preferred
from server.transports.outcomes import TIMEOUT, Outcome, failure, is_internal, retry_after
from server.transports.parameters import BadParameters, Operation, read_operation
from server.transports.request_id import request_id_of
from server.transports.sse import EventStream

HOW_TO_SUBSCRIBE = (
    "A subscription needs a stream: open a WebSocket with the sub-protocol graphql-transport-ws, "
    "or send this request with `Accept: text/event-stream`."
)

_BY_GET = frozenset({OperationType.QUERY})
_BY_POST = frozenset({OperationType.QUERY, OperationType.MUTATION})
# The status of a request that was refused before execution, where its code tells more than “bad request”.
_STATUS = {"UNAUTHENTICATED": 401, "FORBIDDEN": 403, RATE_LIMITED: 429, TIMEOUT: 503}


class Problem(Exception):
    """A request that gets no further than HTTP."""

    def __init__(self, status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.headers = headers or {}
        self.body = orjson.dumps({"errors": [{"message": message, "extensions": {"code": code}}]})


class GraphQLOverHTTP:
    """The ASGI endpoint of /graphql for HTTP; asked for text/event-stream, it streams instead."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Asking(scope, receive)
        request_id = request_id_of(request.header(b"x-request-id"))
        try:
            answer = await self._answer(request, request_id)
        except ClientDisconnect:
            return
        except Problem as problem:
            self._gateway.tally.errors["http", problem.code] += 1
            media = preferred(request.header(b"accept"), (JSON, GRAPHQL_RESPONSE)) or JSON
            answer = Answer(problem.status, problem.body, media, request_id, problem.headers)
        except Exception as error:
            outcome = failure(error, request_id)
            self._gateway.tally.told(outcome.errors)
            answer = Answer(500, outcome.body, JSON, request_id)
        await answer(scope, receive, send)

    async def _answer(self, request: Asking, request_id: str) -> ASGIApp:
        if request.method not in ("GET", "POST"):
            raise Problem(405, "METHOD_NOT_ALLOWED", "Send GraphQL by POST, or a query by GET.", {"allow": "GET, POST"})
        accept = request.header(b"accept")
        media = preferred(accept, (JSON, GRAPHQL_RESPONSE, EVENT_STREAM))
        if media is None:
            raise Problem(406, "NOT_ACCEPTABLE", f"Accept {GRAPHQL_RESPONSE}, {JSON} or {EVENT_STREAM}.")
        operation = await self._operation(request)
        try:
            asker = await self._gateway.authenticate(request.header(b"authorization"))
        except Unauthenticated as refusal:
            raise Problem(401, "UNAUTHENTICATED", refusal.message, {"www-authenticate": "Bearer"}) from None
        if client := request.scope.get("client"):
            asker = replace(asker, address=network(client[0]))
        by_get = request.method == "GET"
        if media == EVENT_STREAM:
            return self._stream(request, operation, asker, request_id)
        try:
            outcome = await self._gateway.execute(operation, asker, request_id, _BY_GET if by_get else _BY_POST)
        except OperationNotAllowed as refusal:
            return self._elsewhere(refusal.operation_type, request, operation, asker, request_id)
        wait = retry_after(outcome)
        headers = None if wait is None else {"retry-after": str(wait)}
        return Answer(_status(outcome, media), outcome.body, media, request_id, headers)

    def _elsewhere(
        self, kind: OperationType, request: Asking, operation: Operation, asker: Authenticated, request_id: str
    ) -> ASGIApp:
        """What becomes of an operation that a plain request cannot carry."""
        if kind is OperationType.MUTATION:
            raise Problem(405, "METHOD_NOT_ALLOWED", "A mutation must be sent by POST.", {"allow": "POST"})
        # A client that lists the stream after plain JSON sends the same header with every operation.
        accept = (request.header(b"accept") or "*/*").lower()
        if EVENT_STREAM in accept and preferred(accept, (EVENT_STREAM,)):
            return self._stream(request, operation, asker, request_id)
        raise Problem(400, "SUBSCRIPTION_NEEDS_A_STREAM", HOW_TO_SUBSCRIBE)

    def _stream(self, request: Asking, operation: Operation, asker: Authenticated, request_id: str) -> EventStream:
        """A stream that has been let in; it says itself when it leaves."""
        visit = None
        try:
            visit = self._gateway.admission.enter("sse", request.scope.get("client"))
            visit.introduce(asker.person)
            visit.operation(0)
        except RateLimited as refusal:
            if visit is not None:
                visit.leave()
            raise Problem(429, RATE_LIMITED, refusal.message, {"retry-after": str(refusal.retry_after)}) from None
        return EventStream(self._gateway, visit, operation, asker, request_id, by_get=request.method == "GET")

    async def _operation(self, request: Asking) -> Operation:
        try:
            if request.method == "GET":
                return read_operation(_from_query_string(request.scope, self._gateway.limits.max_body_bytes))
            _require_json(request.header(b"content-type"))
            return read_operation(_json(await self._body(request), "The body"))
        except BadParameters as problem:
            raise Problem(400, "BAD_REQUEST", str(problem)) from None

    async def _body(self, request: Asking) -> bytes:
        limit = self._gateway.limits.max_body_bytes
        too_large = partial(Problem, 413, "PAYLOAD_TOO_LARGE", f"The body is larger than {limit} bytes.")
        announced = request.header(b"content-length") or ""
        if announced.isdigit() and int(announced) > limit:
            raise too_large()
        body = bytearray()
        try:
            async with asyncio.timeout(self._gateway.limits.body_timeout):
                async for chunk in request.chunks():
                    body += chunk
                    if len(body) > limit:
                        raise too_large()
        except TimeoutError:
            raise Problem(408, "REQUEST_TIMEOUT", "The body did not arrive in time.", {"connection": "close"}) from None
        return bytes(body)


def _require_json(content_type: str | None) -> None:
    """Refuse what a page of another site could send without asking first, and encodings other than UTF-8."""
    if content_type == JSON:
        return
    media, *parameters = [part.strip().lower() for part in (content_type or "").split(";")]
    charsets = [part.partition("=")[2].strip(' "') for part in parameters if part.startswith("charset")]
    if media != JSON or any(charset not in ("utf-8", "utf8") for charset in charsets):
        raise Problem(415, "UNSUPPORTED_MEDIA_TYPE", f"Send the body as {JSON} in UTF-8.", {"accept-post": JSON})


def _json(text: bytes | str, what: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        # The decoder's own message is left out: it could quote the body.
        raise BadParameters(f"{what} is not valid JSON.") from None


def _from_query_string(scope: Scope, limit: int) -> dict[str, Any]:
    if len(scope["query_string"]) > limit:
        raise Problem(414, "URI_TOO_LONG", "The address is too long: send the query by POST.")
    given = Request(scope).query_params
    # An empty optional parameter is the same as none, and an absent query is refused with the rest.
    return {
        "query": given.get("query"),
        "operationName": given.get("operationName") or None,
        **{name: _json(given[name], f"`{name}`") for name in ("variables", "extensions") if given.get(name)},
    }


def _status(outcome: Outcome, media: str) -> int:
    """A refused operation is 4xx where the client knows application/graphql-response+json, 200 for legacy clients."""
    if not outcome.refused:
        return 200
    if is_internal(outcome):
        return 500
    if media == JSON:
        return 200
    return next((_STATUS[code] for code in outcome.codes if code in _STATUS), 400)
