"""The same answers: thousands of documents made at random, answered by compiled plans and by graphql-core."""

import asyncio
import json
import logging
from collections import Counter
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
import strawberry
from graphql import OperationType

from schema.compiled.schema import COMPILED, CompilingSchema
from tests.every_feature.schema import TYPES
from tests.every_feature.world import World
from tests.random_documents import Made, Maker

VALUES = {
    "Odd": [1, 3, 5],
    "DateTime": ["2026-03-01T12:00:00+00:00"],
    "described.odd": [1, 3, 2],
}
LEFT_TO_CORE = {"a list that is no collection", "a type that is told later", "a condition that is null"}
"""Why a document that has no errors may still be left to graphql-core: iterators, async is_type_of, @skip(if: null)."""


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Strawberry logs every error with its traceback, which here would take longer than the operation."""
    logger = logging.getLogger("strawberry.execution")
    logger.disabled = True
    yield
    logger.disabled = False


def compiling() -> CompilingSchema:
    return CompilingSchema(renew=World.fresh, **TYPES)


def told(result: Any) -> str:
    """All that a client sees, with its keys in their order."""
    errors = [error.formatted for error in result.errors or ()]
    return json.dumps([type(result).__name__, result.data, errors, result.extensions], default=str)


async def answer(schema: Any, made: Made, given: dict[str, Any], world: World) -> list[str]:
    """What one operation answers: a subscription, event by event."""
    taken = {"variable_values": given, "context_value": world, "operation_name": made.operation}
    if made.text.find("subscription") < 0:
        return [told(await schema.execute(made.text, **taken))]
    stream = await schema.stream(made.text, **taken)
    return [told(result) async for result in stream]


async def compare(
    plain: strawberry.Schema, compiled: CompilingSchema, made: Made, seed: int, trouble: float, seen: Counter[str]
) -> None:
    """Run the document with each of its sets of variables under both, the compiling schema until it has a plan."""
    for number, given in enumerate(made.variables):
        world = World(seed, trouble)
        try:
            right = await answer(plain, made, given, world)
        except asyncio.CancelledError:
            seen["cancelled"] += 1  # graphql-core cancels a future that two fields wait for, when one of them fails
            continue
        for _ in range(2 - number):
            before = compiled.tally.copy()
            own = World(seed, trouble)
            found = await answer(compiled, made, given, own)
            where = f"\n{made.text}\n{json.dumps(given)}\nseed {seed}, trouble {trouble}"
            assert found == right, where
            assert own.done == world.done, f"not executed as often{where}"
            ways = compiled.tally - before
            seen.update(ways)
            if not ways:
                seen["not executed"] += 1  # not valid, or a subscription in which nothing happened
                continue
            if not any('"message"' in each for each in right):
                odd = ways.keys() - {COMPILED, "first time", *LEFT_TO_CORE}
                assert not odd, f"{odd}{where}"


@pytest.mark.parametrize("kind", list(OperationType), ids=lambda kind: kind.value)
@pytest.mark.parametrize("trouble", [0.0, 0.004, 0.1], ids=["no trouble", "little trouble", "much trouble"])
async def test_of_every_feature(kind: OperationType, trouble: float) -> None:
    plain, compiled = strawberry.Schema(**TYPES), compiling()
    seen: Counter[str] = Counter()
    documents = 800 if kind is OperationType.QUERY else 500
    for seed in range(documents):
        maker = Maker(plain._schema, Random(f"{kind} {trouble} {seed}"), VALUES)
        await compare(plain, compiled, maker.document(kind), seed, trouble, seen)
    assert seen[COMPILED] > documents // 2, seen
    assert seen["not executed"] < documents and seen["cancelled"] < 5, seen
