"""Blocks in races: while two are being matched, write, block each other, or end; one order, and nothing left open."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tests.community import Community, Pair, Person
from tests.documents import BLOCK_USER, CREATE_MATCH, CREATE_POST, END_MATCH
from tests.invariants import invariants
from tests.racing import all_at_once
from tests.rounds import key, waiting

OPEN = """SELECT count(*) FROM matches JOIN blocks
    ON (blocker_id, blocked_id) IN ((mentor_id, mentee_id), (mentee_id, mentor_id))
    WHERE state IN ('INTRODUCED', 'ACTIVE', 'PAUSED')"""
"""Matches that are open between two with a block between them."""

Act = Callable[[Pair], Awaitable[Any]]


async def blocking(person: Person, other: Person) -> dict[str, Any]:
    return await person.ask(BLOCK_USER, input={"userId": other.id})


def codes(answer: dict[str, Any]) -> list[str]:
    (payload,) = answer["data"].values()
    return [error["code"] for error in payload["errors"]]


async def nothing_is_open(community: Community) -> None:
    assert await community.database.fetchval(OPEN) == 0
    await invariants(community.database)


@pytest.mark.parametrize("first", ["the block", "the match"])
async def test_who_is_blocked_while_being_matched_is_in_no_open_match(community: Community, first: str) -> None:
    """Whichever came first: the match ends with the block, or is refused as one that cannot be made."""
    here = await waiting(community)
    (maya, _), (tom, _) = here.mentors[0], here.mentees[0]
    running = {}
    async with all_at_once(community, "memberships", 2):
        for each in ("block", "match") if first == "the block" else ("match", "block"):
            act = blocking(tom, maya) if each == "block" else here.admin.ask(CREATE_MATCH, input=here.pair())
            running[each] = asyncio.create_task(act)
            await asyncio.sleep(0.1)
    await asyncio.gather(*running.values())
    block, match = codes(running["block"].result()), codes(running["match"].result())
    assert block == []
    assert match in ([], ["NOT_AVAILABLE"])
    await nothing_is_open(community)


async def test_what_is_posted_while_one_is_blocked_comes_before_the_end_or_not_at_all(community: Community) -> None:
    for _ in range(5):
        pair = await community.pair()
        posts = [{"matchId": pair.id, "body": f"Hello {number}"} for number in range(4)]
        async with all_at_once(community, "matches", 5):
            running = [asyncio.create_task(pair.mentee.ask(CREATE_POST, input=each)) for each in posts]
            running.append(asyncio.create_task(blocking(pair.mentor, pair.mentee)))
        *written, block = [codes(each) for each in await asyncio.gather(*running)]
        assert block == [] and all(each in ([], ["READ_ONLY"]) for each in written)
        kinds = "SELECT kind FROM activity WHERE stream_id = $1 ORDER BY number DESC LIMIT 1"
        assert await community.database.fetchval(kinds, key(pair.id)) == "MATCH_CHANGED", "the end is the last word"
        await nothing_is_open(community)


async def test_two_who_block_each_other_at_once_both_succeed_and_the_match_ends_once(community: Community) -> None:
    for _ in range(3):
        pair = await community.pair()
        async with all_at_once(community, "memberships", 2):
            running = [
                asyncio.create_task(blocking(*two)) for two in ((pair.mentor, pair.mentee), (pair.mentee, pair.mentor))
            ]
        assert [codes(each) for each in await asyncio.gather(*running)] == [[], []]
        ends = "SELECT count(*) FROM activity WHERE stream_id = $1"
        assert await community.database.fetchval(ends, key(pair.id)) == 1
        told = "SELECT count(*) FROM notifications WHERE kind = 'MATCH_ENDED' AND subject_id = $1"
        assert await community.database.fetchval(told, key(pair.id)) == 1
        await nothing_is_open(community)


async def test_one_who_blocks_on_two_devices_at_once_does_so_once(community: Community) -> None:
    pair = await community.pair()
    async with all_at_once(community, "memberships", 2):
        running = [asyncio.create_task(blocking(pair.mentor, pair.mentee)) for _ in range(2)]
    assert [codes(each) for each in await asyncio.gather(*running)] == [[], []]
    made = "SELECT count(*) FROM blocks WHERE blocker_id = $1"
    assert await community.database.fetchval(made, key(pair.mentor.id)) == 1
    await nothing_is_open(community)


async def block(pair: Pair) -> Any:
    return await blocking(pair.mentor, pair.mentee)


async def end(pair: Pair) -> Any:
    return await pair.mentee.ask(END_MATCH, input={"matchId": pair.id, "reason": "NO_TIME"})


async def leave(pair: Pair) -> Any:
    document = "mutation($input: LeaveGroupInput!) { leaveGroup(input: $input) { errors { code } } }"
    return await pair.mentee.ask(document, input={"groupId": pair.group})


async def cancel(pair: Pair) -> Any:
    document = "mutation($input: AdvanceProgramInput!) { advanceProgram(input: $input) { errors { code } } }"
    return await pair.admin.ask(document, input={"programId": pair.program, "to": "CANCELLED"})


@pytest.mark.parametrize("act", [end, leave, cancel], ids=lambda act: act.__name__)
async def test_a_match_that_ends_while_one_is_blocked_ends_once(community: Community, act: Act) -> None:
    for first in (True, False):
        pair = await community.pair()
        async with all_at_once(community, "memberships" if act is leave else "matches", 2):
            running = []
            for one in (block, act) if first else (act, block):
                running.append(asyncio.create_task(one(pair)))
                await asyncio.sleep(0.1)
        answers = [codes(each) for each in await asyncio.gather(*running)]
        assert all(each in ([], ["READ_ONLY"]) for each in answers)
        ends = "SELECT count(*) FROM activity WHERE stream_id = $1 AND kind = 'MATCH_CHANGED'"
        assert await community.database.fetchval(ends, key(pair.id)) == 1
        assert await community.database.fetchval(
            "SELECT count(*) FROM blocks WHERE blocker_id = $1", key(pair.mentor.id)
        )
        await nothing_is_open(community)
