"""What an operation costs, estimated from its text and its page sizes before anything is read.

One point is one object that the answer may hold: a field that leads to objects costs 1, and what lies beneath it counts
as often as there may be of them. A page has as many as `first` or `last` asks for.
"""

from collections.abc import Mapping
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLNonNull,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    VariableNode,
    get_named_type,
    is_composite_type,
    is_list_type,
)

from schema.compiled.measure import META

PAGE = 20
"""How many a page has that does not say."""

LIST = 10
"""How many a list is taken to have that is no page: steps of a program, reasons of a suggestion."""

WRITE = 10
"""What a mutation costs besides what it answers with."""

INTROSPECTION = 100
MOST_SIZES = 16
"""Combinations of page sizes in variables for which an operation's cost is remembered."""

CAP = 10**12


class Cost:
    """The cost of one operation of a valid document, worked out once for each combination of its page sizes."""

    def __init__(
        self,
        schema: GraphQLSchema,
        fragments: Mapping[str, FragmentDefinitionNode],
        operation: OperationDefinitionNode,
    ) -> None:
        self._schema, self._fragments, self._operation = schema, fragments, operation
        self._sizes: tuple[str, ...] | None = None
        self._known: dict[tuple[Any, ...], int] = {}

    def of(self, variables: Mapping[str, Any]) -> int:
        """The cost with coerced variables."""
        if self._sizes is not None:
            known = self._known.get(tuple([variables.get(name) for name in self._sizes]))
            if known is not None:
                return known
        walk = _Walk(self._schema, self._fragments, variables)
        found = min(walk.operation(self._operation), CAP)
        self._sizes = tuple(sorted(walk.sizes))
        if len(self._known) >= MOST_SIZES:
            self._known.clear()
        self._known[tuple([variables.get(name) for name in self._sizes])] = found
        return found


class _Walk:
    def __init__(
        self, schema: GraphQLSchema, fragments: Mapping[str, FragmentDefinitionNode], variables: Mapping[str, Any]
    ) -> None:
        self._schema, self._fragments, self._variables = schema, fragments, variables
        self._known: dict[str, int] = {}
        self.sizes: set[str] = set()
        """The variables that say how large a page is."""

    def operation(self, node: OperationDefinitionNode) -> int:
        root: Any = self._schema.get_root_type(node.operation)
        found = self._selections(node.selection_set, root)
        writes = len(node.selection_set.selections) if node.operation is OperationType.MUTATION else 0
        return max(1, found + WRITE * writes)

    def _selections(self, selected: SelectionSetNode, parent: Any) -> int:
        total = 0
        for each in selected.selections:
            if isinstance(each, FieldNode):
                total += self._field(each, parent)
            elif isinstance(each, FragmentSpreadNode):
                total += self._fragment(each.name.value)
            elif isinstance(each, InlineFragmentNode):
                condition = each.type_condition
                of = self._schema.type_map[condition.name.value] if condition else parent
                total += self._selections(each.selection_set, of)
        return min(total, CAP)

    def _fragment(self, name: str) -> int:
        if name not in self._known:
            node = self._fragments[name]
            of = self._schema.type_map[node.type_condition.name.value]
            self._known[name] = self._selections(node.selection_set, of)
        return self._known[name]

    def _field(self, node: FieldNode, parent: Any) -> int:
        if node.name.value in META:
            return INTROSPECTION
        field: GraphQLField | None = getattr(parent, "fields", {}).get(node.name.value)
        if field is None or node.selection_set is None:
            return 0
        named = get_named_type(field.type)
        if not is_composite_type(named):
            return 0
        return min(1 + self._many(node, field, parent) * self._selections(node.selection_set, named), CAP)

    def _many(self, node: FieldNode, field: GraphQLField, parent: Any) -> int:
        """How many objects the field may lead to. A page's edges were counted where the page was asked for."""
        if "first" in field.args or "last" in field.args:
            return self._page(node, field)
        kind = field.type.of_type if isinstance(field.type, GraphQLNonNull) else field.type
        return LIST if is_list_type(kind) and not parent.name.endswith("Connection") else 1

    def _page(self, node: FieldNode, field: GraphQLField) -> int:
        asked = []
        for given in node.arguments or ():
            if given.name.value not in ("first", "last"):
                continue
            if isinstance(given.value, VariableNode):
                name = given.value.name.value
                self.sizes.add(name)
                asked.append(self._variables.get(name))
            elif isinstance(given.value, IntValueNode):
                asked.append(int(given.value.value))
        sizes = [size for size in asked if isinstance(size, int)]
        if sizes:
            return min(max(0, *sizes), 10_000)
        default = field.args["first"].default_value if "first" in field.args else None
        return default if isinstance(default, int) else PAGE
