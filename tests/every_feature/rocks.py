"""The fields of a Rock that lead to no other object: leaves of every kind, resolved in every way."""

import asyncio
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import strawberry
from strawberry.permission import PermissionExtension

from schema.compiled.calls import SAME_FOR_ALL
from tests.every_feature.gates import Later, Louder, Shy, Slow
from tests.every_feature.inputs import Box, Colour, Either, Odd
from tests.every_feature.stones import Stone
from tests.every_feature.world import Info, later


@strawberry.type
class Leaves:
    code: strawberry.ID
    name: str | None
    strict_name: str
    weight: int | None
    strict_weight: int
    height: float | None
    hard: bool | None
    colour: Colour | None
    strict_colour: Colour
    odd: Odd | None
    key: UUID | None
    born: datetime | None
    day: date
    price: Decimal | None
    extra: strawberry.scalars.JSON | None
    grid: list[list[int]]
    loose_grid: list[list[int | None] | None] | None
    names: list[str]
    colours: list[Colour | None] | None

    @strawberry.field
    def depth(self: Stone) -> int:
        self.world.dare(self.trail, "depth")
        return len(self.trail)

    @strawberry.field(metadata={SAME_FOR_ALL: True})
    def sure(self: Stone, info: Info, by: float = 1.5) -> float | None:
        return info.context.pick([by], [None, "x", float("inf")], self.trail, "sure")

    @strawberry.field
    async def square(self: Stone, info: Info, of: int = 4) -> int:
        info.context.dare(self.trail, "square", of)
        return await info.context.loader.load(of % 50)

    @strawberry.field
    def plain_square(self: Stone, info: Info, of: int | None = None) -> int | None:
        return info.context.loader.load(len(self.trail) if of is None else of % 50)  # type: ignore[return-value]

    @strawberry.field
    def described(self: Stone, box: Box | None = None, colour: Colour = Colour.RED, odd: Odd | None = None) -> str:
        self.world.dare(self.trail, "described", str(colour))
        text = f"{self.trail} {box} {colour} {odd}"
        if box is not None:
            box.label += "!"  # an input is the resolver's own
        return text

    @strawberry.field
    def either(self: Stone, choice: Either) -> str | None:
        return f"{choice.number!r} {choice.text!r}" if self.world.roll(self.trail, "either") < 0.9 else None

    @strawberry.field(name="renamed", extensions=[Louder()])
    def called(self: Stone, info: Info, a_word: str = "ok", more: list[str] | None = None) -> str | None:
        info.context.dare(self.trail, "renamed")
        return f"{a_word} {more}"

    @strawberry.field(extensions=[Later()])
    async def awaited(self: Stone, info: Info) -> str:
        info.context.dare(self.trail, "awaited")
        return info.path.key if isinstance(info.path.key, str) else "?"

    @strawberry.field(permission_classes=[Shy])
    def secret(self: Stone) -> str:
        return "hush"

    @strawberry.field(extensions=[PermissionExtension([Shy()], fail_silently=True)])
    def quiet_secret(self: Stone) -> list[str] | None:
        return ["hush", self.trail]

    @strawberry.field(permission_classes=[Slow, Shy])
    async def slow_secret(self: Stone, info: Info, loud: bool = False) -> str | None:
        return "HUSH" if loud else "hush"

    @strawberry.field
    async def waits(self: Stone, info: Info) -> list[str | None]:
        good = [["a", later("b")], [later(None)], (later("c"),)]
        bad = [None, [later(ValueError("late"))], [later("x"), later(5), ValueError("early"), later("y")]]
        world = info.context
        chosen = int(world.roll(self.trail, "waits") * len(good))
        found = bad if world.roll(self.trail, "bad waits") < world.trouble else good
        for each in [*good, *bad]:
            if each is not found[chosen]:
                for item in each or ():
                    if asyncio.iscoroutine(item):
                        item.close()
        return found[chosen]  # type: ignore[return-value]

    @strawberry.field
    def generated(self: Stone, info: Info) -> list[int]:
        def numbers() -> Any:
            yield 1
            info.context.dare(self.trail, "generated")
            yield 2

        return numbers()

    @strawberry.field
    def streamed(self: Stone, info: Info) -> list[int]:
        async def numbers() -> Any:
            yield 1
            await asyncio.sleep(0)
            info.context.dare(self.trail, "streamed")
            yield 2

        return numbers()  # type: ignore[return-value]
