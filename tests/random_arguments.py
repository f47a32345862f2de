"""Arguments made at random for fields of a schema: literals, variables with and without defaults, and their values."""

import json
from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLNonNull,
    Undefined,
    is_list_type,
)

SCALARS: dict[str, list[Any]] = {
    "Int": [0, 1, 2, 7, 14],
    "Float": [0.5, 2, 3.25],
    "String": ["x", "ok", 'a "quoted" word', "ü"],
    "ID": ["r", "7"],
    "Boolean": [True, False],
}


class Enumerated(str):
    """A value of an enum, which a document writes without quotes."""


class Arguments:
    """The arguments and variables of one operation in the making."""

    def __init__(
        self, random: Random, values: Mapping[str, Sequence[Any]], chances: Mapping[str, float], wrong: float
    ) -> None:
        self.random, self.values, self.chances, self.wrong = random, values, chances, wrong
        self.variables: dict[str, tuple[GraphQLInputType, Any]] = {}
        """Type and default of each."""

    def _arguments(self, field_name: str, field: GraphQLField) -> str:
        given = []
        for name, argument in field.args.items():
            needed = isinstance(argument.type, GraphQLNonNull) and argument.default_value is Undefined
            place = f"{field_name}.{name}"
            if needed or self.random.random() < self.chances.get(place, self.chances.get(name, 0.5)):
                text = self._literal(argument.type, argument.default_value, place, 0)
                given.append(f"{name}: {text}")
        self.random.shuffle(given)
        return f"({', '.join(given)})" if given else ""

    def _literal(self, kind: Any, default: Any, place: str, depth: int, *, one_of: bool = False) -> str:
        if self.random.random() < 0.3:
            return self._variable(GraphQLNonNull(kind) if one_of else kind, default, place)
        if isinstance(kind, GraphQLNonNull):
            kind = kind.of_type
        elif not one_of and self.random.random() < 0.1:
            return "null"
        if is_list_type(kind):
            if self.random.random() < 0.2:
                return self._literal(GraphQLNonNull(_unlisted(kind)), Undefined, place, depth)
            items = range(self.random.randrange(3))
            return f"[{', '.join(self._literal(kind.of_type, Undefined, place, depth) for _ in items)}]"
        if isinstance(kind, GraphQLInputObjectType):
            parts = []
            for name, each in self._inputs(kind, depth):
                place, default, one_of = f"{kind.name}.{name}", each.default_value, kind.is_one_of
                parts.append(f"{name}: {self._literal(each.type, default, place, depth + 1, one_of=one_of)}")
            return f"{{{', '.join(parts)}}}"
        return _written(self._leaf(kind, place))

    def _inputs(self, kind: GraphQLInputObjectType, depth: int) -> list[tuple[str, Any]]:
        if kind.is_one_of:
            return [self.random.choice(list(kind.fields.items()))]
        return [
            (name, each)
            for name, each in kind.fields.items()
            if (isinstance(each.type, GraphQLNonNull) and each.default_value is Undefined)
            or self.random.random() < (0.5 if depth < 2 else 0.1)
        ]

    def _variable(self, kind: Any, default: Any, place: str) -> str:
        """A variable that may be used where this type is wanted, and the place has this default."""
        fitting = [
            name for name, (of, _) in self.variables.items() if str(of) == str(kind) and name.startswith(_stem(place))
        ]
        if fitting and self.random.random() < 0.6:
            return f"${self.random.choice(fitting)}"
        name, own = f"{_stem(place)}{len(self.variables)}", Undefined
        declared = kind
        if self.random.random() < 0.4:
            own = self._json(kind, place, 0)
        if isinstance(kind, GraphQLNonNull):
            if (own is not Undefined or default is not Undefined) and self.random.random() < 0.5:
                declared = kind.of_type
        elif self.random.random() < 0.2:
            declared, own = GraphQLNonNull(kind), Undefined if own is None else own
        self.variables[name] = (declared, own)
        return f"${name}"

    def _declared(self, name: str) -> str:
        kind, default = self.variables[name]
        return f"${name}: {kind}" + ("" if default is Undefined else f" = {_written(default)}")

    def _given(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, (kind, default) in self.variables.items():
            optional = default is not Undefined or not isinstance(kind, GraphQLNonNull)
            if optional and self.random.random() < 0.3:
                continue
            if self.random.random() < self.wrong:
                found[name] = self.random.choice(([], {}, "wrong", None, 2**40, -1.5, True))
            else:
                found[name] = self._json(kind, name.rstrip("0123456789").replace("_", "."), 0)
        return found

    def _json(self, kind: Any, place: str, depth: int) -> Any:
        if isinstance(kind, GraphQLNonNull):
            kind = kind.of_type
        elif self.random.random() < 0.15:
            return None
        if is_list_type(kind):
            return [self._json(kind.of_type, place, depth) for _ in range(self.random.randrange(3))]
        if isinstance(kind, GraphQLInputObjectType):
            return {
                name: self._json(
                    GraphQLNonNull(each.type) if kind.is_one_of else each.type, f"{kind.name}.{name}", depth + 1
                )
                for name, each in self._inputs(kind, depth)
            }
        return self._leaf(kind, place)

    def _leaf(self, kind: Any, place: str) -> Any:
        if isinstance(kind, GraphQLEnumType):
            return Enumerated(self.random.choice(list(kind.values)))
        return self.random.choice(self.values.get(place) or self.values[kind.name])


def _stem(place: str) -> str:
    return place.replace(".", "_") or "when"


def _unlisted(kind: Any) -> Any:
    inner = kind.of_type
    return inner.of_type if isinstance(inner, GraphQLNonNull) else inner


def _written(value: Any) -> str:
    """A value as a document writes it."""
    if isinstance(value, Enumerated):
        return str(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_written(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return f"[{', '.join(map(_written, value))}]"
    return json.dumps(value, ensure_ascii=False)
