"""Arguments are converted as Strawberry converts them: for every argument, whatever values are given."""

from random import Random
from typing import Any

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLNonNull,
    GraphQLObjectType,
    Undefined,
    coerce_input_value,
    is_list_type,
    is_required_input_field,
)
from strawberry.exceptions import StrawberryInputCoercionError
from strawberry.types.arguments import convert_arguments

from schema.compiled.schema import CompilingSchema
from schema.schema import schema
from tests.every_feature.schema import TYPES
from tests.every_feature.world import World

SCHEMAS = {"the API": schema, "every feature": CompilingSchema(renew=World.fresh, **TYPES)}
VALUES = ["", "Hello", "2026-03-01", "2026-03-01T12:00:00+00:00", "3", 0, 1, 3, -7, True, False, 2.5]


def value(kind: Any, random: Random, depth: int = 0) -> Any:
    """A value for a type, as a client may send it: now and then none, and often none that fits a leaf."""
    if isinstance(kind, GraphQLNonNull):
        return value(kind.of_type, random, depth)
    if random.random() < 0.15 or depth > 4:
        return None
    if is_list_type(kind):
        return [value(kind.of_type, random, depth + 1) for _ in range(random.randrange(3))]
    if isinstance(kind, GraphQLInputObjectType):
        return {
            name: value(field.type, random, depth + 1)
            for name, field in kind.fields.items()
            if is_required_input_field(field) or random.random() < 0.6
        }
    if isinstance(kind, GraphQLEnumType):
        return random.choice(list(kind.values))
    return random.choice(VALUES)


def fields(asked: CompilingSchema) -> list[Any]:
    return [
        field
        for kind in asked._schema.type_map.values()
        if isinstance(kind, GraphQLObjectType)
        for field in kind.fields.values()
        if field.args and "strawberry-definition" in field.extensions
    ]


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_argument_becomes_what_strawberry_makes_of_it(name: str) -> None:
    asked, random, seen = SCHEMAS[name], Random(name), 0
    for field in fields(asked):
        definition = field.extensions["strawberry-definition"]
        for _ in range(150):
            given = {}
            for argument, kind in field.args.items():
                try:
                    coerced = coerce_input_value(value(kind.type, random), kind.type)
                except StrawberryInputCoercionError:
                    continue  # not one of what may be one of several
                if coerced is not Undefined and random.random() < 0.9:
                    given[argument] = coerced
            try:
                expected = convert_arguments(
                    given, definition.arguments, asked.schema_converter.scalar_registry, asked.config, None
                )
            except Exception as error:
                with pytest.raises(type(error)):
                    asked.inputs.converted(given, definition.arguments, None)
                continue
            found = asked.inputs.converted(given, definition.arguments, None)
            assert found == expected and list(found) == list(expected), (field, given)
            assert [type(each) for each in found.values()] == [type(each) for each in expected.values()]
            seen += bool(given)
    assert seen > 20 * len(fields(asked))


def test_what_is_given_is_no_part_of_what_is_made() -> None:
    """graphql-core gives the same default to every request that leaves the value out: nobody is to change it."""
    field = schema._schema.mutation_type.fields["createGroup"]
    arguments = field.extensions["strawberry-definition"].arguments
    given = {"input": {"name": "Soap", "slug": "soap", "topics": ["soap"], "description": "We make it."}}
    one, two = (schema.inputs.converted(given, arguments, None)["input"] for _ in range(2))
    assert one == two and one is not two
    assert one.topics == ["soap"] and one.topics is not two.topics


def test_most_arguments_of_the_api_are_of_the_usual_shapes() -> None:
    known = [schema.inputs._known(each) for field in fields(schema) for each in arguments_of(field)]
    assert all(convert is not None for _, _, convert in known)


def arguments_of(field: Any) -> Any:
    return field.extensions["strawberry-definition"].arguments
