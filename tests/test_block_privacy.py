"""What is told of a block and of the past: to the blocker, to the blocked person, and to nobody else."""

import logging
from uuid import uuid4

import pytest

from models.blocks import Block
from resolvers.reads import bare
from schema.node import global_id
from tests.blocking import BLOCKED, NODE, block, blocked, unblock
from tests.community import Community, Pair, Person
from tests.documents import (
    CREATE_POST,
    PROGRAM_ACTIVITY,
    SPACE,
    VIEWER_ACTIVITY,
)
from tests.rounds import key
from tests.searching import found


async def test_the_past_stays_readable_for_both_and_the_blocker_is_not_reminded_of_it(community: Community) -> None:
    pair = await community.pair()
    maya, tom = pair.mentor, pair.mentee
    await maya.do(CREATE_POST, input={"matchId": pair.id, "body": "lavender"})
    await block(tom, maya)
    for person in (maya, tom):
        (edge,) = (await person.do(SPACE, id=pair.id))["space"]["thread"]["posts"]["edges"]
        assert edge["node"]["body"] == "lavender"
    assert await found(maya, "lavender") == ["lavender"], "as after any end"
    assert await found(tom, "lavender") == []
    await unblock(tom, maya)
    assert await found(tom, "lavender") == ["lavender"]


async def bystanders(community: Community, pair: Pair) -> list[Person]:
    """Everybody but the blocker: the blocked person, the admin, a member, an outsider, and nobody."""
    member, eve = await community.people("Mo", "Eve")
    join = "mutation($input: JoinGroupInput!) { joinGroup(input: $input) { errors { code } } }"
    await member.do(join, input={"groupId": pair.group})
    return [pair.mentor, pair.admin, member, eve, community.nobody]


async def test_nobody_but_the_blocker_learns_of_a_block_by_any_path(
    community: Community, caplog: pytest.LogCaptureFixture
) -> None:
    pair = await community.pair()
    maya, tom = pair.mentor, pair.mentee
    others = await bystanders(community, pair)
    caplog.set_level(logging.INFO)
    async with (
        pair.admin.hears(PROGRAM_ACTIVITY, programId=pair.program) as admins,
        maya.hears(VIEWER_ACTIVITY) as hers,
    ):
        await admins.silence(0.2), await hers.silence(0.2)
        caplog.clear()
        await block(tom, maya)
        told = [await admins.next() for _ in range(3)], [await hers.next() for _ in range(2)]
        await admins.silence(), await hers.silence()
    (mine,) = await blocked(tom)
    absent = str(global_id(bare(Block, uuid4())))
    for person in others:
        assert await person.ask(NODE, id=mine["id"]) == await person.ask(NODE, id=absent)
        answer = await person.ask(BLOCKED)
        assert mine["id"] not in str(answer) and tom.id not in str(answer)
    assert await tom.do(NODE, id=mine["id"]) == {"__typename": "Block", "id": mine["id"]}
    assert "block" not in str(told).lower() and "block" not in caplog.text.lower()
    rows = await community.database.fetch("SELECT activity::text FROM activity")
    assert not any(str(key(mine["id"])) in text for (text,) in rows)


async def test_to_the_blocked_person_the_blocker_is_still_a_member_of_the_group(community: Community) -> None:
    """A profile that is gone, or a list of members with a hole, would say what the silence hides."""
    pair = await community.pair()
    profile = "query($id: ID!) { node(id: $id) { ... on User { id name bio avatarUrl timeZone locale } } }"
    members = "query($id: ID!) { node(id: $id) { ... on Group { members { edges { node { user { id } } } } } } }"
    before = [await pair.mentor.do(profile, id=pair.mentee.id), await pair.mentor.do(members, id=pair.group)]
    await block(pair.mentee, pair.mentor)
    after = [await pair.mentor.do(profile, id=pair.mentee.id), await pair.mentor.do(members, id=pair.group)]
    assert before == after and after[0]["name"] == "Tom"
