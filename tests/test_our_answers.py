"""Our own schema answers the same under plans: random queries and subscriptions over real rows, asked by everybody."""

import json
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from random import Random

import pytest
from graphql import OperationType

from pubsub import followers
from pubsub.followers import Batch, Follower, Over
from pubsub.reader import Reading
from schema.compiled.schema import COMPILED
from schema.schema import schema
from tests.both_ways import EXPECTED, compiling, failed, plainly
from tests.community import Community
from tests.our_documents import context_of, maker
from tests.random_documents import Made
from tests.scenes import Scene, prepared
from tests.servers import Served

QUERIES = 200
SUBSCRIPTIONS = 200


@pytest.fixture(scope="module")
async def scene(served: Served) -> AsyncIterator[Scene]:
    async with Community.on(served) as community:
        yield await prepared(community)


@pytest.fixture
def streams_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every stream completes when all that was logged has been told."""

    def ending(follower: Follower, reading: Reading | Exception | None) -> Batch:
        batch = followers.batch_of(follower, reading)
        last = batch.rows[-1].number if batch.rows else follower.position
        at_head = isinstance(reading, Reading) and last == reading.head
        return replace(batch, ending=batch.ending or (Over() if at_head else None))

    monkeypatch.setattr("pubsub.hub.batch_of", ending)
    monkeypatch.setattr("pubsub.pump.batch_of", ending)


async def test_queries(scene: Scene, served: Served, swiftly: None) -> None:
    seen = Counter()
    for seed in range(QUERIES):
        made = maker(scene, Random(f"query {seed}")).document(OperationType.QUERY)
        seen += await asked(scene, served, made, seed)
    assert_meaningful(seen, QUERIES)


async def test_subscriptions(scene: Scene, served: Served, swiftly: None, streams_end: None) -> None:
    seen = Counter()
    for seed in range(SUBSCRIPTIONS):
        made = maker(scene, Random(f"subscription {seed}")).document(OperationType.SUBSCRIPTION)
        seen += await asked(scene, served, made, seed)
    assert_meaningful(seen, SUBSCRIPTIONS)


async def asked(scene: Scene, served: Served, made: Made, seed: int) -> Counter[str]:
    """One document, asked by two people with variables of their own; the compiling schema is asked until it has a plan."""
    seen: Counter[str] = Counter()
    people = Random(seed).choices(scene.people, weights=[4, 3, 3, 1, 1, 1], k=2)
    for number, (person, given) in enumerate(zip(people, made.variables, strict=True)):
        right = await plainly(schema, made, given, await context_of(person, served.clock))
        for _ in range(2 - number):
            before = schema.tally.copy()
            found = await compiling(schema, made, given, await context_of(person, served.clock))
            where = f"\n{made.text}\n{json.dumps(given)}\n{person.name}, seed {seed}"
            assert found == right, where
            ways = schema.tally - before
            if not failed(right):
                assert ways.keys() <= EXPECTED, f"{ways}{where}"
        seen["errors" if failed(right) else "data"] += 1
        seen[COMPILED] += COMPILED in ways
    return seen


def assert_meaningful(seen: Counter[str], documents: int) -> None:
    print(seen)
