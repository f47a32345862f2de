"""A schema with every feature of Strawberry that ours may use, whose resolvers wait, raise and give nonsense."""

import asyncio
import json
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from functools import cached_property
from typing import Annotated, Any, NewType
from uuid import UUID
from zlib import crc32

import strawberry
from graphql import GraphQLResolveInfo
from strawberry import Parent
from strawberry.dataloader import DataLoader
from strawberry.extensions import FieldExtension
from strawberry.permission import BasePermission, PermissionExtension
from strawberry.schema.config import StrawberryConfig
from strawberry.types import Info as StrawberryInfo

from schema.compiled.calls import SAME_FOR_ALL

Odd = NewType("Odd", int)


@dataclass
class World:
    """What an operation is executed with. The same seed makes the same things; `trouble` is how often one is bad."""

    seed: int
    trouble: float
    done: list[str] = field(default_factory=list)
    """The mutations that were executed."""
    batches: list[list[int]] = field(default_factory=list)
    """The keys that the loader was asked for."""

    def roll(self, *words: object) -> float:
        """A number from 0 to 1 for these words."""
        return crc32(json.dumps([self.seed, *words], default=str).encode()) / 2**32

    def pick(self, good: list[Any], bad: list[Any], *words: object) -> Any:
        """One of the good values, or, if there is trouble, of the bad ones."""
        if self.roll("trouble", *words) < self.trouble:
            return bad[int(self.roll("bad", *words) * len(bad))]
        return good[int(self.roll("good", *words) * len(good))]

    def dare(self, *words: object) -> None:
        """Raise if there is trouble."""
        if self.roll("dare", *words) < self.trouble:
            raise ValueError(f"trouble with {words}")

    @cached_property
    def loader(self) -> DataLoader[int, int]:
        """Squares of numbers; those of the multiples of seven it cannot find if there is trouble."""

        async def load(keys: list[int]) -> list[Any]:
            self.batches.append(list(keys))
            await asyncio.sleep(0)
            return [ValueError(f"no square of {key}") if self.trouble and key % 7 == 0 else key * key for key in keys]

        return DataLoader(load_fn=load)

    def fresh(self) -> None:
        """Forget what was loaded."""
        self.__dict__.pop("loader", None)


Info = StrawberryInfo[World, Any]


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


class Shy(BasePermission):
    """Lets nobody see what is troubled."""

    message = "It is shy."
    error_extensions = {"code": "SHY"}

    def has_permission(self, source: Any, info: Info, **kwargs: Any) -> bool:
        return info.context.roll("shy", trail_of(source)) >= info.context.trouble


class Slow(BasePermission):
    """The same, told later."""

    message = "It is slow."

    async def has_permission(self, source: Any, info: Info, **kwargs: Any) -> bool:
        await asyncio.sleep(0)
        return info.context.roll("slow", trail_of(source), sorted(kwargs)) >= info.context.trouble


class Louder(FieldExtension):
    """Adds an argument's worth of noise to a text."""

    def resolve(self, next_: Any, source: Any, info: Info, **kwargs: Any) -> Any:
        found = next_(source, info, **kwargs)
        return found.upper() if isinstance(found, str) else found


class Later(FieldExtension):
    """Waits before it gives what it was given."""

    async def resolve_async(self, next_: Any, source: Any, info: Info, **kwargs: Any) -> Any:
        await asyncio.sleep(0)
        return await next_(source, info, **kwargs)


def trail_of(source: object) -> str:
    """How an object was come by."""
    return getattr(source, "trail", "")


async def later(value: Any) -> Any:
    """A value that has to be waited for."""
    await asyncio.sleep(0)
    if isinstance(value, Exception):
        raise value
    return value


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


@strawberry.type
class Rock:
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
    below: "Rock | None"
    beside: "list[Rock]"

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
    async def squared_rocks(self: Stone, info: Info) -> "list[Rock]":
        await info.context.loader.load(len(self.trail))
        return await later(self.beside)

    @strawberry.field
    def described(self: Stone, box: Box | None = None, colour: Colour = Colour.RED, odd: Odd | None = None) -> str:
        self.world.dare(self.trail, "described", str(colour))
        return f"{self.trail} {box} {colour} {odd}"

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
    if kind < 0.5:
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
        return [later("a"), info.context.pick(["b"], [None, 5], "promised")]


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


def _odd(value: Any) -> Any:
    if type(value) is not int or value % 2 == 0:
        raise ValueError(f"{value!r} is not odd")
    return value


CONFIG = StrawberryConfig(
    scalar_map={Odd: strawberry.scalar(name="Odd", serialize=lambda value: f"odd {_odd(value)}", parse_value=_odd)}
)
TYPES: dict[str, Any] = {
    "query": Query,
    "mutation": Mutation,
    "subscription": Subscription,
    "types": [Cat, Dog, Fish],
    "config": CONFIG,
}
"""How a schema of any class is made of this."""
