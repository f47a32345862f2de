"""The door: a Strawberry schema that executes documents which come again by compiled plans, and answers as before."""

from collections import Counter
from collections.abc import AsyncGenerator, Callable, Container, Iterable
from contextlib import AsyncExitStack, aclosing
from typing import Any

import strawberry
from graphql import GraphQLError
from graphql.execution import ExecutionResult as CoreResult
from graphql.execution.values import VariableValues, get_variable_values
from strawberry.exceptions import MissingQueryError
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.schema.schema import _coerce_error, _coerce_pre_execution_error
from strawberry.types.execution import ExecutionResult, PreExecutionError
from strawberry.types.graphql import OperationType

from schema.allowance import MOST_ERRORS, TOO_DEEP, Allowance
from schema.compiled.answers import quietly, refused
from schema.compiled.core import Core, Given
from schema.compiled.documents import Documents, Operation
from schema.compiled.inputs import Inputs
from schema.compiled.measure import TooDeep
from schema.compiled.opened import Opened, Responding, alike
from schema.compiled.plans import Plan, Request
from schema.compiled.run import COMPILED, Unsupported

ALL_TYPES = frozenset(OperationType)
FIRST_TIME = "first time"


class CompilingSchema(strawberry.Schema):
    """Compiles a document when it comes for the second time, with the same in it, and a subscription at once.

    `renew` is called with the context before a query is executed anew, since what its loaders hold belongs to an
    attempt that failed. `allowance` gives a context's schema.allowance.Allowance, or None where nothing is bounded.
    `tally` counts operations: those compiled, and of the others why they were not.
    """

    def __init__(
        self,
        *args: Any,
        renew: Callable[[Any], None] = lambda context: None,
        allowance: Callable[[Any], Allowance | None] = lambda context: None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.tally: Counter[str] = Counter()
        self.documents = Documents(self._schema)
        self.inputs = Inputs(self.config, self.schema_converter.scalar_registry)
        self._renew = renew
        self._allowance = allowance
        self._hooked = bool(self.get_extensions())
        self._core = Core(self)

    async def execute(
        self,
        query: str | None,
        variable_values: dict[str, Any] | None = None,
        context_value: Any | None = None,
        root_value: Any | None = None,
        operation_name: str | None = None,
        allowed_operation_types: Iterable[OperationType] | None = None,
        operation_extensions: dict[str, Any] | None = None,
    ) -> ExecutionResult:
        """As Strawberry's: raises MissingQueryError, CannotGetOperationTypeError and InvalidOperationTypeError."""
        allowed: Any = ALL_TYPES if allowed_operation_types is None else allowed_operation_types
        if self._hooked:
            self.tally["extensions"] += 1
            return await super().execute(
                query, variable_values, context_value, root_value, operation_name, allowed, operation_extensions
            )
        allowance = self._allowance(context_value)
        found = self._found(query, operation_name, allowed, allowance)
        if isinstance(found, PreExecutionError):
            return found
        given = Given(root_value, context_value, variable_values, operation_extensions)
        return quietly(await self._executed(found, given), allowance)

    async def stream(self, *args: Any, **kwargs: Any) -> AsyncGenerator[Any, None]:
        """As Strawberry's: one result of a query or mutation, one an event of a subscription."""
        if self._hooked:
            self.tally["extensions"] += 1
            return await super().stream(*args, **kwargs)
        return self._results(*args, **kwargs)

    async def open(
        self,
        query: str | None,
        variable_values: dict[str, Any] | None = None,
        context_value: Any | None = None,
        root_value: Any | None = None,
        operation_name: str | None = None,
        operation_extensions: dict[str, Any] | None = None,
        allowed_operation_types: Iterable[OperationType] | None = None,
    ) -> Opened | ExecutionResult:
        """Open a subscription. Any other operation is executed: its result, or why it is refused."""
        allowed: Any = ALL_TYPES if allowed_operation_types is None else allowed_operation_types
        allowance = self._allowance(context_value)
        try:
            found = self._found(query, operation_name, allowed, allowance)
        except (MissingQueryError, CannotGetOperationTypeError, InvalidOperationTypeError) as error:
            return refused([_coerce_pre_execution_error(error)])
        if isinstance(found, PreExecutionError):
            return found
        given = Given(root_value, context_value, variable_values, operation_extensions)
        if found.type is not OperationType.SUBSCRIPTION:
            return quietly(await self._executed(found, given), allowance)
        return quietly(await self._opened(found, given), allowance)

    async def _results(self, *args: Any, **kwargs: Any) -> AsyncGenerator[Any, None]:
        opened = await self.open(*args, **kwargs)
        if not isinstance(opened, Opened):
            yield opened
            return
        try:
            async with AsyncExitStack() as stack:
                if hasattr(opened.source, "aclose"):
                    await stack.enter_async_context(aclosing(opened.source))
                async for event in opened.source:
                    yield await opened.respond(event)
        except Exception as error:
            yield ExecutionResult(data=None, errors=[_coerce_error(error)], extensions={})

    def _found(
        self, query: str | None, name: str | None, allowed: Container[OperationType], allowance: Allowance | None
    ) -> Operation | PreExecutionError:
        try:
            document = self.documents.get(query, None if allowance is None else allowance.bounds.tokens)
            if allowance is not None:
                allowance.admit(document.size)
        except MissingQueryError:
            raise
        except TooDeep:
            return refused([TOO_DEEP])
        except Exception as error:
            return refused([_coerce_error(error)])
        operation = document.operation(name, allowed)
        try:
            errors = document.errors
        except Exception as error:  # Strawberry's rule for OneOf inputs raises KeyError for a variable left out
            return refused([_coerce_error(error)])
        if errors:
            return quietly(refused(errors if allowance is None else errors[:MOST_ERRORS]), allowance)
        assert query is not None
        self.documents.keep(query, document)
        return operation

    def _plan(self, operation: Operation, variables: VariableValues) -> Plan:
        """The operation's plan for these variables. Raises Unsupported."""
        if operation.refused is not None:
            raise Unsupported(operation.refused)
        document = operation.document
        if document.directives.keys() - {"skip", "include"}:
            operation.refused = "directive"
            raise Unsupported(operation.refused)

        def make() -> Plan:
            return Plan(self, Request(self._schema, document.fragments, operation.node, variables.coerced))

        plans = operation.plans
        try:
            plan = operation.plan(variables.coerced, make)
        except Unsupported as unsupported:
            operation.refused = unsupported.reason
            raise
        except GraphQLError:  # a condition that is null this time
            raise Unsupported("a condition that is null") from None
        except RecursionError:
            operation.refused = "too deep"
            raise Unsupported(operation.refused) from None
        if operation.plans != plans:
            self.documents.bound()
        return plan

    async def _executed(self, operation: Operation, given: Given) -> ExecutionResult:
        mutates = operation.type is OperationType.MUTATION
        obtained: dict[str, Any] = {}
        declared = operation.node.variable_definitions or ()
        variables = get_variable_values(self._schema, declared, given.variables or {}, 50)
        extensions: dict[str, Any] = {}
        try:
            extensions = self._charged(operation, given.context, variables)
        except GraphQLError as refusal:
            return refused([refusal])
        if not isinstance(variables, VariableValues):
            reason = "variables"
        elif not operation.comes_again(variables.coerced):
            reason = FIRST_TIME
        else:
            try:
                plan = self._plan(operation, variables)
                run = plan.run(given.root, given.context, variables, given.extensions)
                data = await (plan.mutation(run, obtained) if mutates else plan.query(run))
            except Unsupported as unsupported:
                reason = unsupported.reason
            except Exception:
                reason = "raised"
            else:
                self.tally[COMPILED] += 1
                return ExecutionResult(data=data, errors=None, extensions=extensions)
            self._renew(given.context)
        self.tally[reason] += 1
        answer = self._answer(await self._core.execute(operation, given, obtained))
        answer.extensions = extensions
        return answer

    def _charged(self, operation: Operation, context: Any, variables: Any) -> dict[str, Any]:
        """What the response says of the operation's cost. Raises GraphQLError, and nothing is executed then.

        Variables that are refused cost nothing: nothing is executed with them.
        """
        allowance = self._allowance(context)
        if allowance is None or not isinstance(variables, VariableValues):
            return {}
        return {"cost": allowance.charge(context, operation.cost.of(variables.coerced))}

    async def _opened(self, operation: Operation, given: Given) -> Opened | ExecutionResult:
        executor = self._core.executor(operation, given)
        if isinstance(executor, list):
            return refused(executor)
        try:
            self._charged(operation, given.context, executor.variable_values)
        except GraphQLError as refusal:
            return refused([refusal])
        try:
            source = await self._core.source(executor)
        except Exception as error:
            return ExecutionResult(data=None, errors=[_coerce_error(error)], extensions={})
        if isinstance(source, CoreResult):
            return refused(source.errors)
        variables = executor.variable_values
        plan: Plan | None = None
        reason = FIRST_TIME
        if not operation.plans or operation.comes_again(variables.coerced):
            try:
                plan = self._plan(operation, variables)
            except Unsupported as unsupported:
                reason = unsupported.reason

        respond = Responding(plan, reason, executor, given, self.tally, self._renew, self._answer)
        shown = None if plan is None else (plan.calls[0].selected, variables.coerced)
        return Opened(source, respond, plan and alike(plan, variables), shown)

    def _answer(self, result: CoreResult) -> ExecutionResult:
        if result.errors:
            self.process_errors(result.errors)
        return ExecutionResult(data=result.data, errors=result.errors, extensions={})
