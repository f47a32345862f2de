"""Every mutation that takes an id, with an input made from the schema in which one id is somebody else's."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple
from uuid import uuid4

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLNonNull,
    get_named_type,
    is_list_type,
    is_required_input_field,
)

from schema.node import NODES, global_id, parse_id
from tests.our_documents import KEYS
from tests.privacy_matrix.questions import beneath
from tests.privacy_matrix.rules import ACTS, Reader, readers
from tests.privacy_matrix.world import World
from tests.selections import object_type

KINDS = KEYS | {
    "checkInId": "CheckIn",
    "programStepId": "ProgramStep",
    "subjectId": "Message",
    "wishedSignUpIds": "ShownSignUp",
    "avoidUserIds": "User",
    "ids": "Notification",
    "reportId": "Report",
    "itemIds": "ReportItem",
    "disclose": "Message",
    "sessionId": "Session",
}
"""Of which type the ids are that an input's field takes."""

GIVEN = {"emoji": "🌱", "timeZone": "UTC", "languages": "en", "to": "CLOSED", "role": "MEMBER"}
GIVEN |= {"decision": "REMOVE_CONTENT"}
SCALARS = {"String": "Words", "Markdown": "Words", "Int": 1, "Float": 1.0, "Boolean": True, "Date": "2026-05-01"}


ANYBODYS = [name for who, names in ACTS.items() if Reader.MODERATORS in who for name in names.split()]
"""What a moderator does to people of whom he sees nothing else."""


class Attempt(NamedTuple):
    """One mutation's input, about what is somebody else's, and the same about what is not there."""

    mutation: str
    field: str
    foreign: dict[str, Any]
    absent: dict[str, Any]


def attempts(world: World, asker: str) -> Iterator[Attempt]:
    """Each id of each mutation that this person may not even know of; all else is as good as he has it."""
    for name, field in object_type("Mutation").fields.items():
        if "input" not in field.args or (name in ANYBODYS and is_moderator(world, asker)):
            continue
        kind = get_named_type(field.args["input"].type)
        assert isinstance(kind, GraphQLInputObjectType)
        for path, type_name in id_fields(kind):
            foreign = next((each for each in world.ids(type_name) if not sees(world, asker, each)), None)
            if foreign is not None:
                absent = str(global_id(NODES[type_name](id=uuid4()))) if type_name in NODES else uuid4().hex
                inputs = [made(kind, path, each, lambda of: own(world, asker, of)) for each in (foreign, absent)]
                yield Attempt(name, path, *inputs)


def document(mutations: list[str]) -> str:
    """One document for many, each under an alias."""
    fields = object_type("Mutation").fields
    names = [f"{name[0].upper()}{name[1:]}Input" for name in mutations]
    declared = ", ".join(f"$i{number}: {name}!" for number, name in enumerate(names))
    asked = (
        f"a{number}: {name}(input: $i{number}) {beneath(fields[name], deep=0)}" for number, name in enumerate(mutations)
    )
    return f"mutation({declared}) {{ {' '.join(asked)} }}"


def is_moderator(world: World, asker: str) -> bool:
    """Whether this person is one of the platform's moderators."""
    return bool(world.rows_of(asker).get("is_moderator"))


def sees(world: World, asker: str, value: str) -> bool:
    """Whether the table lets this person know that there is such a thing."""
    if value in world.sessions:
        return world.sessions[value] == world.person_id(asker)
    parsed = parse_id(value)
    assert parsed is not None
    return bool(world.relations.of(world.person_id(asker), *parsed) & readers(parsed[0], "id"))


def own(world: World, asker: str, type_name: str) -> str:
    """Something that he may see, the newest; else something of the pair's."""
    every = world.ids(type_name)
    return next((each for each in reversed(every) if sees(world, asker, each)), every[-1])


def id_fields(kind: GraphQLInputObjectType) -> Iterator[tuple[str, str]]:
    """The fields that take ids, and of which type."""
    for name, field in kind.fields.items():
        named = get_named_type(field.type)
        if isinstance(named, GraphQLInputObjectType):
            yield from id_fields(named)
        elif named.name == "ID":
            yield name, KINDS[name]


def made(kind: GraphQLInputObjectType, path: str, value: str, own: Callable[[str], str]) -> dict[str, Any]:
    """An input of what is required, and this value where `path` says; `own` gives the ids of a type besides."""
    found: dict[str, Any] = {}
    for name, field in kind.fields.items():
        named = get_named_type(field.type)
        inner = field.type.of_type if isinstance(field.type, GraphQLNonNull) else field.type
        if name != path and not is_required_input_field(field):
            continue
        if isinstance(named, GraphQLInputObjectType):
            one: Any = made(named, path, value, own)
        elif named.name == "ID":
            one = value if name == path else own(KINDS[name])
        elif isinstance(named, GraphQLEnumType):
            one = GIVEN.get(name) if GIVEN.get(name) in named.values else next(iter(named.values))
        else:
            one = GIVEN.get(name, SCALARS[named.name])
        found[name] = [one] if is_list_type(inner) else one
    return found
