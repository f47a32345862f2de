"""Operations that are given up under a plan, and mutations that break in the middle: nothing runs on, or runs twice."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
import strawberry
from strawberry.dataloader import DataLoader
from strawberry.types import Info as StrawberryInfo

from schema.compiled.schema import COMPILED, FIRST_TIME, CompilingSchema
from tests.both_ways import told
from tests.complaints import left_behind


@dataclass
class Shop:
    """What operations do and wait for. Whoever has to wait does so until the shop opens."""

    done: list[str] = field(default_factory=list)
    inside: int = 0
    opens: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.prices: DataLoader[str, int] = DataLoader(load_fn=self._read)

    async def _read(self, names: list[str]) -> list[int]:
        await self.waiting()
        return [len(name) for name in names]

    async def waiting(self) -> None:
        self.inside += 1
        try:
            await self.opens.wait()
        finally:
            self.inside -= 1


Info = StrawberryInfo[Shop, None]


@strawberry.type
class Thing:
    name: str

    @strawberry.field
    async def price(self, info: Info) -> int:
        return await info.context.prices.load(self.name)

    @strawberry.field
    def shared_price(self, info: Info) -> int:
        return info.context.prices.load(self.name)  # type: ignore[return-value]

    @strawberry.field
    def looked_at(self, info: Info) -> bool:
        info.context.done.append(f"look at {self.name}")
        return True

    @strawberry.field
    async def stock(self, info: Info) -> int:
        await info.context.waiting()
        return 1


@strawberry.type
class Query:
    @strawberry.field
    async def things(self) -> list[Thing]:
        return [Thing(name="soap"), Thing(name="tea")]


@strawberry.type
class Mutation:
    @strawberry.mutation
    async def buy(self, info: Info, name: str | None) -> Thing:
        await asyncio.sleep(0)
        info.context.done.append(f"buy {name}")
        return Thing(name=name)  # type: ignore[arg-type]  # None cannot be completed

    @strawberry.mutation
    def steal(self, info: Info) -> Thing | None:
        info.context.done.append("steal")
        raise ValueError("Stop, thief!")

    @strawberry.mutation
    async def queue(self, info: Info) -> int:
        info.context.done.append("queue")
        await info.context.waiting()
        return 1


@pytest.fixture
def schema() -> CompilingSchema:
    return CompilingSchema(query=Query, mutation=Mutation)


async def until(holds: Callable[[], bool]) -> None:
    """Return as soon as it holds."""
    async with asyncio.timeout(5):
        while not holds():  # noqa: ASYNC110
            await asyncio.sleep(0)


@asynccontextmanager
async def given_up(schema: CompilingSchema, text: str, shop: Shop, *, inside: int) -> AsyncIterator[None]:
    """An operation runs under a plan, and is cancelled when the block ends, when so many wait in the shop."""
    open_shop = Shop()
    open_shop.opens.set()
    await schema.execute(text, context_value=open_shop)
    running = asyncio.create_task(schema.execute(text, context_value=shop))
    await until(lambda: shop.inside == inside)
    yield
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


async def test_nothing_runs_on_when_a_query_is_given_up(schema: CompilingSchema) -> None:
    shop = Shop()
    with left_behind() as left:
        async with given_up(schema, "{ things { stock price } }", shop, inside=3):
            assert shop.inside == 3, "two who ask for stock, and the loader"
        shop.opens.set()
        await until(lambda: not shop.inside)
    assert not left
    assert schema.tally == {FIRST_TIME: 1}


async def test_who_waits_for_the_same_rows_gets_them_when_another_gives_up(schema: CompilingSchema) -> None:
    """Both have the same loaders, as those who are told of one event have."""
    shop = Shop()
    text = "{ things { sharedPrice } }"
    async with given_up(schema, text, shop, inside=1):
        other = asyncio.create_task(schema.execute(text, context_value=shop))
        await asyncio.sleep(0.01)
    shop.opens.set()
    result = await asyncio.wait_for(other, 5)
    assert result.data == {"things": [{"sharedPrice": 4}, {"sharedPrice": 3}]} and not result.errors
    assert schema.tally == {FIRST_TIME: 1, COMPILED: 1}


async def test_a_mutation_that_is_given_up_does_nothing_more(schema: CompilingSchema) -> None:
    shop = Shop()
    text = '{ buy(name: "soap") { name } queue last: buy(name: "tea") { name } }'
    with left_behind() as left:
        async with given_up(schema, f"mutation {text}", shop, inside=1):
            pass
    assert shop.done == ["buy soap", "queue"] and shop.inside == 0 and not left


@pytest.mark.parametrize(
    "text",
    [
        'mutation { buy(name: "soap") { name lookedAt } steal { name } last: buy(name: "tea") { name } }',
        'mutation { steal { name } last: buy(name: "tea") { name } again: steal { name } }',
        'mutation { buy(name: "soap") { name } nothing: buy(name: null) { name } last: buy(name: "tea") { name } }',
        'mutation { nothing: buy(name: null) { price name } last: buy(name: "tea") { name } }',
    ],
)
async def test_a_mutation_that_breaks_does_each_thing_once(schema: CompilingSchema, text: str) -> None:
    """Its first field is done and answered, the second is done and breaks, and the last has its turn."""
    shops = [Shop() for _ in range(4)]
    for each in shops:
        each.opens.set()
    right = await strawberry.Schema.execute(schema, text, context_value=shops[0])
    for shop in shops[1:]:
        found = await schema.execute(text, context_value=shop)
        assert told(found) == told(right)
        assert shop.done == shops[0].done
