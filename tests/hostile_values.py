"""Inputs that are as good as their sender has them, but for one value that nobody sends in good faith."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from random import Random
from typing import Any, NamedTuple

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLNonNull,
    get_named_type,
    is_list_type,
    is_required_input_field,
)

from tests.hostile_arguments import MOMENTS, NUMBERS, ODD, WORDS, mutations
from tests.privacy_matrix.acts import GIVEN, KINDS, SCALARS

LAST = ("deleteAccount", "logOutEverywhere", "logOut", "endSession", "changePassword", "resetPassword")
"""Who has done these is somebody else, or nobody, afterwards."""

CAREFUL = 0.9
"""How often the one value is at least of the right type."""


class Place(NamedTuple):
    """Where a value stands in an input, and of what type it is."""

    path: tuple[str | int, ...]
    kind: Any


class Nearly:
    """Makes inputs. `good` has values by place, `ids` are of all things there are, `own` gives one of the sender's."""

    def __init__(
        self, random: Random, good: Mapping[str, Sequence[Any]], ids: Sequence[str], own: Callable[[str], str]
    ) -> None:
        self.random, self.good, self.ids, self.own = random, good, ids, own

    def given(self, field: GraphQLField) -> dict[str, Any]:
        """Variables for a mutation, one value of which is hostile; none for one that takes nothing."""
        if "input" not in field.args:
            return {}
        kind = get_named_type(field.args["input"].type)
        assert isinstance(kind, GraphQLInputObjectType)
        made = self._object(kind)
        place = self.random.choice([*_places(kind, made, ())])
        _put(made, place.path, self._hostile(place.kind))
        return {"input": made}

    def _object(self, kind: GraphQLInputObjectType) -> dict[str, Any]:
        fields = kind.fields.items()
        chosen = [(name, each) for name, each in fields if is_required_input_field(each) or self.random.random() < 0.4]
        if kind.is_one_of or not chosen:
            chosen = [self.random.choice([*fields])]
        return {name: self._value(each.type, f"{kind.name}.{name}", name) for name, each in chosen}

    def _value(self, kind: Any, place: str, name: str) -> Any:
        kind = kind.of_type if isinstance(kind, GraphQLNonNull) else kind
        if is_list_type(kind):
            return [self._value(kind.of_type, place, name)]
        if isinstance(kind, GraphQLInputObjectType):
            return self._object(kind)
        if isinstance(kind, GraphQLEnumType):
            return GIVEN[name] if GIVEN.get(name) in kind.values else self.random.choice([*kind.values])
        if kind.name == "ID":
            return self.own(KINDS[name])
        return self.good[place][0] if place in self.good else GIVEN.get(name, SCALARS.get(kind.name, "2026-05-01"))

    def _hostile(self, kind: Any) -> Any:
        if self.random.random() > CAREFUL:
            return self.random.choice(ODD)
        if isinstance(kind, GraphQLEnumType):
            return self.random.choice([*kind.values])
        if kind.name == "ID":
            return self.random.choice([*self.ids] * 3 + WORDS)
        if kind.name in ("Int", "Float"):
            return self.random.choice(NUMBERS[:-1])
        if kind.name == "Boolean":
            return self.random.choice((True, False, None))
        return self.random.choice(MOMENTS if kind.name in ("Date", "DateTime") else WORDS + MOMENTS)


def in_turn() -> dict[str, GraphQLField]:
    """All mutations; those last after which the sender is nobody."""
    return dict(sorted(mutations().items(), key=lambda each: each[0] in LAST))


def _places(kind: Any, value: Any, path: tuple[str | int, ...]) -> Iterator[Place]:
    kind = kind.of_type if isinstance(kind, GraphQLNonNull) else kind
    if is_list_type(kind):
        for number, each in enumerate(value):
            yield from _places(kind.of_type, each, (*path, number))
    elif isinstance(kind, GraphQLInputObjectType):
        for name, each in value.items():
            yield from _places(kind.fields[name].type, each, (*path, name))
    else:
        yield Place(path, kind)


def _put(made: Any, path: tuple[str | int, ...], value: Any) -> None:
    *way, last = path
    for each in way:
        made = made[each]
    made[last] = value
