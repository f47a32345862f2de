"""What can be selected of a type, made from the schema: each field alone, or all of them and what they lead to."""

from collections.abc import Iterator

from graphql import (
    GraphQLField,
    GraphQLObjectType,
    get_named_type,
    is_abstract_type,
    is_leaf_type,
    is_required_argument,
)
from strawberry.types.field import StrawberryField

from schema.node import NODES
from schema.schema import schema

TYPES = schema._schema.type_map


def object_type(name: str) -> GraphQLObjectType:
    found = TYPES[name]
    assert isinstance(found, GraphQLObjectType)
    return found


def definition(field: GraphQLField) -> StrawberryField:
    return field.extensions["strawberry-definition"]


def beneath(field: GraphQLField) -> GraphQLObjectType | None:
    """The object type that a field leads to; None for a leaf."""
    named = get_named_type(field.type)
    return None if is_leaf_type(named) else object_type(named.name)


def fields(of: GraphQLObjectType) -> Iterator[tuple[str, GraphQLField]]:
    """The fields that can be asked for without arguments, and lead to one type of rows or to none."""
    for name, field in of.fields.items():
        needs = any(is_required_argument(argument) for argument in field.args.values())
        if not needs and not is_abstract_type(get_named_type(field.type)):
            yield name, field


def alone(of: GraphQLObjectType, nodes: int = 2) -> Iterator[str]:
    """Selections of one leaf each: every field of the type, and what it leads to across so many nodes."""
    for name, field in fields(of):
        inner = beneath(field)
        if inner is None:
            yield name
        elif inner.name not in NODES or nodes > 1:
            yield from (f"{name} {{ {each} }}" for each in alone(inner, nodes - (inner.name in NODES)))


def together(of: GraphQLObjectType, nodes: int = 2) -> str:
    """All fields of a type in one selection, and what they lead to across so many nodes."""
    chosen = ["__typename"]
    for name, field in fields(of):
        inner = beneath(field)
        if inner is None:
            chosen.append(name)
        elif inner.name not in NODES or nodes > 1:
            chosen.append(f"{name} {{ {together(inner, nodes - (inner.name in NODES))} }}")
    return " ".join(chosen)


def everything(field: GraphQLField, nodes: int = 2, *, node: str = "Match") -> str:
    """All that can be selected beneath a field, in braces, for each type that it may lead to; of nodes for one type."""
    named = get_named_type(field.type)
    if not is_abstract_type(named):
        return f"{{ {together(object_type(named.name), nodes)} }}"
    possible = [TYPES[node]] if named.name == "Node" else schema._schema.get_possible_types(named)
    return f"{{ {' '.join(f'... on {each} {{ {together(object_type(each.name), nodes)} }}' for each in possible)} }}"
