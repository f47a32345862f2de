"""Documents made at random from a schema: valid ones, with everything in them that an operation may have."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLNonNull,
    GraphQLSchema,
    OperationType,
    Undefined,
    get_named_type,
    is_abstract_type,
    is_composite_type,
    is_list_type,
)

ALIASES = ("a", "b", "c", "other", "name", "id")
SCALARS: dict[str, list[Any]] = {
    "Int": [0, 1, 2, 7, 14],
    "Float": [0.5, 2, 3.25],
    "String": ["x", "ok", 'a "quoted" word', "ü"],
    "ID": ["r", "7"],
    "Boolean": [True, False],
}


@dataclass(frozen=True)
class Made:
    """A document, the name of its operation that is meant, and values for the variables of that operation."""

    text: str
    operation: str | None
    variables: list[dict[str, Any]]


class Enumerated(str):
    """A value of an enum, which a document writes without quotes."""


class Maker:
    """Makes documents for a schema. `values` are those of a scalar's name or of an argument's "field.argument"."""

    def __init__(
        self, schema: GraphQLSchema, random: Random, values: Mapping[str, Sequence[Any]], *, wrong: float = 0.02
    ) -> None:
        self.schema, self.random, self.values, self.wrong = schema, random, {**SCALARS, **values}, wrong

    def document(self, kind: OperationType, *, depth: int = 4, fields: Sequence[str] = ()) -> Made:
        """A document with one operation that is meant, and sometimes others. `fields` are those it may begin with."""
        return _Document(self, kind, depth, fields).made()


class _Document:
    """One document in the making."""

    def __init__(self, maker: Maker, kind: OperationType, depth: int, fields: Sequence[str]) -> None:
        self.schema, self.random, self.values, self.wrong = maker.schema, maker.random, maker.values, maker.wrong
        self.kind, self.depth, self.fields = kind, depth, fields
        self.variables: dict[str, tuple[GraphQLInputType, Any]] = {}
        """Type and default of each."""
        self.fragments: dict[str, tuple[Any, str]] = {}
        """Type and selection of each that is finished."""
        self.meanings: dict[str, tuple[str, ...]] = {}
        """What a response key stands for, everywhere in the document: so no two fields are in conflict."""
        self.budget = self.random.choice((4, 8, 16, 30))

    def made(self) -> Made:
        root = self.schema.get_root_type(self.kind)
        if self.kind is OperationType.SUBSCRIPTION:
            inner = f"{{ {self._field(root, self.random.choice(self._usable(root)), 0)} }}"
        else:
            inner = self._selection(root, 0)
        name = self.random.choice((None, "Meant"))
        head = self.kind.value + (f" {name}" if name else "")
        if self.variables:
            head += f"({', '.join(self._declared(each) for each in self.variables)})"
        parts = [f"{head} {inner}"]
        parts += [f"fragment {key} on {kind} {text}" for key, (kind, text) in self.fragments.items()]
        if name and self.random.random() < 0.2:
            parts.append("query Other { __typename }")
            self.random.shuffle(parts)
        sets = [self._given() for _ in range(2)]
        return Made("\n".join(parts), name, sets)

    # ---------------------------------------------------------------------------------------------------- selections

    def _usable(self, kind: Any) -> list[str]:
        if kind is self.schema.get_root_type(self.kind) and self.fields:
            return list(self.fields)
        return list(getattr(kind, "fields", {}))

    def _selection(self, kind: Any, depth: int) -> str:
        found = []
        names = self._usable(kind)
        for _ in range(self.random.choice((1, 2, 2, 3, 4, 6))):
            part = self._part(kind, names, depth)
            if part:
                found.append(part)
        return f"{{ {' '.join(found) or '__typename'} }}"

    def _part(self, kind: Any, names: list[str], depth: int) -> str:
        chance = self.random.random()
        if chance < 0.08:
            return f"{self._alias('__typename', (), 'String!')}__typename{self._directives()}"
        if depth < self.depth and (chance < 0.22 or (not names and chance < 0.9)):
            return self._inline(kind, depth)
        if chance < 0.34:
            return self._spread(kind, depth)
        if not names:
            return ""
        return self._field(kind, self.random.choice(names), depth)

    def _field(self, kind: Any, name: str, depth: int) -> str:
        field: GraphQLField = kind.fields[name]
        named = get_named_type(field.type)
        if is_composite_type(named) and (depth >= self.depth or self.budget <= 0):
            return "__typename" if kind is not self.schema.subscription_type else f"{name} {{ __typename }}"
        self.budget -= 1
        arguments = self._arguments(name, field)
        text = f"{self._alias(name, (arguments,), str(field.type))}{name}{arguments}"
        if kind is not self.schema.subscription_type:
            text += self._directives()
        if is_composite_type(named):
            text += " " + self._selection(named, depth + 1)
        return text

    def _inline(self, kind: Any, depth: int) -> str:
        if self.random.random() < 0.2:
            return f"...{self._directives()} {self._selection(kind, depth + 1)}"
        chosen = self._overlapping(kind)
        return f"... on {chosen}{self._directives()} {self._selection(chosen, depth + 1)}"

    def _spread(self, kind: Any, depth: int) -> str:
        possible = self._possible(kind)
        fitting = [name for name, (on, _) in self.fragments.items() if possible & self._possible(on)]
        if fitting and self.random.random() < 0.5:
            return f"...{self.random.choice(fitting)}{self._directives()}"
        if len(self.fragments) >= 4 or depth >= self.depth:
            return ""
        chosen = self._overlapping(kind)
        text = self._selection(chosen, depth + 1)
        name = f"F{len(self.fragments)}"
        self.fragments[name] = (chosen, text)
        return f"...{name}{self._directives()}"

    def _possible(self, kind: Any) -> set[str]:
        if is_abstract_type(kind):
            return {each.name for each in self.schema.get_possible_types(kind)}
        return {kind.name}

    def _overlapping(self, kind: Any) -> Any:
        possible = self._possible(kind)
        wider: list[Any] = [
            each for each in self.schema.type_map.values() if is_abstract_type(each) and possible & self._possible(each)
        ]
        kinds = [self.schema.type_map[name] for name in sorted(possible)] + wider
        return self.random.choice(kinds)

    def _alias(self, name: str, arguments: tuple[str, ...], kind: str) -> str:
        meaning = (name, *arguments, kind)
        keys = [name, *self.random.sample(ALIASES, 2)]
        if self.random.random() < 0.2:
            keys = keys[1:]
        for key in [*keys, *(f"{name}{number}" for number in range(100))]:
            if self.meanings.setdefault(key, meaning) == meaning:
                return "" if key == name else f"{key}: "
        raise AssertionError("a hundred meanings of one name")

    def _directives(self) -> str:
        chance = self.random.random()
        if chance < 0.85:
            return ""
        one, other = self.random.sample(("skip", "include"), 2)
        text = f" @{one}(if: {self._condition(one)})"
        return text + (f" @{other}(if: {self._condition(other)})" if chance > 0.97 else "")

    def _condition(self, name: str) -> str:
        if self.random.random() < 0.5:
            return "true" if (name == "include") == (self.random.random() < 0.7) else "false"
        return self._variable(GraphQLNonNull(self.schema.type_map["Boolean"]), Undefined, "")

    # ---------------------------------------------------------------------------------------- arguments and variables

    def _arguments(self, field_name: str, field: GraphQLField) -> str:
        given = []
        for name, argument in field.args.items():
            needed = isinstance(argument.type, GraphQLNonNull) and argument.default_value is Undefined
            if needed or self.random.random() < 0.5:
                text = self._literal(argument.type, argument.default_value, f"{field_name}.{name}", 0)
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
