"""How large a document is, found in one walk over it before it is validated: each fragment is walked once.

Validation and execution follow a fragment wherever it is spread, so that a few hundred characters can ask for millions
of fields. Here what a fragment holds is counted once and added up, and nothing grows with how often it is spread.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
)

META = ("__schema", "__type")


class TooDeep(Exception):
    """Nested deeper than Python's stack reaches."""


@dataclass(frozen=True, slots=True)
class Size:
    """What a document holds with its fragments in the places where they are spread; of several operations the most.

    `duplicates` are fields of one selection set under the same response key. What lies beneath `__schema` and `__type`
    has no depth: graphql-core's own rule bounds it.
    """

    depth: int = 0
    fields: int = 0
    aliases: int = 0
    directives: int = 0
    root_fields: int = 0
    fragments: int = 0
    duplicates: int = 0
    introspects: bool = False


@dataclass(slots=True)
class _Part:
    """What lies beneath a selection set; `level` are its own fields, with those of fragments spread in it."""

    depth: int = 0
    fields: int = 0
    aliases: int = 0
    directives: int = 0
    level: int = 0

    def add(self, other: "_Part", *, beneath: bool) -> None:
        self.depth = max(self.depth, other.depth + beneath)
        self.fields += other.fields
        self.aliases += other.aliases
        self.directives += other.directives
        self.level += 0 if beneath else other.level


def measure(operations: list[OperationDefinitionNode], fragments: Mapping[str, FragmentDefinitionNode]) -> Size:
    """The size of a document. Raises TooDeep. A fragment that leads to itself counts once; validation refuses it."""
    walk = _Walk(fragments)
    try:
        parts = [walk.part(each.selection_set, each) for each in operations]
        for name in fragments:
            walk.fragment(name)  # Validation reads those too that nothing spreads.
    except RecursionError:
        raise TooDeep from None
    parts.append(_Part())
    return Size(
        depth=max(part.depth for part in parts),
        fields=max(part.fields for part in parts),
        aliases=max(part.aliases for part in parts),
        directives=max(part.directives for part in parts),
        root_fields=max(part.level for part in parts),
        fragments=len(fragments),
        duplicates=walk.duplicates,
        introspects=walk.introspects,
    )


class _Walk:
    def __init__(self, fragments: Mapping[str, FragmentDefinitionNode]) -> None:
        self._fragments = fragments
        self._known: dict[str, _Part] = {}
        self.duplicates = 0
        self.introspects = False
        self.steps = 0
        """Selections looked at; never more than the document has."""

    def part(self, selected: SelectionSetNode, owner: OperationDefinitionNode | FragmentDefinitionNode) -> _Part:
        part = self._selections(selected)
        part.directives += len(owner.directives or ())
        return part

    def fragment(self, name: str) -> _Part:
        known = self._known.get(name)
        if known is not None:
            return known
        node = self._fragments.get(name)
        if node is None:
            return _Part()
        self._known[name] = _Part()  # for one that leads to itself
        found = self._known[name] = self.part(node.selection_set, node)
        return found

    def _selections(self, selected: SelectionSetNode) -> _Part:
        part = _Part()
        keys: dict[str, int] = {}
        for each in selected.selections:
            self.steps += 1
            part.directives += len(each.directives or ())
            if isinstance(each, FragmentSpreadNode):
                part.add(self.fragment(each.name.value), beneath=False)
            elif isinstance(each, FieldNode):
                self._field(each, part)
                key = (each.alias or each.name).value
                keys[key] = keys.get(key, 0) + 1
            elif isinstance(each, InlineFragmentNode):
                part.add(self._selections(each.selection_set), beneath=False)
        self.duplicates = max(self.duplicates, *keys.values(), 0)
        return part

    def _field(self, field: FieldNode, part: _Part) -> None:
        beneath = self._selections(field.selection_set) if field.selection_set else _Part()
        if field.name.value in META:
            self.introspects = True
            beneath.depth = 0
        part.add(beneath, beneath=True)
        part.fields += 1
        part.level += 1
        part.aliases += field.alias is not None
