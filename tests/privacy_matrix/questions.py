"""The questions, made from the schema: every path from a root to every field, each type of node once on a path."""

from collections.abc import Iterator

from graphql import (
    GraphQLField,
    GraphQLNamedType,
    GraphQLObjectType,
    get_named_type,
    is_abstract_type,
    is_leaf_type,
    is_required_argument,
)

from schema.node import NODES
from tests.selections import TYPES, object_type

ASKED_WITH = {"search.query": '"canary"', "node.id": "$id", "nodes.ids": "$ids", "group.slug": "$slug"}
ASKED_WITH |= {"program.id": "$id", "match.id": "$id"}
"""What is given where a field needs an argument. A new one has to say here what it is asked with."""

ROOTS = [
    ("query { viewer %s }", "viewer"),
    ("query { groups(first: 100) %s }", "groups"),
    ("query { programs(first: 100) %s }", "programs"),
    ("query { programTemplates %s }", "programTemplates"),
    ("query($slug: String!) { group(slug: $slug) %s }", "group"),
    ("query($id: ID!) { program(id: $id) %s }", "program"),
    ("query($id: ID!) { match(id: $id) %s }", "match"),
    ("query($id: ID!) { node(id: $id) %s }", "node"),
    ("query($ids: [ID!]!) { nodes(ids: $ids) %s }", "nodes"),
]
"""A document for each root field. What each answers is checked against the table."""


def possible(named: GraphQLNamedType) -> list[GraphQLObjectType]:
    """The object types that a type may turn out to be."""
    if not is_abstract_type(named):
        return [object_type(named.name)]
    if named.name == "Node":
        return [object_type(name) for name in NODES]
    return [each for each in TYPES.values() if isinstance(each, GraphQLObjectType) and _is(each, named)]


def _is(kind: GraphQLObjectType, named: GraphQLNamedType) -> bool:
    return named in kind.interfaces or kind in getattr(named, "types", ())


def beneath(field: GraphQLField, seen: frozenset[str] = frozenset(), deep: int = 3) -> str:
    """All that can be selected beneath a field, in braces, over so many nodes, none of a type that is `seen`."""
    named = get_named_type(field.type)
    kinds = possible(named)
    if not is_abstract_type(named):
        return f"{{ {selection(kinds[0], seen, deep)} }}"
    kinds = [kind for kind in kinds if kind.name not in seen]
    each = (f"... on {kind} {{ {selection(kind, seen, deep, f'{kind}__')} }}" for kind in kinds)
    return f"{{ __typename {' '.join(each)} }}"


def selection(of: GraphQLObjectType, seen: frozenset[str] = frozenset(), deep: int = 3, prefix: str = "") -> str:
    """All fields of a type and what they lead to. Under a union, aliases keep names of types apart."""
    seen = seen | {of.name} if of.name in NODES else seen
    return " ".join(["__typename", *_fields(of, seen, deep - (of.name in NODES), prefix)])


def _fields(of: GraphQLObjectType, seen: frozenset[str], deep: int, prefix: str) -> Iterator[str]:
    for name, field in of.fields.items():
        needed = [key for key, argument in field.args.items() if is_required_argument(argument)]
        given = ", ".join(f"{key}: {ASKED_WITH[f'{name}.{key}']}" for key in needed)
        asked = f"{prefix}{name}: {name}" if prefix else name
        asked += f"({given})" if given else ""
        named = get_named_type(field.type)
        if is_leaf_type(named):
            yield asked
        elif not _leads_back(named, seen, deep):
            yield f"{asked} {beneath(field, seen, deep)}"
        elif named.name in NODES:
            yield f"{asked} {{ __typename id }}"


def _leads_back(named: GraphQLNamedType, seen: frozenset[str], deep: int) -> bool:
    kinds = {kind.name.removesuffix("Connection") for kind in possible(named)}
    return bool(kinds & NODES.keys()) and (deep <= 0 or kinds <= seen)
