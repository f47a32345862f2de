"""Documents that ask for all there is, made from the schema: a new field is asked for as soon as it is there."""

from collections.abc import Sequence

from graphql import (
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLNamedType,
    GraphQLNonNull,
    build_schema,
    get_named_type,
    is_abstract_type,
    is_enum_type,
    is_leaf_type,
    is_required_argument,
    is_required_input_field,
)

from schema.schema import schema

SCHEMA = build_schema(schema.as_str())
GIVEN = {"query": '"hello"'}
"""What arguments are given that have to be; fields with others are left out."""

SCALARS = {"String": "hello", "Int": 1, "Boolean": True, "Markdown": "hello", "Date": "2026-05-01", "Emoji": "🌱"}


def query(field: str, argument: str = "", *, deep: int = 6) -> str:
    """A query for one root field and everything beneath it, so deep, by $`argument` if there is one."""
    chosen = SCHEMA.query_type.fields[field]
    variables, given = (f"($key: {chosen.args[argument].type})", f"({argument}: $key)") if argument else ("", "")
    return f"query{variables} {{ {field}{given} {everything(get_named_type(chosen.type), deep)} }}"


def subscription(field: str, argument: str = "") -> str:
    """The same for a subscription."""
    chosen = SCHEMA.subscription_type.fields[field]
    variables, given = (f"($key: {chosen.args[argument].type})", f"({argument}: $key)") if argument else ("", "")
    return f"subscription{variables} {{ {field}{given} {everything(get_named_type(chosen.type), 3)} }}"


def everything(named: GraphQLNamedType, deep: int, above: Sequence[str] = ()) -> str:
    """A selection of all that can be reached from a type, once around each circle."""
    if is_abstract_type(named):
        parts = [
            f"... on {each.name} {_fields(each, deep, above, f'{each.name}_')}" for each in _possible(named, above)
        ]
        return f"{{ __typename {' '.join(parts)} }}"
    return _fields(named, deep, above, "")


def _possible(named: GraphQLNamedType, above: Sequence[str]) -> list[GraphQLNamedType]:
    return [each for each in SCHEMA.get_possible_types(named) if each.name not in above]


def _fields(named: GraphQLNamedType, deep: int, above: Sequence[str], prefix: str) -> str:
    found = ["__typename"]
    for name, field in named.fields.items():
        if (arguments := _arguments(field)) is None:
            continue
        inner = get_named_type(field.type)
        label = f"{prefix}{name}: {name}" if prefix else name
        if is_leaf_type(inner):
            found.append(f"{label}{arguments}")
        elif deep and inner.name not in (*above, named.name):
            found.append(f"{label}{arguments} {everything(inner, deep - 1, (*above, named.name))}")
    return f"{{ {' '.join(found)} }}"


def _arguments(field: GraphQLField) -> str | None:
    required = [name for name, each in field.args.items() if is_required_argument(each)]
    if not set(required) <= set(GIVEN):
        return None
    return f"({', '.join(f'{name}: {GIVEN[name]}' for name in required)})" if required else ""


def mutations(ids: dict[str, str]) -> dict[str, tuple[str, dict[str, object]]]:
    """Each mutation that takes one of these ids, by the input's field: its document, and an input that will do."""
    made = {}
    for name, field in sorted(SCHEMA.mutation_type.fields.items()):
        takes = get_named_type(field.args["input"].type) if "input" in field.args else None
        if takes is not None and ids.keys() & takes.fields.keys():
            asked = f"{name}(input: $input) {{ errors {{ code message path }} }}"
            made[name] = f"mutation($input: {field.args['input'].type}) {{ {asked} }}", _input(takes, ids)
    return made


def _input(takes: GraphQLInputObjectType, ids: dict[str, str]) -> dict[str, object]:
    given: dict[str, object] = {}
    for name, field in takes.fields.items():
        named = get_named_type(field.type)
        if name in ids:
            given[name] = ids[name]
        elif is_required_input_field(field):
            value = next(iter(named.values)) if is_enum_type(named) else SCALARS[named.name]
            inner = field.type.of_type if isinstance(field.type, GraphQLNonNull) else field.type
            given[name] = [value] if hasattr(inner, "of_type") else value
    return given
