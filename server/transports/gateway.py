"""The one way from a transport to the schema: a fresh context an operation, errors masked, answers as JSON."""

import re
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import orjson
import strawberry
from graphql import GraphQLError, OperationDefinitionNode, parse
from strawberry.exceptions import MissingQueryError
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.types.execution import ExecutionResult, PreExecutionError
from strawberry.types.graphql import OperationType

from server.masking import INTERNAL, keep_words_out_of_the_log, log_exception, present_errors, present_exception
from server.transports.parameters import Operation

ANY_OPERATION = frozenset(OperationType)

_OPERATION_KEYWORD = re.compile(r"\b(?:query|mutation|subscription)\b")
_TOKENS_LOOKED_AT = 10_000


@dataclass(frozen=True, slots=True)
class Authenticated:
    """Who asks, made anew for every operation; `expires_at` is when the access token ends, None for nobody."""

    viewer: object | None
    expires_at: datetime | None


class Unauthenticated(Exception):
    """The token is malformed, expired, revoked, or its owner suspended; `message` says what to do."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class OperationNotAllowed(Exception):
    """The transport does not carry operations of this type; nothing was executed."""

    def __init__(self, operation_type: OperationType) -> None:
        super().__init__(operation_type.value)
        self.operation_type = operation_type


@dataclass(frozen=True, slots=True)
class Limits:
    """What a client may ask of a transport. Times are seconds, sizes are bytes."""

    max_body_bytes: int = 1_000_000
    max_frame_bytes: int = 1_000_000
    body_timeout: float = 30.0
    send_timeout: float = 15.0
    connection_init_timeout: float = 10.0
    keep_alive: float = 12.0
    max_operations_per_socket: int = 100


@dataclass(frozen=True, slots=True)
class Outcome:
    """One GraphQL response, ready to send.

    `refused` means that it has no data because nothing was executed, or because the stream broke; nothing follows it.
    """

    body: bytes
    errors: list[dict[str, Any]] = field(default_factory=list)
    refused: bool = False

    @property
    def codes(self) -> set[str]:
        """The `extensions.code` of its errors."""
        return {error.get("extensions", {}).get("code", "") for error in self.errors}


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(kw_only=True)
class Gateway:
    """What the transports need, one a process.

    `authenticate` takes the Authorization value ("Bearer …") or None and raises Unauthenticated. `make_context` takes
    who asks and the request's id, and returns a context with loaders of its own. `renew_context` is called between two
    events of a subscription, so that loaders do not answer from before the last event. `allowed_origins` are the
    origins whose pages may open a socket: empty means those of the host itself, "*" any.
    """

    schema: strawberry.Schema
    authenticate: Callable[[str | None], Awaitable[Authenticated]]
    make_context: Callable[[Authenticated, str], object]
    renew_context: Callable[[Any], None] = lambda context: None
    limits: Limits = field(default_factory=Limits)
    allowed_origins: Collection[str] = ()
    clock: Callable[[], datetime] = _now

    def __post_init__(self) -> None:
        keep_words_out_of_the_log()

    async def execute(
        self, operation: Operation, asker: Authenticated, request_id: str, allowed: Collection[OperationType]
    ) -> Outcome:
        """Run a query or mutation. Raises OperationNotAllowed; every other failure is an Outcome."""
        if ambiguous := _ambiguity(operation):
            return _outcome(PreExecutionError(data=None, errors=[ambiguous]), request_id)
        try:
            result = await self.schema.execute(
                operation.query,
                variable_values=operation.variables,
                context_value=self.make_context(asker, request_id),
                operation_name=operation.operation_name,
                operation_extensions=operation.extensions,
                allowed_operation_types=allowed,
            )
        except InvalidOperationTypeError as error:
            raise OperationNotAllowed(error.operation_type) from None
        except (CannotGetOperationTypeError, MissingQueryError) as error:
            result = PreExecutionError(data=None, errors=[_unresolved(error)])
        except Exception as error:
            return failure(error, request_id)
        return _outcome(result, request_id)

    async def stream(
        self,
        operation: Operation,
        asker: Authenticated,
        request_id: str,
        allowed: Collection[OperationType] = ANY_OPERATION,
    ) -> AsyncGenerator[Outcome, None]:
        """Run any operation: one outcome for a query or mutation, one an event for a subscription; nothing is raised.

        Closing the generator, or cancelling the task that awaits it, ends the operation and runs its clean-up.
        """
        if ambiguous := _ambiguity(operation):
            yield _outcome(PreExecutionError(data=None, errors=[ambiguous]), request_id)
            return
        delivering = False
        try:
            context = self.make_context(asker, request_id)
            results = await self.schema.stream(
                operation.query,
                variable_values=operation.variables,
                context_value=context,
                operation_name=operation.operation_name,
                operation_extensions=operation.extensions,
                allowed_operation_types=allowed,
            )
            async with aclosing(results):
                async for result in results:
                    outcome = _outcome(result, request_id)
                    delivering = True
                    yield outcome
                    delivering = False
                    if outcome.refused:
                        return
                    self.renew_context(context)
        except Exception as error:
            if delivering:
                # The client left and the clean-up failed: nobody can be told, and a closing generator may not yield.
                log_exception(error, request_id)
                return
            yield failure(error, request_id)


def failure(error: BaseException, request_id: str) -> Outcome:
    """What a client gets to read when something broke outside GraphQL's execution; logged unless it is a refusal."""
    errors = [present_exception(error, request_id)]
    return Outcome(orjson.dumps({"errors": errors}), errors, refused=True)


def is_internal(outcome: Outcome) -> bool:
    """Whether the fault is ours."""
    return INTERNAL in outcome.codes


def _outcome(result: ExecutionResult, request_id: str) -> Outcome:
    errors = result.errors or []
    # Strawberry marks only some of the errors before execution; the others are told by having no path, as fields' have.
    refused = isinstance(result, PreExecutionError) or (
        result.data is None and bool(errors) and all(error.path is None for error in errors)
    )
    shown = present_errors([_resolved(error) for error in errors], request_id)
    response: dict[str, Any] = {} if refused else {"data": result.data}
    if shown:
        response["errors"] = shown
    if result.extensions:
        response["extensions"] = result.extensions
    try:
        return Outcome(orjson.dumps(response), shown, refused)
    except TypeError as error:
        return failure(error, request_id)


def _resolved(error: GraphQLError) -> GraphQLError:
    """Strawberry's internal errors about the choice of the operation, as the client's."""
    if isinstance(error.original_error, (CannotGetOperationTypeError, MissingQueryError, InvalidOperationTypeError)):
        return _unresolved(error.original_error)
    return error


def _unresolved(error: Exception) -> GraphQLError:
    if isinstance(error, CannotGetOperationTypeError):
        named = error.operation_name is not None
        message = (
            f"The document has no operation named “{error.operation_name}”."
            if named
            else "The document has no operation."
        )
    elif isinstance(error, InvalidOperationTypeError):
        message = f"A {error.operation_type.value} cannot be sent this way: use POST."
    else:
        message = "`query` is empty: send a GraphQL document."
    return GraphQLError(message, extensions={"code": "OPERATION_RESOLUTION_FAILURE"})


def _ambiguity(operation: Operation) -> GraphQLError | None:
    """An error when the document has several named operations and the request names none.

    The specification's GetOperation() demands it; Strawberry would run the first. Only a document that has two of the
    keywords can be such a one, so hardly any is parsed here.
    """
    if operation.operation_name is not None or len(_OPERATION_KEYWORD.findall(operation.query)) < 2:
        return None
    try:
        document = parse(operation.query, no_location=True, max_tokens=_TOKENS_LOOKED_AT)
    except GraphQLError:
        return None  # Execution parses it again and says what is wrong.
    operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    if len(operations) < 2 or not all(node.name for node in operations):
        return None
    message = "The document has several operations: say which one with `operationName`."
    return GraphQLError(message, extensions={"code": "OPERATION_RESOLUTION_FAILURE"})
