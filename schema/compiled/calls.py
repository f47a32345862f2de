"""How a plan gets a field's value: from an attribute, by Strawberry's resolver, or by graphql-core's way to it."""

from collections.abc import Callable
from dataclasses import dataclass
from types import FunctionType
from typing import TYPE_CHECKING, Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    OperationDefinitionNode,
)
from graphql.execution.execute import default_field_resolver
from graphql.pyutils import Path
from strawberry.execution.is_awaitable import optimized_is_awaitable
from strawberry.types.field import StrawberryField

from schema.selection import Selected

if TYPE_CHECKING:
    from schema.compiled.run import Run
    from schema.compiled.schema import CompilingSchema

READS = "reads"
SAME_FOR_ALL = "same for all"
"""In a field's metadata: its resolver takes info, and yet what it gives does not depend on who asks."""


@dataclass(slots=True, init=False, repr=False, eq=False)
class PlanInfo:
    """What resolvers read of a GraphQLResolveInfo, and the plan's own selection beneath the field."""

    abort_signal: None
    async_helpers: None
    context: Any
    field_name: str
    field_nodes: list[FieldNode]
    fragments: dict[str, FragmentDefinitionNode]
    is_awaitable: Callable[[Any], bool]
    operation: OperationDefinitionNode
    operation_extensions: dict[str, Any] | None
    parent_type: GraphQLObjectType
    path: Path
    return_type: GraphQLOutputType
    root_value: Any
    schema: GraphQLSchema
    selected: Selected
    variable_values: dict[str, Any]


class Call:
    """One field of a document, and the Python expression that gives its value for `root` in a `run`."""

    def __init__(
        self, schema: "CompilingSchema", selected: Selected, parent: GraphQLObjectType, path: Path, index: int
    ) -> None:
        self.selected, self.parent, self.path, self.index = selected, parent, path, index
        self.definition: Any = selected.field.extensions.get("strawberry-definition")
        self.config, self.inputs = schema.config, schema.inputs
        self._plain = type(self.definition) is StrawberryField and not (
            schema.schema_converter._exception_handler_specs or self.definition.extensions
        )

    @property
    def lies_there(self) -> bool:
        """Whether the value is there already, as a root field's or a part of another: asking again gives the same."""
        return self.path.prev is None or (self.definition is not None and self.definition.base_resolver is None)

    @property
    def same_for_all(self) -> bool:
        """Whether the value cannot depend on who asks: the resolver does not get to know it, or its field says so."""
        if not self._plain:
            return False
        resolver = self.definition.base_resolver
        if resolver is None or not resolver.info_parameter or self.definition.metadata.get(SAME_FOR_ALL):
            return True
        reads = self.definition.metadata.get(READS)
        return reads is not None and not reads.for_viewer

    def expression(self, names: dict[str, Any]) -> str:
        """Python that gives the value; what it needs is put among `names`."""
        if not self._plain:
            names[f"resolve{self.index}"] = self.selected.field.resolve or default_field_resolver
            return f"resolve{self.index}(root, run.raw({self.index}), **run.given({self.index}))"
        if self.definition.base_resolver is None:
            return self._attribute(names)
        return self._resolver(names)

    def loaded(self) -> str | None:
        """Python that gives what was read together with the row, or MISSING; None for a field that is no relation."""
        if not self._plain or self.definition.metadata.get(READS) is None:
            return None
        return f"root.__dict__.get({'@' + self.selected.key!r}, MISSING)"

    @property
    def leads_to_one(self) -> bool:
        """Whether many rows may lead to the same one, which looks alike beneath each of them."""
        return self._plain and getattr(self.definition.metadata.get(READS), "leads_to_one", False)

    def _attribute(self, names: dict[str, Any]) -> str:
        name = self.definition.python_name
        if self.definition.default_resolver is getattr and name.isidentifier() and not name.startswith("__"):
            return f"root.{name}"
        names[f"default{self.index}"] = self.definition.default_resolver
        return f"default{self.index}(root, {name!r})"

    def _resolver(self, names: dict[str, Any]) -> str:
        resolver = self.definition.base_resolver
        function = resolver.wrapped_func
        names[f"call{self.index}"] = function if isinstance(function, FunctionType) else resolver
        given = ["root"] if resolver.self_parameter else []
        takers = {each.name for each in (resolver.parent_parameter, resolver.root_parameter) if each}
        given += [f"{name}=root" for name in sorted(takers)]
        if resolver.info_parameter:
            given.append(f"{resolver.info_parameter.name}=run.info({self.index})")
        if self.definition.arguments:
            given.append(f"**run.arguments({self.index})")
        return f"call{self.index}({', '.join(given)})"

    def raw_info(self, run: "Run") -> PlanInfo:
        """The field's info in one run."""
        info = PlanInfo()
        info.field_name, info.field_nodes = self.selected.name, self.selected.nodes
        info.return_type, info.parent_type, info.path = self.selected.field.type, self.parent, self.path
        request = run.plan.request
        info.schema, info.fragments, info.operation = request.schema, request.fragments, request.operation
        info.root_value, info.context, info.variable_values = run.root, run.context, run.variables.coerced
        info.is_awaitable, info.abort_signal, info.async_helpers = optimized_is_awaitable, None, None
        info.operation_extensions, info.selected = run.extensions, self.selected
        return info

    def info(self, raw: PlanInfo) -> Any:
        """The same as Strawberry's resolvers take it."""
        raw_info: Any = raw  # all of a GraphQLResolveInfo that anybody asks for
        return self.config.info_class(_raw_info=raw_info, _field=self.definition)
