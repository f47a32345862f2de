"""What arguments are made of: enums, a scalar of our own, and input objects in each other."""

from datetime import datetime
from enum import Enum
from typing import Any, NewType

import strawberry
from strawberry.schema.config import StrawberryConfig

Odd = NewType("Odd", int)


@strawberry.enum
class Colour(Enum):
    RED = "r"
    GREEN = "g"
    DEEP_BLUE = strawberry.enum_value(3, description="Not a string.")


@strawberry.input
class Leaf:
    colour: Colour = Colour.GREEN
    odd: Odd | None = None


@strawberry.input
class Box:
    size: int
    label: str = "box"
    colours: list[Colour | None] | None = None
    leaf: Leaf | None = strawberry.UNSET
    leaves: list[Leaf] = strawberry.field(default_factory=list)
    when: datetime | None = None
    inner: "Box | None" = None


@strawberry.input(one_of=True)
class Either:
    number: int | None = strawberry.UNSET
    text: str | None = strawberry.UNSET


def _odd(value: Any) -> Any:
    if type(value) is not int or value % 2 == 0:
        raise ValueError(f"{value!r} is not odd")
    return value


CONFIG = StrawberryConfig(
    scalar_map={Odd: strawberry.scalar(name="Odd", serialize=lambda value: f"odd {_odd(value)}", parse_value=_odd)}
)
