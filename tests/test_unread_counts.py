"""What is unread, counted while everything happens at once, and without reading what was written."""

import asyncio
import random
import re

from tests.community import Community, Person
from tests.documents import (
    DELETE_MESSAGE,
    DELETE_POST,
)
from tests.invariants import invariants
from tests.racing import all_at_once
from tests.servers import Served
from tests.statements import counted
from tests.test_read_states import head, post, read, say, unread


async def test_reading_while_the_other_one_writes_counts_all_that_comes_after(community: Community) -> None:
    """All wait for the match's row at once, and go on one after the other: marks, messages and deletions."""
    pair = await community.pair()
    gone = [await say(pair.mentor, pair) for _ in range(2)]
    cursor = await head(pair.mentee, pair)
    async with all_at_once(community, "matches", 8):
        tasks = [asyncio.create_task(say(pair.mentor, pair)) for _ in range(4)]
        tasks += [asyncio.create_task(read(pair.mentee, pair, cursor)) for _ in range(2)]
        tasks += [
            asyncio.create_task(pair.mentor.do(DELETE_MESSAGE, input={"messageId": message_id})) for message_id in gone
        ]
    await asyncio.gather(*tasks)
    assert await unread(pair.mentee, pair) == (0, 4)
    await invariants(community.database)


async def test_on_two_workers_counts_equal_a_recount_after_everything_at_once(two_workers: Served) -> None:
    """Both write, delete and read at the same time, on both workers. What is kept is what counting finds."""
    async with Community.on(two_workers) as community:
        pair = await community.pair()
        await post(pair.mentor, pair)

        async def live_through(person: Person, seed: int) -> None:
            choose = random.Random(seed)
            mine: dict[str, list[str]] = {"postId": [], "messageId": []}
            for _ in range(20):
                act = choose.random()
                if act < 0.3:
                    mine["postId"].append(await post(person, pair))
                elif act < 0.6:
                    mine["messageId"].append(await say(person, pair))
                elif act < 0.7 and mine["postId"]:
                    await person.do(DELETE_POST, input={"postId": choose.choice(mine["postId"])})
                elif act < 0.8 and mine["messageId"]:
                    await person.do(DELETE_MESSAGE, input={"messageId": choose.choice(mine["messageId"])})
                else:
                    await read(person, pair, await head(person, pair))

        # Two devices of each.
        await asyncio.gather(
            *(live_through(person, seed) for seed, person in enumerate([pair.mentor, pair.mentee] * 2))
        )
        await invariants(community.database)
        for person in (pair.mentor, pair.mentee):
            await read(person, pair, await head(person, pair))
            assert await unread(person, pair) == (0, 0)
        await invariants(community.database)


async def test_asking_what_is_unread_reads_no_posts_and_no_messages(community: Community) -> None:
    """The counts are columns of the match: however much is unread, nothing is counted when somebody asks."""
    pair = await community.pair()
    await say(pair.mentor, pair)
    with counted() as statements:
        await unread(pair.mentee, pair)
    assert len(statements) > 2
    assert not any(re.search(r'(FROM|JOIN) "?(posts|messages)', each, re.IGNORECASE) for each in statements)
