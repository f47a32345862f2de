"""Our own mutations do the same under plans: long stories at random, each lived twice from equal databases."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from random import Random
from typing import Any

import asyncpg
import pytest
from graphql import OperationType

from schema.compiled.schema import COMPILED
from schema.context import Context
from schema.schema import schema
from tests.both_ways import compiling, plainly
from tests.community import Community, Person
from tests.invariants import invariants
from tests.neutral import Names
from tests.our_documents import context_of, maker
from tests.random_documents import Made
from tests.scenes import Scene, prepared
from tests.servers import Databases, served_here, settings_for

STORIES = 3
DOCUMENTS = 135
"""Of each story."""

LOOK_EVERY = 25
"""After so many documents all rows are looked at."""

ENDINGS = {
    *("endMatch", "leaveGroup", "removeMember", "blockUser", "advanceProgram", "setGroupRole", "withdrawSignUp"),
    *("deletePost", "deleteComment", "deleteMessage", "logOut", "logOutEverywhere", "deleteAccount", "endSession"),
    *("changeEmail", "changePassword", "resetPassword", "verifyEmail", "requestEmailVerification"),
    "requestPasswordReset",
}
"""What leaves less to be done by those who come after, or is about oneself: only the last third may do it."""

Way = Callable[[Any, Made, dict[str, Any], Context], Awaitable[list[str]]]


@dataclass(frozen=True)
class Act:
    """A document that somebody sends."""

    made: Made
    given: dict[str, Any]
    person: Person


def told(story: int, scene: Scene) -> list[list[Act]]:
    """Each document is sent three times, by whoever it may be: the compiling schema has a plan the second time."""
    every = sorted(schema._schema.mutation_type.fields)
    chapters = []
    for seed in range(DOCUMENTS):
        random = Random(f"mutation {story} {seed}")
        fields = every if seed > DOCUMENTS * 2 / 3 else sorted(set(every) - ENDINGS)
        made = maker(scene, random).document(OperationType.MUTATION, fields=fields)
        people = random.choices(scene.people, weights=[8, 8, 4, 2, 1, 1], k=3)
        given = [made.variables[0], *made.variables]
        chapters.append([Act(made, *each) for each in zip(given, people, strict=True)])
    return chapters


async def lived(url: str, redis_url: str, chapters: list[list[Act]], way: Way) -> tuple[list[Any], list[Any]]:
    """The answers to all acts, and all rows as they were from time to time."""
    answers: list[Any] = []
    rows: list[Any] = []
    database = await asyncpg.connect(url)
    async with served_here(settings_for(url, redis_url)) as served:
        names = await Names.on(database)
        for number, acts in enumerate(chapters, 1):
            for act in acts:
                served.clock.advance(seconds=1)
                found = await way(schema, act.made, act.given, await context_of(act.person, served.clock))
                answers.append([names.answer(json.loads(each)) for each in found])
            if number % LOOK_EVERY == 0:
                rows.append(await names.rows(database))
        await invariants(database)
    await database.close()
    return answers, rows


@pytest.mark.parametrize("story", range(STORIES))
async def test_one_story_lived_twice(databases: Databases, redis_url: str, swiftly: None, story: int) -> None:
    """Each act is answered alike, and leaves the same rows: nothing was done twice, and nothing left undone."""
    async with databases.fresh() as url:
        async with served_here(settings_for(url, redis_url)) as served, Community.on(served) as community:
            scene = await prepared(community)
        chapters = told(story, scene)
        copies = Databases(url, url.rpartition("/")[2])
        async with copies.fresh() as one, copies.fresh() as other:
            right, left_right = await lived(one, redis_url, chapters, plainly)
            before = schema.tally.copy()
            found, left = await lived(other, redis_url, chapters, compiling)
    acts = [act for each in chapters for act in each]
    for act, answer, expected in zip(acts, found, right, strict=True):
        where = f"{act.person.name}\n{act.made.text}\n{json.dumps(act.given)}"
        assert json.dumps(answer) == json.dumps(expected), where
    for number, (rows, expected) in enumerate(zip(left, left_right, strict=True), 1):
        assert rows == expected, f"after {number * LOOK_EVERY} documents"
    ways = schema.tally - before
    assert ways[COMPILED] >= 0.9 * DOCUMENTS, ways
    happened = {row.split(",")[2] for row in left[-1]["activity"]}
    assert len(happened) >= 8, f"much of what can happen did: {happened}"
