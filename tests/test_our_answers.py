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

QUERIES = 1_000
SUBSCRIPTIONS = 300


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


@pytest.mark.parametrize("part", range(5))
async def test_queries(scene: Scene, served: Served, swiftly: None, part: int) -> None:
    await alike(scene, served, OperationType.QUERY, range(part * QUERIES // 5, (part + 1) * QUERIES // 5))


@pytest.mark.parametrize("part", range(2))
async def test_subscriptions(scene: Scene, served: Served, swiftly: None, streams_end: None, part: int) -> None:
    kind, half = OperationType.SUBSCRIPTION, SUBSCRIPTIONS // 2
    await alike(scene, served, kind, range(part * half, (part + 1) * half))


async def alike(scene: Scene, served: Served, kind: OperationType, seeds: range) -> None:
    """Whatever is asked is answered alike, and most of it by plans."""
    seen: Counter[str] = Counter()
    for seed in seeds:
        made = maker(scene, Random(f"{kind.value} {seed}")).document(kind)
        seen += await asked(scene, served, made, seed)
    documents = len(seeds)
    if kind is OperationType.QUERY:
        assert seen[COMPILED] >= 0.7 * documents and seen["errors"] >= 0.05 * documents, seen
    else:
        assert seen[COMPILED] >= 0.5 * documents, f"{seen}: many were refused, or had nothing to tell"


async def asked(scene: Scene, served: Served, made: Made, seed: int) -> Counter[str]:
    """One document, asked by two people with variables of their own; the compiling schema until it has a plan."""
    people = Random(seed).choices(scene.people, weights=[4, 3, 3, 1, 1, 1], k=2)
    reached: set[str] = set()
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
            reached |= ways.keys()
        reached.add("errors" if failed(right) else "data")
    return Counter(reached)
