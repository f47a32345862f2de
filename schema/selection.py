"""What is selected beneath a field, merged as CollectFields merges (GraphQL spec, 6.3.2)."""

from typing import Any

from graphql import FieldNode, GraphQLField, GraphQLObjectType, GraphQLResolveInfo, TypeNameMetaFieldDef
from graphql.execution.collect_fields import FieldDetails, FragmentDetails, collect_subfields
from graphql.execution.values import VariableValues, get_argument_values


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
        info: GraphQLResolveInfo,
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

    def _collected(self, type_name: str) -> dict[str, "Selected"]:
        info, parent = self._info, self._info.schema.type_map[type_name]
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
    """The field that is being resolved."""
    raw: GraphQLResolveInfo = getattr(info, "_raw_info", info)
    field = raw.parent_type.fields[raw.field_name]
    return Selected(str(raw.path.key), raw.field_name, raw.parent_type, field, raw.field_nodes, raw)
