"""The one way from a transport to the schema: a fresh context an operation, errors masked, answers as JSON."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection, Hashable
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import strawberry
from strawberry.exceptions import MissingQueryError
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.types.execution import ExecutionResult, PreExecutionError
from strawberry.types.graphql import OperationType

from server.masking import keep_words_out_of_the_log, log_exception
from server.transports.admission import Admission
from server.transports.asker import Authenticated
from server.transports.choice import Asked, ambiguity, unresolved
from server.transports.limits import Limits
from server.transports.live import LiveAudience, Outlet, Subscription
from server.transports.names import Names
from server.transports.one_by_one import OneByOne
from server.transports.outcomes import TOO_SLOW, Outcome, ending_of, failure, only, outcome_of
from server.transports.parameters import Operation
from server.transports.tally import Tally
from server.transports.watch import Tracer, Watch, Watchers

ANY_OPERATION = frozenset(OperationType)


class OperationNotAllowed(Exception):
    """The transport does not carry operations of this type; nothing was executed."""

    def __init__(self, operation_type: OperationType) -> None:
        super().__init__(operation_type.value)
        self.operation_type = operation_type


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(kw_only=True)
class Gateway:
    """What the transports need, one a process.

    `authenticate` takes the Authorization value ("Bearer …") or None and raises Unauthenticated. `make_context` takes
    who asks and the request's id, and returns a context with loaders of its own. `renew_context` is called between two
    events of a subscription, so that loaders do not answer from before the last event; all that are told together are
    given the same dict, for loaders of what does not depend on who asks. `delivered` is called when a connection has
    taken a live event, with the event and when the operation began. `allowed_origins` are the origins
    whose pages may open a socket: empty means those of the host itself, "*" any. `names` says what operations may be
    called in public, `tracer` makes spans of them, if any are wanted.
    """

    schema: strawberry.Schema
    authenticate: Callable[[str | None], Awaitable[Authenticated]]
    make_context: Callable[[Authenticated, str], object]
    renew_context: Callable[[Any, dict[Hashable, Any]], None] = lambda context, everybodys: None
    delivered: Callable[[Any, datetime], None] = lambda event, since: None
    limits: Limits = field(default_factory=Limits)
    allowed_origins: Collection[str] = ()
    clock: Callable[[], datetime] = _now
    tally: Tally = field(default_factory=Tally)
    names: Names = field(default_factory=Names)
    tracer: Tracer | None = None
    admission: Admission = field(init=False)

    def __post_init__(self) -> None:
        self.admission = Admission(self.limits, self.tally)
        self._live = LiveAudience(self)
        documents = getattr(self.schema, "documents", None)
        self._watchers = Watchers(self.tally, self.names, documents, self.tracer)
        keep_words_out_of_the_log()

    async def execute(
        self, operation: Operation, asker: Authenticated, request_id: str, allowed: Collection[OperationType]
    ) -> Outcome:
        """Run a query or mutation. Raises OperationNotAllowed; every other failure is an Outcome."""
        watch = Watch(self._watchers, operation, allowed, asker, request_id)
        ended = "left"
        try:
            with watch:
                outcome = await self._execute(operation, asker, request_id, watch.asked)
            if outcome.errors:
                watch.told(outcome.errors)
            ended = ending_of(outcome)
            return outcome
        except OperationNotAllowed:
            ended = "refused"
            raise
        finally:
            watch.ended(ended)

    async def _execute(self, operation: Operation, asker: Authenticated, request_id: str, allowed: Asked) -> Outcome:
        if ambiguous := ambiguity(operation):
            return outcome_of(PreExecutionError(data=None, errors=[ambiguous]), request_id)
        bound = asyncio.timeout(self.limits.request_timeout)
        try:
            async with bound:
                result = await self.schema.execute(
                    operation.query,
                    variable_values=operation.variables,
                    context_value=self.make_context(asker, request_id),
                    operation_name=operation.operation_name,
                    operation_extensions=operation.extensions,
                    allowed_operation_types=allowed,
                )
        except TimeoutError as error:
            return TOO_SLOW if bound.expired() else failure(error, request_id)
        except InvalidOperationTypeError as error:
            raise OperationNotAllowed(error.operation_type) from None
        except (CannotGetOperationTypeError, MissingQueryError) as error:
            result = PreExecutionError(data=None, errors=[unresolved(error)])
        except Exception as error:
            return failure(error, request_id)
        return outcome_of(result, request_id)

    async def begin(
        self,
        operation: Operation,
        asker: Authenticated,
        request_id: str,
        outlet: Outlet,
        allowed: Collection[OperationType] = ANY_OPERATION,
    ) -> Subscription | AsyncGenerator[Outcome, None]:
        """Begin any operation. One that follows a stream of ours tells `outlet`, as soon as this has returned.

        For all others the outcomes: one for a query or mutation, one an event for other subscriptions; nothing is
        raised. Closing the generator, or cancelling the task that awaits it, ends the operation and cleans up.
        """
        context, since = self.make_context(asker, request_id), self.clock()
        watch = Watch(self._watchers, operation, allowed, asker, request_id)
        opened: Any = None
        left = True
        try:
            with watch:
                opened = await self._open(operation, context, request_id, watch.asked)
            left = False
        finally:
            if left:
                watch.ended("left")
        if isinstance(opened, Outcome):
            return self._counted(only(opened), watch)
        watch.opened()
        source = getattr(opened, "source", opened)
        if hasattr(source, "typed"):
            answers = self._live.answers(opened, context, watch)
            subscription = Subscription(self._live, answers, outlet, since, watch)
            subscription.begin(source.events)
            return subscription
        return self._counted(self._outcomes(opened, source, context, watch), watch)

    async def stream(
        self,
        operation: Operation,
        asker: Authenticated,
        request_id: str,
        allowed: Collection[OperationType] = ANY_OPERATION,
    ) -> AsyncGenerator[Outcome, None]:
        """The outcomes of any operation, for a connection that has a task of its own: see `begin`."""
        outlet = OneByOne()
        begun = await self.begin(operation, asker, request_id, outlet, allowed)
        outcomes = outlet.outcomes(begun) if isinstance(begun, Subscription) else begun
        async with aclosing(outcomes):
            async for outcome in outcomes:
                yield outcome

    async def _open(self, operation: Operation, context: object, request_id: str, asked: Asked) -> Any:
        """An Opened of the schema, or the results of one that cannot open, or the one outcome of the operation."""
        if ambiguous := ambiguity(operation):
            return outcome_of(PreExecutionError(data=None, errors=[ambiguous]), request_id)
        ask = getattr(self.schema, "open", self.schema.stream)
        bound = asyncio.timeout(self.limits.request_timeout)
        try:
            async with bound:
                opened = await ask(
                    operation.query,
                    variable_values=operation.variables,
                    context_value=context,
                    operation_name=operation.operation_name,
                    operation_extensions=operation.extensions,
                    allowed_operation_types=asked,
                )
        except TimeoutError as error:
            return TOO_SLOW if bound.expired() else failure(error, request_id)
        except (CannotGetOperationTypeError, InvalidOperationTypeError, MissingQueryError) as error:
            return outcome_of(PreExecutionError(data=None, errors=[unresolved(error)]), request_id)
        except Exception as error:
            return failure(error, request_id)
        return outcome_of(opened, request_id) if isinstance(opened, ExecutionResult) else opened

    async def _outcomes(self, opened: Any, source: Any, context: object, watch: Watch) -> AsyncGenerator[Outcome, None]:
        respond = getattr(opened, "respond", _itself)
        delivering = False
        try:
            async with aclosing(source):
                async for event in source:
                    with watch:
                        outcome = outcome_of(await respond(event), watch.request_id)
                    delivering = True
                    yield outcome
                    delivering = False
                    if outcome.refused:
                        return
                    self.renew_context(context, {})
        except Exception as error:
            if delivering:
                # The client left and the clean-up failed: nobody can be told, and a closing generator may not yield.
                log_exception(error, watch.request_id)
                return
            yield failure(error, watch.request_id)

    async def _counted(self, outcomes: AsyncGenerator[Outcome, None], watch: Watch) -> AsyncGenerator[Outcome, None]:
        ended, outcome = "left", None
        try:
            async with aclosing(outcomes):
                async for outcome in outcomes:
                    if outcome.errors:
                        watch.told(outcome.errors)
                    if outcome.refused:
                        ended = ending_of(outcome)
                    yield outcome
            ended = ending_of(outcome)
        finally:
            watch.ended(ended)


async def _itself(result: ExecutionResult) -> ExecutionResult:
    return result
