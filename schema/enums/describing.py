"""Making an enum of models one of the schema, with a description of each value."""

from enum import Enum
from typing import Any

import strawberry


def describe(cls: type[Enum], description: str, values: dict[str, str]) -> None:
    """Make `cls` a GraphQL enum. Raises ValueError unless each of its values is described."""
    if set(values) != set(cls.__members__):
        raise ValueError(f"{cls.__name__}: describe {set(cls.__members__) ^ set(values)}.")
    described: Any = strawberry.enum(cls, description=description)
    for value in described.__strawberry_definition__.values:
        value.description = values[value.name]
