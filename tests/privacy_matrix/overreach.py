"""Acts on what one may see and may not touch, and on things that they are not for: made from the schema."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from graphql import GraphQLInputObjectType, get_named_type

from models.enums import OPEN_MATCH
from schema.node import NODES, parse_id
from tests.privacy_matrix.acts import KINDS, id_fields, is_moderator, made, own, sees
from tests.privacy_matrix.relations import OF_A_PAIR
from tests.privacy_matrix.rules import ACTS, AFTER_THE_END, BY_ITS_AUTHOR, Reader
from tests.privacy_matrix.world import World
from tests.selections import object_type

ALSO = {
    "react.subjectId": ["Post", "Comment"],
    "unreact.subjectId": ["Post", "Comment"],
    "report.subjectId": ["Post", "Comment", "User"],
    "report.disclose": ["Post", "Comment", "CheckIn"],
}
"""Of which other types an id may be than KINDS says."""

RIGHT_COMES_FROM: dict[Reader, tuple[str, ...]] = {
    Reader.ADMINS: ("Group", "Program", "ProgramStep", "SignUp", "Match"),
    Reader.THE_TWO: ("Match", *OF_A_PAIR),
    Reader.OWNER: ("SignUp", "Notification", "Session"),
    Reader.REVIEWERS: ("Report",),
    Reader.MODERATORS: ("Group", "User"),
    Reader.MEMBERS: ("Group", "Program"),
}
"""Things to which somebody has to stand in a relation to act on them; other ids of an input are given besides."""


class Overreach(NamedTuple):
    """One mutation's input in which one id is of what its asker sees, and may not act on so."""

    mutation: str
    field: str
    kind: str
    given: dict[str, Any]


def on_what_one_sees(world: World, asker: str) -> Iterator[Overreach]:
    """One for each mutation, each id of its input, and each way in which the asker sees a thing without the right."""
    for mutation, kind in _inputs():
        for field in dict.fromkeys(name for name, _ in id_fields(kind)):
            for type_name in accepted(mutation, field):
                if any(type_name in RIGHT_COMES_FROM.get(reader, ()) for reader in _rule(mutation)):
                    for value in _seen_without_the_right(world, asker, mutation, type_name):
                        given = made(kind, field, value, lambda of: own(world, asker, of))
                        yield Overreach(mutation, field, type_name, given)


def on_another_kind(world: World, asker: str) -> Iterator[Overreach]:
    """One for each mutation, each id of its input, and each type of node that it is not for."""
    for mutation, kind in _inputs():
        for field in dict.fromkeys(name for name, _ in id_fields(kind)):
            for type_name in NODES.keys() - set(accepted(mutation, field)):
                given = made(kind, field, own(world, asker, type_name), lambda of: own(world, asker, of))
                yield Overreach(mutation, field, type_name, given)


def accepted(mutation: str, field: str) -> list[str]:
    """The types of which an id may be that this mutation takes there."""
    return [KINDS[field], *ALSO.get(f"{mutation}.{field}", ())]


def _inputs() -> Iterator[tuple[str, GraphQLInputObjectType]]:
    for name, field in object_type("Mutation").fields.items():
        if "input" in field.args:
            kind = get_named_type(field.args["input"].type)
            assert isinstance(kind, GraphQLInputObjectType)
            yield name, kind


def _rule(mutation: str) -> tuple[Reader, ...]:
    return next(who for who, names in ACTS.items() if mutation in names.split())


def _seen_without_the_right(world: World, asker: str, mutation: str, type_name: str) -> Iterator[str]:
    ways = set()
    for value in world.ids(type_name):
        if sees(world, asker, value) and not _may(world, asker, mutation, type_name, value):
            way = (frozenset(_relations(world, asker, type_name, value)), _has_ended(world, type_name, value))
            if way not in ways:
                ways.add(way)
                yield value


def _relations(world: World, asker: str, type_name: str, value: str) -> set[Reader]:
    parsed = parse_id(value)
    if parsed is None:  # a session, which is seen by nobody but its owner
        return {Reader.OWNER}
    held = world.relations.of(world.person_id(asker), type_name, parsed[1])
    return held | ({Reader.MODERATORS} if is_moderator(world, asker) else set())


def _may(world: World, asker: str, mutation: str, type_name: str, value: str) -> bool:
    rule = _rule(mutation)
    if not _relations(world, asker, type_name, value) & set(rule):
        return Reader.OWNER in rule and type_name in ("Group", "Program")  # joining, which anybody may
    parsed = parse_id(value)
    if parsed is not None and mutation in BY_ITS_AUTHOR:
        return world.relations.rows[type_name][parsed[1]]["author_id"] == world.person_id(asker)
    return Reader.THE_TWO not in rule or mutation in AFTER_THE_END or not _has_ended(world, type_name, value)


def _has_ended(world: World, type_name: str, value: str) -> bool:
    """Whether it is, or belongs to, a match that has ended."""
    parsed = parse_id(value)
    if parsed is None or type_name not in ("Match", *OF_A_PAIR):
        return False
    row = world.relations.rows[type_name][parsed[1]]
    match = row if type_name == "Match" else world.relations.rows["Match"][row["match_id"]]
    return match["state"] not in OPEN_MATCH
