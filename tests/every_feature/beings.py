"""Objects that lead to each other: rocks, an interface, a union, and types that are told at once or late."""

import asyncio
from typing import Annotated, Any

import strawberry
from graphql import GraphQLResolveInfo
from strawberry import Parent

from tests.every_feature.rocks import Leaves
from tests.every_feature.stones import Stone, stones
from tests.every_feature.world import Info, World, later, trail_of


@strawberry.type
class Rock(Leaves):
    below: "Rock | None"
    beside: "list[Rock]"

    @strawberry.field
    async def squared_rocks(self: Stone, info: Info) -> "list[Rock]":
        await info.context.loader.load(len(self.trail))
        return await later(self.beside)

    @strawberry.field
    def pets(root: Parent[Stone], info: Info, first: int = 2) -> "list[Pet]":
        bad = [None, 3, [3], [None], [Stone(root.world, "?"), ValueError("petless")]]
        good = [pet(info.context, f"{root.trail}p{number}") for number in range(max(0, min(first, 4)))]
        return info.context.pick([good, tuple(good)], bad, root.trail, "pets")

    @strawberry.field
    async def keeper(self: Stone, info: Info) -> "Being | None":
        return await later(being(info.context, self.trail + "k"))


@strawberry.interface
class Being:
    id: strawberry.ID
    name: str | None

    @strawberry.field
    def kin(self, info: Info, most: int | None = 2) -> "list[Being | None]":
        info.context.dare(trail_of(self), "kin")
        made = [being(info.context, f"{trail_of(self)}.{number}") for number in range(max(0, min(most or 0, 3)))]
        return info.context.pick([made, [*made, None]], [None, [*made, ValueError("lost")]], trail_of(self), "kin")


@strawberry.type
class Cat(Being):
    trail: strawberry.Private[str]
    lives: int

    @strawberry.field
    async def naps(self, info: Info) -> list[str]:
        await asyncio.sleep(0)
        info.context.dare(self.trail, "naps")
        return ["sofa", "bed"]

    @strawberry.field
    def prey(self, info: Info) -> "Dog | None":
        return info.context.pick([dog(info.context, self.trail + "d"), None], [7], self.trail, "prey")


@strawberry.type
class Dog(Being):
    trail: strawberry.Private[str]
    loud: bool

    @classmethod
    def is_type_of(cls, value: object, info: GraphQLResolveInfo) -> bool:
        """Told by its class, as our rows are."""
        return type(value) is Dog

    is_type_of.__func__.by_class = True  # type: ignore[attr-defined]

    @strawberry.field
    def lives(self, info: Info) -> int:
        return info.context.pick([1], [None, ValueError("lifeless")], self.trail, "lives")

    @strawberry.field
    def rock(self, info: Info) -> Rock:
        return info.context.pick([Stone(info.context, self.trail)], [None, ValueError("dug in")], self.trail, "rock")


@strawberry.type
class Fish(Being):
    trail: strawberry.Private[str]
    depth: float

    @classmethod
    async def is_type_of(cls, value: object, info: GraphQLResolveInfo) -> bool:
        """Told late."""
        return type(value) is Fish


@strawberry.type
class Ghost:
    trail: strawberry.Private[str]
    name: str

    @strawberry.field
    def haunts(self, info: Info) -> list[list[Rock | None]]:
        found = [stones(info.context, self.trail + "h"), [None]]
        return info.context.pick([found], [None, [None], [found[0], ValueError("gone")]], self.trail, "haunts")


Pet = Annotated[Cat | Dog | Ghost, strawberry.union("Pet")]


def _name(world: World, trail: str) -> Any:
    return world.pick(["Minka", None], [ValueError("nameless"), []], trail, "name")


def dog(world: World, trail: str) -> Dog:
    """A dog."""
    return Dog(id=strawberry.ID(trail), name=_name(world, trail), trail=trail, loud=True)


def being(world: World, trail: str) -> Any:
    """A cat, a dog or a fish."""
    kind = world.roll("being", trail)
    if kind < 0.3:
        return dog(world, trail)
    if kind < 0.34:
        return Fish(id=strawberry.ID(trail), name=_name(world, trail), trail=trail, depth=2.5)
    lives = world.pick([9, 7], [None, "many"], trail, "lives")
    return Cat(id=strawberry.ID(trail), name=_name(world, trail), trail=trail, lives=lives)


def pet(world: World, trail: str) -> Any:
    """A cat, a dog or a ghost, now and then something else if there is trouble."""
    if world.roll("pet", trail) < 0.3:
        return Ghost(trail=trail, name="Boo")
    found = being(world, trail)
    if isinstance(found, Fish) and not world.trouble:
        return dog(world, trail)
    return found
