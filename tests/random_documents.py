"""Documents made at random from a schema: valid ones, with everything in them that an operation may have."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from graphql import (
    GraphQLField,
    GraphQLNonNull,
    GraphQLSchema,
    OperationType,
    Undefined,
    get_named_type,
    is_abstract_type,
    is_composite_type,
)

from tests.random_arguments import SCALARS, Arguments

ALIASES = ("a", "b", "c", "other", "name", "id")


@dataclass(frozen=True)
class Made:
    """A document, the kind and name of its operation that is meant, and values for the variables of that operation."""

    text: str
    kind: OperationType
    operation: str | None
    variables: list[dict[str, Any]]


@dataclass(frozen=True)
class Maker:
    """Makes documents for a schema.

    `values` are those of a scalar's name, of an argument's "field.argument" or an input's "Type.field". `chances` says
    how often an optional argument of that place or name is given, `wrong` how often a variable's value is nonsense. A
    document goes so `deep`, and grows to one of the `sizes`, counted in fields; `seldom` are fields that few have.
    """

    schema: GraphQLSchema
    random: Random
    values: Mapping[str, Sequence[Any]]
    chances: Mapping[str, float] = field(default_factory=dict)
    wrong: float = 0.02
    deep: int = 4
    sizes: Sequence[int] = (4, 8, 16, 30)
    seldom: Collection[str] = ()

    def document(self, kind: OperationType, *, fields: Sequence[str] = ()) -> Made:
        """A document with one operation that is meant, and sometimes others. `fields` are those it may begin with."""
        return _Document(self, kind, fields).made()


class _Document(Arguments):
    """One document in the making."""

    def __init__(self, maker: Maker, kind: OperationType, fields: Sequence[str]) -> None:
        super().__init__(maker.random, {**SCALARS, **maker.values}, maker.chances, maker.wrong)
        self.schema, self.kind, self.depth, self.fields = maker.schema, kind, maker.deep, fields
        self.seldom = maker.seldom
        self.fragments: dict[str, tuple[Any, str]] = {}
        """Type and selection of each that is finished."""
        self.meanings: dict[str, tuple[str, ...]] = {}
        """What a response key stands for, everywhere in the document: so no two fields are in conflict."""
        self.budget = self.random.choice(maker.sizes)

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
        return Made("\n".join(parts), self.kind, name, sets)

    # ---------------------------------------------------------------------------------------------------- selections

    def _usable(self, kind: Any) -> list[str]:
        if kind is self.schema.get_root_type(self.kind) and self.fields:
            return list(self.fields)
        names = list(getattr(kind, "fields", {}))
        return names if self.random.random() < 0.1 else [each for each in names if each not in self.seldom]

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
