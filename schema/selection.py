"""What is selected beneath a field, merged as CollectFields merges (GraphQL spec, 6.3.2)."""

from typing import Any

from graphql import (
    TypeNameMetaFieldDef,
)
from graphql.execution.collect_fields import FieldDetails, FragmentDetails, collect_subfields
from graphql.execution.values import VariableValues, get_argument_values


class Selected:
    def __init__(self, key, name, parent, field, nodes, info):
        self.key, self.name, self.parent, self.field, self.nodes = key, name, parent, field, nodes
        self.memo: dict[Any, Any] = {}
        self._info = info
        self._beneath: dict[str, dict[str, Selected]] = {}

    def arguments(self, variables):
        return get_argument_values(self.field, self.nodes[0], VariableValues({}, variables))

    def beneath(self, type_name: str) -> dict[str, "Selected"]:
        found = self._beneath.get(type_name)
        if found is None:
            schema = self._info.schema
            parent = schema.type_map[type_name]
            fragments = {n: FragmentDetails(d) for n, d in self._info.fragments.items()}
            got = collect_subfields(
                schema,
                fragments,
                self._info.variable_values,
                self._info.operation,
                parent,
                [FieldDetails(n, None) for n in self.nodes],
            )
            grouped = got.grouped_field_set
            found = {}
            for key, details in grouped.items():
                name = details[0].node.name.value
                field = TypeNameMetaFieldDef if name == "__typename" else parent.fields[name]
                found[key] = Selected(key, name, parent, field, [d.node for d in details], self._info)
            self._beneath[type_name] = found
        return found


def selected(info) -> Selected:
    raw = getattr(info, "_raw_info", info)
    field = raw.parent_type.fields[raw.field_name]
    return Selected(raw.path.key, raw.field_name, raw.parent_type, field, raw.field_nodes, raw)
