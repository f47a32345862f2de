"""A schema whose subscriptions can be opened: their events are completed when the caller says so."""

import json
from collections.abc import AsyncIterable, Awaitable, Callable, Hashable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import strawberry
from graphql import (
    DocumentNode,
    FieldNode,
    OperationDefinitionNode,
    OperationType,
    TypeInfo,
    TypeInfoVisitor,
    VariableNode,
    Visitor,
    execute,
    get_named_type,
    parse,
    validate,
    visit,
)
from graphql.execution import Executor, create_source_event_stream
from strawberry.types.execution import ExecutionResult, PreExecutionError
from strawberry.types.graphql import OperationType as Kind

_ALIKE = {"Post", "Comment", "User", "StepProgress", "Match"}
_APART = {"guidance", "viewerRole", "space"}


@dataclass
class Opened:
    """An open subscription: what its root resolver returned, and how one of its events becomes a response.

    `alike` is equal for two whose responses to the same event are equal, whoever the viewer is; None when they may not
    be.
    """

    source: Any
    respond: Callable[[object], Awaitable[ExecutionResult]]
    alike: Hashable | None


class CompilingSchema(strawberry.Schema):
    """Strawberry's schema with `open`."""

    async def open(
        self,
        query: str,
        *,
        variable_values: dict[str, Any] | None = None,
        context_value: Any = None,
        operation_name: str | None = None,
        operation_extensions: dict[str, Any] | None = None,
        allowed_operation_types: Iterable[Kind] | None = None,
    ) -> Opened | ExecutionResult:
        """Open a subscription; any other operation is executed, and one that is refused has a result too."""
        document = _valid(self, query)
        operation = document and _operation(document, operation_name)
        if not operation or operation.operation is not OperationType.SUBSCRIPTION:
            results = await self.stream(
                query,
                variable_values=variable_values,
                context_value=context_value,
                operation_name=operation_name,
                operation_extensions=operation_extensions,
                allowed_operation_types=allowed_operation_types,
            )
            async for result in results:
                return result
        Kind.SUBSCRIPTION in (allowed_operation_types or ())  # noqa: B015 (the caller notes what it is asked about)
        given = {
            "variable_values": variable_values,
            "context_value": context_value,
            "operation_name": operation_name,
        }
        executor = Executor.build(
            self._schema,
            document,
            raw_variable_values=variable_values,
            context_value=context_value,
            operation_name=operation_name,
        )
        if isinstance(executor, list):
            return PreExecutionError(data=None, errors=executor)
        source = create_source_event_stream(executor)
        if not isinstance(source, AsyncIterable):
            source = await source if hasattr(source, "__await__") else source
        if not isinstance(source, AsyncIterable):
            return PreExecutionError(data=None, errors=source.errors)

        async def respond(event: object) -> ExecutionResult:
            result = execute(self._schema, document, root_value=event, **given)
            result = await result if hasattr(result, "__await__") else result
            return ExecutionResult(data=result.data, errors=result.errors)

        return Opened(source, respond, _alike(self, query, operation_name, json.dumps(variable_values or {})))


@lru_cache(1000)
def _valid(schema: CompilingSchema, query: str) -> DocumentNode | None:
    try:
        document = parse(query)
    except Exception:
        return None
    return None if validate(schema._schema, document) else document


def _operation(document: DocumentNode, name: str | None) -> OperationDefinitionNode | None:
    for node in document.definitions:
        if isinstance(node, OperationDefinitionNode) and (name is None or (node.name and node.name.value == name)):
            return node
    return None


@lru_cache(1000)
def _beneath(schema: CompilingSchema, query: str) -> frozenset[str] | None:
    """The variables used beneath the root fields; None when something may depend on the viewer."""
    document, used = _valid(schema, query), set()
    info = TypeInfo(schema._schema)
    bad = []

    class Look(Visitor):
        def enter_field(self, node: FieldNode, *_: Any) -> None:
            parent = info.get_parent_type()
            if parent is schema._schema.subscription_type:
                return
            named = get_named_type(info.get_type()) if info.get_type() else None
            if node.name.value in _APART or (
                named is not None and getattr(named, "fields", None) is not None and named.name not in _ALIKE
            ):
                bad.append(node)

        def enter_variable(self, node: VariableNode, *_: Any) -> None:
            if info.get_parent_type() is not schema._schema.subscription_type:
                used.add(node.name.value)

    visit(document, TypeInfoVisitor(info, Look()))
    return None if bad else frozenset(used)


@lru_cache(1000)
def _alike(schema: CompilingSchema, query: str, name: str | None, variables: str) -> Hashable | None:
    used = _beneath(schema, query)
    if used is None:
        return None
    values = json.loads(variables)
    return query, name, json.dumps({key: values.get(key) for key in sorted(used)})
