"""The one way from a transport to the schema: a fresh context an operation, errors masked, answers as JSON."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Collection, Hashable
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import orjson
import strawberry
from graphql import GraphQLError
from strawberry.exceptions import MissingQueryError
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.types.execution import ExecutionResult, PreExecutionError
from strawberry.types.graphql import OperationType

from server.masking import INTERNAL, keep_words_out_of_the_log, log_exception, present_errors, present_exception
from server.transports.admission import Admission
from server.transports.choice import Asked, ambiguity, unresolved
from server.transports.limits import Limits
from server.transports.parameters import Operation
from server.transports.tally import Tally

ANY_OPERATION = frozenset(OperationType)


@dataclass(frozen=True, slots=True)
class Authenticated:
    """Who asks, made anew for every operation; `expires_at` is when the access token ends, None for nobody.

    `person` is what one person's sockets are counted under; None for nobody.
    """

    viewer: object | None
    expires_at: datetime | None
    person: Hashable | None = None


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
    events of a subscription, so that loaders do not answer from before the last event. `delivered` is called when the
    connection has taken a result, with the context and when the operation began. `allowed_origins` are the origins
    whose pages may open a socket: empty means those of the host itself, "*" any.
    """

    schema: strawberry.Schema
    authenticate: Callable[[str | None], Awaitable[Authenticated]]
    make_context: Callable[[Authenticated, str], object]
    renew_context: Callable[[Any], None] = lambda context: None
    delivered: Callable[[Any, datetime], None] = lambda context, since: None
    limits: Limits = field(default_factory=Limits)
    allowed_origins: Collection[str] = ()
    clock: Callable[[], datetime] = _now
    tally: Tally = field(default_factory=Tally)
    admission: Admission = field(init=False)

    def __post_init__(self) -> None:
        self.admission = Admission(self.limits, self.tally)
        keep_words_out_of_the_log()

    async def execute(
        self, operation: Operation, asker: Authenticated, request_id: str, allowed: Collection[OperationType]
    ) -> Outcome:
        """Run a query or mutation. Raises OperationNotAllowed; every other failure is an Outcome."""
        asked = Asked(allowed)
        ended = "left"
        try:
            outcome = await self._execute(operation, asker, request_id, asked)
            ended = _ending(outcome)
            return outcome
        except OperationNotAllowed:
            ended = "refused"
            raise
        finally:
            self.tally.operations[asked.type, ended] += 1

    async def _execute(self, operation: Operation, asker: Authenticated, request_id: str, allowed: Asked) -> Outcome:
        if ambiguous := ambiguity(operation):
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
            result = PreExecutionError(data=None, errors=[unresolved(error)])
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
        asked = Asked(allowed)
        ended, outcome = "left", None
        try:
            async with aclosing(self._stream(operation, asker, request_id, asked)) as outcomes:
                async for outcome in outcomes:
                    if outcome.refused:
                        ended = _ending(outcome)
                    yield outcome
            ended = _ending(outcome)
        finally:
            self.tally.operations[asked.type, ended] += 1

    async def _stream(
        self, operation: Operation, asker: Authenticated, request_id: str, allowed: Asked
    ) -> AsyncGenerator[Outcome, None]:
        if ambiguous := ambiguity(operation):
            yield _outcome(PreExecutionError(data=None, errors=[ambiguous]), request_id)
            return
        delivering, since = False, self.clock()
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
                    self.delivered(context, since)
                    if outcome.refused:
                        return
                    self.renew_context(context)
        except Exception as error:
            if delivering:
                # The client left and the clean-up failed: nobody can be told, and a closing generator may not yield.
                log_exception(error, request_id)
                return
            yield failure(error, request_id)


def _ending(outcome: Outcome | None) -> str:
    if outcome is not None and is_internal(outcome):
        return "failed"
    return "refused" if outcome is not None and outcome.refused else "done"


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
        return unresolved(error.original_error)
    return error
