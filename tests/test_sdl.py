"""The face of the API: the committed SDL is fresh, agrees with the design's sketch, and describes everything."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    build_schema,
    print_ast,
)

from schema.schema import schema

CHECKOUT = Path(__file__).parents[1]
COMMITTED = CHECKOUT / "schema" / "schema.graphql"
SKETCH = CHECKOUT / "tests" / "sketch.graphql"

ours = build_schema(schema.as_str())
sketch = build_schema(SKETCH.read_text())


def own_types(graph: GraphQLSchema) -> dict[str, GraphQLNamedType]:
    """Types that are not the specification's."""
    built_in = {"String", "Int", "Float", "Boolean", "ID"}
    return {name: each for name, each in graph.type_map.items() if not name.startswith("__") and name not in built_in}


def default_of(given: GraphQLArgument | GraphQLInputField) -> str:
    """An argument's or input field's default, as it is written."""
    return f" = {print_ast(given.default.literal)}" if given.default and given.default.literal else ""


def members(named: GraphQLNamedType) -> dict[str, str]:
    """A type's fields with their arguments and types, or its values, as text; descriptions apart."""
    if isinstance(named, (GraphQLObjectType, GraphQLInterfaceType)):
        return {
            name: f"({', '.join(sorted(f'{n}: {a.type}{default_of(a)}' for n, a in field.args.items()))}): {field.type}"
            for name, field in named.fields.items()
        }
    if isinstance(named, GraphQLInputObjectType):
        return {name: f"{field.type}{default_of(field)}" for name, field in named.fields.items()}
    if isinstance(named, GraphQLEnumType):
        return dict.fromkeys(named.values, "value")
    return {}


def test_the_committed_sdl_is_fresh() -> None:
    assert COMMITTED.read_text() == schema.as_str() + "\n", "run `make sdl` and commit schema/schema.graphql"


@pytest.mark.parametrize("name", sorted(set(own_types(ours)) & set(own_types(sketch))))
def test_what_stands_in_the_sketch_is_settled(name: str) -> None:
    """A type that the sketch names has the sketch's kind; fields that both have agree to the letter."""
    mine, settled = ours.type_map[name], sketch.type_map[name]
    assert type(mine) is type(settled)
    for field, written in members(settled).items():
        if field in members(mine):
            assert members(mine)[field] == written, f"{name}.{field}"
    if isinstance(mine, GraphQLObjectType):
        assert {each.name for each in settled.interfaces} <= {each.name for each in mine.interfaces}


def test_what_is_still_missing_is_known() -> None:
    """The list shrinks with every issue. What leaves it may not come back."""
    missing = {name for name in own_types(sketch) if name not in ours.type_map}
    for name in own_types(sketch):
        if name in ours.type_map:
            theirs, mine = members(sketch.type_map[name]), members(ours.type_map[name])
            missing |= {f"{name}.{field}" for field in theirs if field not in mine}
    assert missing == set((CHECKOUT / "tests" / "sketch_missing.txt").read_text().split())


@pytest.mark.parametrize("name", sorted(own_types(ours)))
def test_everything_is_described(name: str) -> None:
    named = ours.type_map[name]
    assert named.description, name
    if isinstance(named, GraphQLEnumType):
        assert all(value.description for value in named.values.values())
    for field_name, field in getattr(named, "fields", {}).items():
        assert field.description, f"{name}.{field_name}"
        for argument_name, argument in getattr(field, "args", {}).items():
            assert argument.description, f"{name}.{field_name}({argument_name})"


def deprecations(graph: GraphQLSchema) -> Iterator[tuple[str, str]]:
    """Everything that is deprecated, by its place, and why."""
    for name, named in own_types(graph).items():
        parts = {**getattr(named, "fields", {}), **getattr(named, "values", {})}
        for part_name, part in parts.items():
            arguments = {f"{part_name}.{each}": it for each, it in getattr(part, "args", {}).items()}
            for place, each in {part_name: part, **arguments}.items():
                if each.deprecation_reason is not None:
                    yield f"{name}.{place}", each.deprecation_reason


def without_a_way_out(graph: GraphQLSchema) -> list[str]:
    """Deprecations that do not say what to do instead, and until when: "Ask for `x`. Removed after 2027-03-31." """
    said = re.compile(r"\w.*\. Removed after \d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])\.")
    return [place for place, reason in deprecations(graph) if not said.fullmatch(reason)]


def test_whoever_uses_what_is_deprecated_learns_what_to_do_and_until_when() -> None:
    assert without_a_way_out(ours) == []


def test_a_deprecation_without_a_reason_or_a_date_is_noticed_wherever_it_stands() -> None:
    good = '@deprecated(reason: "Ask for `b`. Removed after 2027-03-31.")'
    graph = build_schema(f"""
        type Query {{
          a(x: Int {good}, y: Int @deprecated(reason: "It does nothing.")): Int {good}
          b: E @deprecated
          c: Int @deprecated(reason: "Removed after 2027-03-31.")
          d: Int @deprecated(reason: "Ask for `b`. Removed after 2027-13-31.")
        }}
        enum E {{ F @deprecated(reason: "Nobody is F.") G {good} }}
        input I {{ k: Int @deprecated(reason: "Some day") l: Int {good} }}
    """)

    assert sorted(without_a_way_out(graph)) == ["E.F", "I.k", "Query.a.y", "Query.b", "Query.c", "Query.d"]
