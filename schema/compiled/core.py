"""The way to graphql-core: for what is not compiled, what raised, and mutations that were resolved already."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from graphql import execute
from graphql.execution import ExecutionResult, MiddlewareManager, create_source_event_stream
from strawberry.execution.is_awaitable import optimized_is_awaitable
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext
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
        """The operation's result. Root fields that were `obtained` already are not resolved again."""
        finished = {key: value for key, value in obtained.items() if isinstance(value, Finished)}
        more: dict[str, Any] = {"executor_class": self._schema.execution_context_class}
        if finished:
            more = {"executor_class": FinishedFirst, "finished": finished}
        result = execute(
            self._schema._schema,
            operation.document.node,
            root_value=given.root,
            context_value=given.context,
            variable_values=given.variables,
            operation_name=operation.name,
            middleware=MiddlewareManager(handing_over(obtained)) if obtained else None,
            is_awaitable=optimized_is_awaitable,  # type: ignore[arg-type]  # answers bool, where a TypeGuard is meant
            operation_extensions=given.extensions,
            **more,
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


@dataclass(frozen=True, slots=True)
class Finished:
    """A root field that was resolved and completed."""

    data: Any


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


class FinishedFirst(StrawberryGraphQLCoreExecutionContext):
    """graphql-core's execution, but for root fields that were `finished` already: they stay as they were."""

    def __init__(self, *args: Any, finished: Mapping[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._finished = finished

    def execute_field(self, parent_type: Any, source: Any, field_details_list: Any, path: Any, context: Any) -> Any:
        if path.prev is None and path.key in self._finished:
            return self._finished[path.key].data
        return super().execute_field(parent_type, source, field_details_list, path, context)
