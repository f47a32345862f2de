"""Arguments that nobody sends in good faith, made from the schema, so that new mutations are met by themselves."""

from collections.abc import Sequence
from random import Random
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLNonNull,
    GraphQLObjectType,
    get_named_type,
    is_composite_type,
    is_list_type,
)

from schema.schema import schema

WORDS = [
    "",
    " ",
    "\x00",
    "a\x00b",
    "\x01\x1b[31m\x7f",
    "\u202egnp.exe\u2066",
    "\ud800",
    "x\udfff y",
    "👩‍👩‍👧‍👦" * 40,
    "e" + "\u0301" * 500,
    "\ufeff\u200b\u2060",
    "ﬀ İ ß ǆ",
    "'; DROP TABLE users; --",
    "%' OR 1=1 --",
    "\\",
    "${7*7}{{7*7}}",
    "<script>alert(1)</script>",
    "../../etc/passwd",
    "[" * 3_000,
    "> " * 2_000,
    "*" * 5_000,
    "x" * 20_001,
    "a\nb\r\nc\td\x0be\x0c",
]
MOMENTS = ["2026-03-02", "0000-00-00", "9999-12-31", "0001-01-01", "2026-02-30", "2026-03-02T10:00:00Z"]
MOMENTS += ["9999-12-31T23:59:59.999999+00:00", "0001-01-01T00:00:00+14:00", "2026-03-02T10:00:00", "24:00", "-1"]
NUMBERS = [0, -1, 1, 2**31 - 1, -(2**31), 2**31, 2**63, 10**30, 1.5, 1e308, -0.0, True]
ODD = [None, [], {}, [[]], [None], {"a": 1}, [[[[[[[[1]]]]]]]], {"__proto__": {}}, *WORDS[:8], *NUMBERS]

ENDING = (
    *("delete", "end", "leave", "remove", "block", "report", "withdraw", "advance"),
    *("change", "reset", "log", "refresh"),
)
"""How the names of mutations begin that leave less to be done."""


def document(name: str, field: GraphQLField) -> str:
    """The mutation with all its arguments as variables; of its answer what says how it went."""
    declared = ", ".join(f"${each}: {argument.type}" for each, argument in field.args.items())
    given = ", ".join(f"{each}: ${each}" for each in field.args)
    asked = _shown(get_named_type(field.type))
    return f"mutation{f'({declared})' if declared else ''} {{ {name}{f'({given})' if given else ''} {asked} }}"


def _shown(payload: Any) -> str:
    """The errors, and what the payload holds, with all plain fields of its objects."""
    parts = []
    for name, field in payload.fields.items():
        named = get_named_type(field.type)
        if name == "errors":
            parts.append("errors { code message path }")
        elif is_composite_type(named):
            parts.append(f"{name} {{ __typename {' '.join(_plain(named))} }}")
        elif not field.args:
            parts.append(name)
    return f"{{ {' '.join(parts)} }}"


def _plain(kind: Any) -> list[str]:
    fields = kind.fields if isinstance(kind, GraphQLObjectType) else {}
    return [name for name, each in fields.items() if not each.args and not is_composite_type(get_named_type(each.type))]


class Hostile:
    """Makes values for a mutation's arguments. `ids` are of every type of node, whoever they belong to."""

    def __init__(self, random: Random, ids: Sequence[str], good: dict[str, Sequence[Any]]) -> None:
        self.random, self.ids, self.good = random, ids, good
        self.willing = 0.0
        """How likely a leaf is what would do, so that a wrong value beside it is reached."""

    def given(self, name: str, field: GraphQLField) -> dict[str, Any]:
        """Values for all arguments of a mutation: mostly of the right type, now and then of none that fits."""
        self.willing = self.random.choice((0.3, 0.8, 0.95))
        return {each: self._value(argument.type, f"{name}.{each}", 0) for each, argument in field.args.items()}

    def _value(self, kind: Any, place: str, depth: int) -> Any:
        if self.random.random() < 0.1 * (1 - self.willing):
            return self.random.choice(ODD)
        if isinstance(kind, GraphQLNonNull):
            return self._value(kind.of_type, place, depth)
        if depth > 4 or (depth > 0 and self.random.random() < 0.05):
            return None
        if is_list_type(kind):
            many = self.random.choice((0, 1, 1, 2, 3, 300))
            return [self._value(kind.of_type, place, depth + 1) for _ in range(many)]
        if isinstance(kind, GraphQLInputObjectType):
            return self._object(kind, depth)
        return self._leaf(kind, place)

    def _object(self, kind: GraphQLInputObjectType, depth: int) -> dict[str, Any]:
        chosen = {
            name: each
            for name, each in kind.fields.items()
            if isinstance(each.type, GraphQLNonNull) or self.random.random() < 0.6
        }
        if kind.is_one_of:
            chosen = dict([self.random.choice(list(kind.fields.items()))])
        found = {name: self._value(each.type, f"{kind.name}.{name}", depth + 1) for name, each in chosen.items()}
        if self.random.random() < 0.02:
            found["unknown\x00"] = 1
        return found

    def _leaf(self, kind: Any, place: str) -> Any:
        if isinstance(kind, GraphQLEnumType):
            return self.random.choice([*kind.values] * 3 + ["NOT_A_VALUE"])
        if self.random.random() < self.willing and (good := self.good.get(place) or self.good.get(kind.name)):
            return self.random.choice(good)
        if kind.name == "ID":
            return self.random.choice([*self.ids] * 4 + WORDS)
        if kind.name in ("Int", "Float"):
            return self.random.choice(NUMBERS)
        if kind.name == "Boolean":
            return self.random.choice((True, False, True, False, 1, "true"))
        return self.random.choice(MOMENTS if kind.name in ("Date", "DateTime") else WORDS + MOMENTS[:2])


def mutations() -> dict[str, GraphQLField]:
    """All of them; those last that leave less to be done by the others."""
    kind = schema._schema.mutation_type
    assert kind is not None
    return dict(sorted(kind.fields.items(), key=lambda each: (each[0].startswith(ENDING), each[0])))
