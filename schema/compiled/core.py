"""The way to graphql-core: for what is not compiled, what raised, and mutations that were resolved already."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from graphql import execute
from graphql.execution import ExecutionResult, MiddlewareManager, create_source_event_stream
from strawberry.execution.is_awaitable import optimized_is_awaitable
from strawberry.utils.await_maybe import await_maybe

if TYPE_CHECKING:
    import strawberry

    from schema.compiled.documents import Operation


@dataclass(frozen=True, slots=True)
class Given:
    """What an operation is executed with; `variables` as the client sent them."""

    root: Any
    context: Any
    variables: dict[str, Any] | None
    extensions: dict[str, Any] | None


class Core:
    """graphql-core's execution of the operations of one schema."""

    def __init__(self, schema: "strawberry.Schema") -> None:
        self._schema = schema

    async def execute(self, operation: "Operation", given: Given, obtained: Mapping[str, Any]) -> ExecutionResult:
        """The operation's result. Root fields that were `obtained` already are completed and not resolved again."""
        result = execute(
            self._schema._schema,
            operation.document.node,
            root_value=given.root,
            context_value=given.context,
            variable_values=given.variables,
            operation_name=operation.name,
            middleware=MiddlewareManager(handing_over(obtained)) if obtained else None,
            is_awaitable=optimized_is_awaitable,
            executor_class=self._schema.execution_context_class,
            operation_extensions=given.extensions,
        )
        return await await_maybe(result)

    def executor(self, operation: "Operation", given: Given) -> Any:
        """What executes the events of a subscription, or the errors that keep it from being opened."""
        return self._schema.execution_context_class.build(
            self._schema._schema,
            operation.document.node,
            given.root,
            given.context,
            given.variables,
            operation.name,
            operation_extensions=given.extensions,
        )

    async def source(self, executor: Any) -> Any:
        """The events of a subscription, or a result that says why there are none."""
        return await await_maybe(create_source_event_stream(executor))


@dataclass(frozen=True, slots=True)
class Raised:
    """A root field that was resolved, and raised."""

    error: Exception


def handing_over(obtained: Mapping[str, Any]) -> Callable[..., Any]:
    """A middleware that gives what root fields have given already: no mutation is executed twice."""

    def hand_over(resolve: Callable[..., Any], root: Any, info: Any, **arguments: Any) -> Any:
        if info.path.prev is None and info.path.key in obtained:
            value = obtained[info.path.key]
            if isinstance(value, Raised):
                raise value.error
            return value
        return resolve(root, info, **arguments)

    return hand_over
