"""Arguments as resolvers take them: Strawberry's conversion of input values, worked out once for each type.

Strawberry finds out anew for each value what its type is made of, and how its fields are called. Whatever is not of the
usual shapes (leaves, lists, input objects, and what may be null) is left to it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING
from typing import Any

from strawberry.relay.types import GlobalID
from strawberry.types import arguments as strawberrys
from strawberry.types.base import StrawberryList, StrawberryMaybe, StrawberryOptional, has_object_definition
from strawberry.types.enum import has_enum_definition
from strawberry.types.unset import UNSET

Convert = Callable[[Any], Any]


class Inputs:
    """The conversions of one schema's arguments."""

    def __init__(self, config: Any, scalars: Mapping[Any, Any]) -> None:
        self._config, self._scalars = config, scalars
        self._arguments: dict[int, tuple[Any, str, Convert | None]] = {}

    def converted(self, given: dict[str, Any], arguments: Sequence[Any], info: Any) -> dict[str, Any]:
        """Coerced arguments by their names in Python, input objects made anew each time."""
        found: dict[str, Any] = {}
        for argument in arguments:
            _, name, convert = self._arguments.get(id(argument)) or self._known(argument)
            if name not in given:
                continue
            if convert is None:
                found |= strawberrys.convert_arguments(given, [argument], self._scalars, self._config, info)
            else:
                found[argument.python_name] = convert(given[name])
        return found

    def _known(self, argument: Any) -> tuple[Any, str, Convert | None]:
        name = self._config.name_converter.from_argument(argument)
        # Kept with its argument, so that the id stays that one's.
        made = self._arguments[id(argument)] = argument, name, self._conversion(argument.type, ())
        return made

    def _conversion(self, kind: Any, within: tuple[Any, ...]) -> Convert | None:
        """How values of a type are converted; None if they are of no usual shape, or hold values of their own type."""
        if kind in within or isinstance(kind, StrawberryMaybe):
            return None
        if isinstance(kind, StrawberryOptional):
            return self._conversion(kind.of_type, within)
        if isinstance(kind, StrawberryList):
            item = self._conversion(kind.of_type, within)
            return None if item is None else _list_of(item)
        if kind is GlobalID:
            return None
        if strawberrys._is_leaf_type(kind, self._scalars) or has_enum_definition(kind):
            return _itself
        if has_object_definition(kind) and kind.__strawberry_definition__.is_input:
            return self._object(kind, within)
        return None

    def _object(self, kind: Any, within: tuple[Any, ...]) -> Convert | None:
        definition = kind.__strawberry_definition__
        if definition.from_input is not None:
            return None
        left_out = {
            each.python_name: None
            for each in definition.fields
            if each.default_value is MISSING and each.default_factory is MISSING
        }
        fields = []
        for each in definition.fields:
            convert = self._conversion(each.resolve_type(type_definition=definition), (*within, kind))
            if convert is None:
                return None
            fields.append((self._config.name_converter.from_field(each), each.python_name, convert))

        def made(value: Any) -> Any:
            if value is None or value is UNSET:
                return value
            return kind(
                **left_out | {python: convert(value[name]) for name, python, convert in fields if name in value}
            )

        return made


def _itself(value: Any) -> Any:
    return value


def _list_of(item: Convert) -> Convert:
    def converted(value: Any) -> Any:
        if value is None or value is UNSET:
            return value
        return [item(each) for each in value]

    return converted
