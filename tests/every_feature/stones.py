"""What stands behind a Rock: objects of no Strawberry class, whose attributes are made when they are read."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import strawberry

from tests.every_feature.inputs import Colour
from tests.every_feature.world import World


@dataclass(frozen=True)
class Stone:
    """What stands behind a Rock: no Strawberry class, its attributes are made when they are read."""

    world: World
    trail: str

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or name not in PLAIN:
            raise AttributeError(name)
        good, bad = PLAIN[name]
        found = self.world.pick(good, [*bad, BROKEN], self.trail, name)
        if found is BROKEN:
            raise ValueError(f"{self.trail} has no {name}")
        return found

    @property
    def below(self) -> Any:
        return self.world.pick([Stone(self.world, self.trail + ">"), None], [ValueError("hollow"), BROKEN], self.trail)

    @property
    def beside(self) -> Any:
        bad = [None, 3, ValueError("no sides"), [None], [Stone(self.world, "?"), KeyError("one side")]]
        return self.world.pick([stones(self.world, self.trail)], bad, self.trail, "beside")


def stones(world: World, trail: str, most: int = 3) -> list[Stone]:
    """Up to three stones."""
    return [Stone(world, f"{trail}/{number}") for number in range(int(world.roll("many", trail) * (most + 1)))]


BROKEN: Any = object()
_ID = UUID("1dc46c28-0f7e-4f9c-b7c9-0f5a5d0f9b9c")
_THEN = datetime(2026, 3, 1, 12, tzinfo=UTC)
PLAIN: dict[str, tuple[list[Any], list[Any]]] = {
    "code": (["a", 7, strawberry.ID("b")], [None, 2.5, object]),
    "name": (["Maya", "Tom", 3, True, 1.5, None], [[], object, ValueError("no name")]),
    "strict_name": (["Maya", ""], [None, strawberry.UNSET, ["x"]]),
    "weight": ([1, 0, -5, True, 2.0, "12", None], [2**31, -(2**31) - 1, 1.5, "x", ""]),
    "strict_weight": ([1, 2], [None, 2**40, ValueError("weightless")]),
    "height": ([1.5, 1, "2.5", None, True], [float("nan"), float("inf"), "tall"]),
    "hard": ([True, False, 1, 0.5, None], ["yes", [], float("nan")]),
    "colour": ([Colour.RED, Colour.DEEP_BLUE, "g", None], ["purple", 4, ValueError("grey")]),
    "strict_colour": ([Colour.RED, Colour.GREEN], [None, "RED"]),
    "odd": ([1, 3, None], [2, "1"]),
    "key": ([_ID, None], ["no key", 5]),
    "born": ([_THEN, None], ["yesterday", 5]),
    "day": ([date(2026, 3, 1)], ["today", None]),
    "price": ([Decimal("1.10"), Decimal(3), None], [ValueError("priceless")]),
    "extra": ([{"b": 1, "a": [None, {}]}, [1], "x", 0, None], [ValueError("nothing extra")]),
    "grid": ([[[1, 2], [3]], [[]], []], [None, [[1, None]], [None], [[1], ["x"]], 5, [[1], 5], "grid"]),
    "loose_grid": ([[[1, None], None], None, ((1,), [2]), [range(2)]], [[["x", 1], [2]], [5], [[ValueError("hole")]]]),
    "names": ([["a", "b"], ("c",), {"d": 1}.keys(), []], [[None], "abc", {"d": 1}, [ValueError("nameless"), "x"]]),
    "colours": ([[Colour.RED, None], [], None], [["purple", Colour.RED, 3], [BaseException]]),
}
