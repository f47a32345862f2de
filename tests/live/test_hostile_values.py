"""Every mutation by everybody, all of it good but one value: nothing fails, leaks, or is written by half."""

import json
import logging
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from random import Random
from typing import Any
from uuid import UUID

import pytest
from graphql import GraphQLField

from schema.node import NODES
from tests.community import Community
from tests.hostile_arguments import document
from tests.hostile_values import Nearly, in_turn
from tests.listening import Ears
from tests.live.test_hostile_inputs import codes_of, fingerprint, tried
from tests.our_documents import values
from tests.privacy_matrix.acts import own
from tests.privacy_matrix.canaries import escaped, let_loose
from tests.privacy_matrix.questions import beneath
from tests.privacy_matrix.relations import Relations
from tests.privacy_matrix.world import NOBODY, World, told
from tests.scenes import Scene
from tests.selections import object_type
from tests.servers import Databases, Served, served_here, settings_for

CASES = 2
"""Of each mutation for each who asks."""

STRANGERS = ("outsider", "another group's admin", "another pair's mentor")
"""Who listens meanwhile, and hears nothing of what the pair writes."""

NEXT_TRANSACTION = "SELECT pg_snapshot_xmax(pg_current_snapshot())::text"


@dataclass
class Figures:
    """What was tried and how it ended. `deep` were refused after they had begun to write or to lock."""

    mutations: int = 0
    askers: int = 0
    cases: int = 0
    done: int = 0
    deep: int = 0
    codes: Counter[str] = field(default_factory=Counter)


@pytest.fixture(scope="module")
async def served(databases: Databases, redis_url: str) -> AsyncIterator[Served]:
    async with databases.fresh() as url:
        settings = settings_for(url, redis_url, writes_burst=1_000_000, max_aliases=10_000, max_cost=10_000_000)
        async with served_here(settings) as running:
            yield running


class Attack:
    """The tries at one world, one after the other, and what is looked at after each."""

    def __init__(self, world: World, born: dict[str, UUID]) -> None:
        self.world, self.born, self.figures = world, born, Figures(askers=len(world.askers))
        self.relations = world.relations
        self.ids = [each for name in NODES for each in world.ids(name)]
        newest = {name: own(world, "mentor", name) for name in NODES}
        self.good = values(Scene(world.pair, newest, list(world.askers.values()), world.slugs[0]))
        self.rows, self.next = "", ""

    async def look(self) -> bool:
        """Whether a row was written since the last time. Without a transaction of its own nothing can have been."""
        following = await self.world.community.database.fetchval(NEXT_TRANSACTION)
        if following == self.next:
            return False
        rows, self.next = await fingerprint(self.world.community), following
        changed, self.rows = rows != self.rows, rows
        return changed

    async def one(self, asker: str, name: str, each: GraphQLField, number: int) -> None:
        """One try. Raises AssertionError for what must not be."""
        world = self.world
        nearly = Nearly(Random(f"{name} {asker} {number}"), self.good, self.ids, lambda of: own(world, asker, of))
        given, before = nearly.given(each), self.next
        raw, answer = await tried(world.askers[asker], document(name, each), given)
        codes, where = codes_of(answer), f"{name} as {asker}: {json.dumps(given)[:2_000]}\n{raw[:1_000]}"
        assert "INTERNAL" not in codes, where
        if await self.look():
            assert not codes, f"a refused act has written\n{where}"
            self.relations = await Relations.now(world.community.database)
        assert not list(escaped(raw, self.born, world.person_id(asker), self.relations)), where
        self.figures.cases += 1
        self.figures.done += not codes
        self.figures.deep += bool(codes) and self.next != before
        self.figures.codes.update(codes[:1])


async def words_everywhere(community: Community) -> dict[str, UUID]:
    """A canary in each text; but those passwords stay what they are, which their owners say in some of the acts."""
    hashes = await community.database.fetch("SELECT id, password_hash FROM users")
    born = await let_loose(community.database)
    await community.database.executemany("UPDATE users SET password_hash = $2 WHERE id = $1", hashes)
    return born


async def listening(world: World, doors: AsyncExitStack) -> dict[str, Ears]:
    """What strangers hear of their own."""
    stream = object_type("Subscription").fields["viewerActivity"]
    text = f"subscription {{ viewerActivity {beneath(stream, deep=1)} }}"
    return {asker: await doors.enter_async_context(world.askers[asker].hears(text)) for asker in STRANGERS}


@pytest.mark.timeout(900)
async def test_one_hostile_value_makes_nothing_fail_leak_or_be_written_by_half(
    community: Community, figures: Callable[[str, dict[str, Any]], None], caplog: pytest.LogCaptureFixture
) -> None:
    """Everybody of the privacy matrix, with a word of its own in each text that there is; the seeds are the names."""
    caplog.set_level(logging.INFO)
    world = await told(community)
    attack = Attack(world, await words_everywhere(community))
    async with AsyncExitStack() as doors:
        strangers = await listening(world, doors)
        await attack.look()
        for name, each in in_turn().items():
            attack.figures.mutations += 1
            for asker in world.askers:
                for number in range(1 if asker in NOBODY else CASES):
                    await attack.one(asker, name, each, number)
        heard = {asker: [ears.take() for _ in range(ears.waiting())] for asker, ears in strangers.items()}
    figures("hostile_values", vars(attack.figures))
    assert "canary" not in caplog.text
    for asker, events in heard.items():
        for table in ("posts", "comments", "messages", "check_ins"):
            assert f"canary-{table}-" not in json.dumps(events), asker
    assert attack.figures.done > attack.figures.mutations, f"too few get far enough: {attack.figures}"
    assert attack.figures.deep > attack.figures.mutations, f"too few are refused deep inside: {attack.figures}"
