"""The root fields, and how a schema of any class is made of all this."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

import strawberry

from tests.every_feature.beings import Being, Cat, Dog, Fish, Pet, Rock, being, pet
from tests.every_feature.gates import Slow
from tests.every_feature.inputs import CONFIG, Box, Odd
from tests.every_feature.stones import Stone, stones
from tests.every_feature.world import Info, later


@strawberry.type
class Query:
    @strawberry.field
    def rock(self, info: Info, code: strawberry.ID = "r") -> Rock:
        return info.context.pick([Stone(info.context, code)], [None, ValueError("no rock")], code)

    @strawberry.field
    async def rocks(self, info: Info, first: int = 2, box: Box | None = None) -> list[Rock]:
        await asyncio.sleep(0)
        info.context.dare("rocks")
        label = box.label if box else "s"
        return [Stone(info.context, f"{label}{number}") for number in range(max(0, min(first, 3)))]  # type: ignore[misc]

    @strawberry.field
    def beings(self, info: Info) -> list[Being | None] | None:
        return [being(info.context, f"b{number}") for number in range(3)]

    @strawberry.field
    async def pet(self, info: Info, name: str = "rex") -> Pet | None:
        return await later(pet(info.context, name))

    @strawberry.field
    def number(self, info: Info, of: int = 3, odd: Odd | None = None) -> int:
        info.context.dare("number", of)
        return of

    @strawberry.field
    async def square(self, info: Info, of: int) -> int | None:
        return await info.context.loader.load(of % 50)

    @strawberry.field(permission_classes=[Slow])
    def vault(self, info: Info) -> Rock | None:
        return Stone(info.context, "vault")  # type: ignore[return-value]


@strawberry.type
class Deed:
    done: int
    rock: Rock | None


@strawberry.type
class Mutation:
    @strawberry.mutation
    async def build(self, info: Info, box: Box) -> Deed:
        info.context.done.append(f"build {box.label}")
        await asyncio.sleep(0)
        info.context.dare("build")
        return Deed(done=len(info.context.done), rock=Stone(info.context, "built"))  # type: ignore[arg-type]

    @strawberry.mutation
    def wreck(self, info: Info, code: str = "w") -> Rock | None:
        info.context.done.append(f"wreck {code}")
        return info.context.pick([Stone(info.context, code), None], [ValueError("unwreckable"), 3], "wreck", code)

    @strawberry.mutation
    async def count(self, info: Info, by: int = 1) -> int:
        info.context.done.append(f"count {by}")
        return info.context.pick([len(info.context.done)], [None, "x", ValueError("uncountable")], "count", by)

    @strawberry.mutation(permission_classes=[Slow])
    def many(self, info: Info) -> list[Rock | None]:
        info.context.done.append("many")
        return (each for each in stones(info.context, "many"))  # type: ignore[return-value]

    @strawberry.mutation
    def promised(self, info: Info) -> list[str]:
        info.context.done.append("promised")
        second = info.context.pick(["b"], [None, 5, "late", "late"], "promised")
        return [later("a"), later(ValueError("broken")) if second == "late" else second]


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def rolling(self, info: Info, code: str = "s") -> AsyncGenerator[Rock, None]:
        info.context.dare("rolling")
        for number in range(3):
            yield info.context.pick([Stone(info.context, f"{code}{number}")], [None, ValueError("stuck")], number)
            info.context.fresh()

    @strawberry.subscription
    async def visits(self, info: Info) -> AsyncGenerator[Pet | None, None]:
        for number in range(3):
            yield pet(info.context, f"v{number}")
        info.context.dare("visits")

    @strawberry.subscription
    async def ticks(self, info: Info, to: int = 2) -> AsyncGenerator[int, None]:
        for number in range(max(0, min(to, 3))):
            yield info.context.pick([number], ["x", None], "tick", number)


TYPES: dict[str, Any] = {
    "query": Query,
    "mutation": Mutation,
    "subscription": Subscription,
    "types": [Cat, Dog, Fish],
    "config": CONFIG,
}
"""How a schema of any class is made of this."""

VALUES: dict[str, list[Any]] = {
    "Odd": [1, 3, 5],
    "DateTime": ["2026-03-01T12:00:00+00:00"],
    "described.odd": [1, 3, 2],
}
"""What scalars and arguments are given, for tests.random_documents."""

SELDOM = {"generated", "streamed", "many", "promised"}
"""What can be gone through or waited for once only is left to graphql-core, and everything that stands beside it."""
