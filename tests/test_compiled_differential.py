"""The same answers: thousands of documents made at random, answered by compiled plans and by graphql-core."""

import asyncio
import json
from collections import Counter
from random import Random

import pytest
import strawberry
from graphql import OperationType

from schema.compiled.schema import COMPILED, CompilingSchema
from tests.both_ways import EXPECTED, compiling, failed, plainly
from tests.every_feature.schema import SELDOM, TYPES, VALUES
from tests.every_feature.world import World
from tests.random_documents import Made, Maker

DOCUMENTS = {OperationType.QUERY: 560, OperationType.MUTATION: 300, OperationType.SUBSCRIPTION: 260}
"""Of each kind and measure of trouble. With those of tests/test_our_*.py there are more than 5,000."""


async def compare(
    plain: strawberry.Schema, schema: CompilingSchema, made: Made, seed: int, trouble: float, seen: Counter[str]
) -> None:
    """Run the document with each of its sets of variables under both, the compiling schema until it has a plan."""
    reached: set[str] = set()
    for number, given in enumerate(made.variables):
        world = World(seed, trouble)
        try:
            right = await plainly(plain, made, given, world)
        except asyncio.CancelledError:
            seen["cancelled"] += 1  # graphql-core cancels a future that two fields wait for, when one of them fails
            continue
        for _ in range(2 - number):
            before = schema.tally.copy()
            own = World(seed, trouble)
            found = await compiling(schema, made, given, own)
            where = f"\n{made.text}\n{json.dumps(given)}\nseed {seed}, trouble {trouble}"
            assert found == right, where
            assert own.done == world.done, f"not executed as often{where}"
            ways = schema.tally - before
            reached |= ways.keys()
            if not failed(right):
                assert ways.keys() <= EXPECTED, f"{ways}{where}"
    seen["finished"] += COMPILED in reached
    seen["begun"] += bool(reached & {COMPILED, "raised"})


@pytest.mark.parametrize("kind", list(OperationType), ids=lambda kind: kind.value)
@pytest.mark.parametrize(
    ("trouble", "share"),
    [(0.0, 0.65), (0.004, 0.45), (0.1, 0.27)],
    ids=["no trouble", "little trouble", "much trouble"],
)
async def test_of_every_feature(kind: OperationType, trouble: float, share: float, swiftly: None) -> None:
    """`share`: of so many documents an answer was finished by a plan. Those that only began under one, since something
    raised, were compared as well."""
    plain, schema = strawberry.Schema(**TYPES), CompilingSchema(renew=World.fresh, **TYPES)
    seen: Counter[str] = Counter()
    documents = DOCUMENTS[kind]
    for seed in range(documents):
        maker = Maker(plain._schema, Random(f"{kind} {trouble} {seed}"), VALUES, seldom=SELDOM)
        await compare(plain, schema, maker.document(kind), seed, trouble, seen)
    assert seen["finished"] >= share * documents and seen["begun"] >= 0.6 * documents, (seen, schema.tally)
    assert seen["cancelled"] < 5, seen


async def test_each_call_is_given_an_input_of_its_own() -> None:
    """`described` changes the box that it was given."""
    plain, schema = strawberry.Schema(**TYPES), CompilingSchema(renew=World.fresh, **TYPES)
    made = Made("{ rocks(first: 3) { described(box: {size: 1}) } }", OperationType.QUERY, None, [{}, {}])
    seen: Counter[str] = Counter()
    await compare(plain, schema, made, 1, 0.0, seen)
    assert seen["finished"] and "!" not in json.dumps(await compiling(schema, made, {}, World(1, 0.0)))
