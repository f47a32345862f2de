"""What is selected beneath a field, merged as CollectFields merges (GraphQL spec, 6.3.2)."""

from typing import Any, Protocol

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    GraphQLField,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSchema,
    ListValueNode,
    ObjectValueNode,
    OperationDefinitionNode,
    TypeNameMetaFieldDef,
    VariableNode,
)
from graphql.execution.collect_fields import FieldDetails, FragmentDetails, collect_subfields
from graphql.execution.values import VariableValues, get_argument_values


class Request(Protocol):
    """What merging needs to know of the operation. A GraphQLResolveInfo knows it, and a compiled plan's request."""

    @property
    def schema(self) -> GraphQLSchema: ...

    @property
    def fragments(self) -> dict[str, FragmentDefinitionNode]: ...

    @property
    def operation(self) -> OperationDefinitionNode: ...

    @property
    def variable_values(self) -> Any: ...


class Selected:
    """One field of the response, and what is selected beneath it.

    `key` is its name in the response, `name` its name in the schema, `parent` the object type that it is of and `field`
    its definition. `memo` is for what readers keep for the next time that this document runs.
    """

    def __init__(
        self,
        key: str,
        name: str,
        parent: GraphQLObjectType,
        field: GraphQLField,
        nodes: list[FieldNode],
        info: Request,
    ) -> None:
        self.key, self.name, self.parent, self.field, self.nodes = key, name, parent, field, nodes
        self.memo: dict[Any, Any] = {}
        self._info = info
        self._beneath: dict[str, dict[str, Selected]] = {}

    def arguments(self, variables: dict[str, Any]) -> dict[str, Any]:
        """The field's coerced arguments. Raises GraphQLError."""
        return get_argument_values(self.field, self.nodes[0], VariableValues({}, variables))

    def beneath(self, type_name: str) -> dict[str, "Selected"]:
        """What is selected for an object of this type, by response name, in the response's order."""
        if type_name not in self._beneath:
            self._beneath[type_name] = self._collected(type_name)
        return self._beneath[type_name]

    def variables(self) -> set[str]:
        """The names of the variables in the field's own arguments."""
        found: set[str] = set()
        waiting: list[Any] = [given.value for given in self.nodes[0].arguments or ()]
        while waiting:
            value = waiting.pop()
            if isinstance(value, VariableNode):
                found.add(value.name.value)
            elif isinstance(value, ListValueNode):
                waiting += value.values
            elif isinstance(value, ObjectValueNode):
                waiting += [each.value for each in value.fields]
        return found

    def _collected(self, type_name: str) -> dict[str, "Selected"]:
        info = self._info
        parent: Any = info.schema.type_map[type_name]  # an object type, as who asks knows
        given: Any = info.variable_values
        collected = collect_subfields(
            info.schema,
            {name: FragmentDetails(definition) for name, definition in info.fragments.items()},
            VariableValues({}, getattr(given, "coerced", given)),
            info.operation,
            parent,
            [FieldDetails(node, None) for node in self.nodes],
        )
        found = {}
        for key, details in collected.grouped_field_set.items():
            name = details[0].node.name.value
            field = TypeNameMetaFieldDef if name == "__typename" else parent.fields[name]
            found[key] = Selected(key, name, parent, field, [each.node for each in details], info)
        return found


def selected(info: Any) -> Selected:
    """The field that is being resolved. Under a compiled plan it is the plan's own, the same one at every run."""
    raw: GraphQLResolveInfo[Any] = getattr(info, "_raw_info", info)
    known: Selected | None = getattr(raw, "selected", None)
    if known is not None:
        return known
    field = raw.parent_type.fields[raw.field_name]
    return Selected(str(raw.path.key), raw.field_name, raw.parent_type, field, raw.field_nodes, raw)
