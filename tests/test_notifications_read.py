"""Notifications that are read: by their owner, on every device, and counted."""

import asyncio

import pytest

from tests.community import Community
from tests.documents import (
    ACKNOWLEDGE_INTRODUCTION,
    CREATE_MATCH,
    CREATE_POST,
    MARK_NOTIFICATIONS_READ,
)
from tests.invariants import invariants
from tests.racing import all_at_once
from tests.rounds import key, waiting
from tests.test_notifications import NODE, told


async def test_reading_up_to_one_reads_all_that_are_older_and_none_that_is_newer(community: Community) -> None:
    pair = await community.pair()
    await pair.mentor.do(ACKNOWLEDGE_INTRODUCTION, input={"matchId": pair.id})
    await pair.mentor.do(CREATE_POST, input={"matchId": pair.id, "body": "Hello"})
    found = await told(pair.mentee)
    assert (found.kinds, found.unread) == (["MATCH_ACTIVE", "INTRODUCTION_ACKNOWLEDGED", "MATCHED"], 3)
    await pair.mentee.do(MARK_NOTIFICATIONS_READ, input={"upTo": found.cursors[1]})
    assert [node["readAt"] is not None for node in (await told(pair.mentee)).nodes] == [False, True, True]
    (left,) = (unread := await told(pair.mentee, unreadOnly=True)).nodes
    assert (left["id"], unread.unread) == (found.ids[0], 1)
    await invariants(community.database)


async def test_a_page_goes_on_where_the_last_one_ended(community: Community) -> None:
    pair = await community.pair()
    await pair.mentor.do(ACKNOWLEDGE_INTRODUCTION, input={"matchId": pair.id})
    first = await told(pair.mentee, first=1)
    assert first.kinds == ["INTRODUCTION_ACKNOWLEDGED"]
    await pair.mentor.do(CREATE_POST, input={"matchId": pair.id, "body": "Hello"})
    second = await told(pair.mentee, first=5, after=first.cursors[0])
    assert second.kinds == ["MATCHED"], "what came meanwhile shifts nothing"


async def test_nobody_reads_or_marks_what_another_is_told(community: Community) -> None:
    """Somebody else's notification is one that does not exist, for the partner and the admin too."""
    pair = await community.pair()
    (toms,) = (await told(pair.mentee)).ids
    absent = toms[:-4] + "AAAA"
    eve = await community.person("Eve")
    async with community.nothing_changes():
        for person in (pair.mentor, pair.admin, eve):
            assert (await person.ask(NODE, id=toms))["data"] == {"node": None}
            answers = [
                await person.refused(MARK_NOTIFICATIONS_READ, input={"ids": [each]})
                for each in (toms, absent, "garbage", pair.id)
            ]
            assert answers == [answers[0]] * 4
            assert (answers[0]["code"], answers[0]["path"]) == ("NOT_FOUND", ["input", "ids"])
        assert (await community.nobody.refused(MARK_NOTIFICATIONS_READ, input={"ids": [toms]}))["code"] == (
            "UNAUTHENTICATED"
        )
    assert (await pair.mentee.do(NODE, id=toms))["kind"] == "MATCHED"


async def test_one_that_is_not_ones_own_keeps_the_others_unread(community: Community) -> None:
    pair = await community.pair()
    (mine,), (hers,) = (await told(pair.mentee)).ids, (await told(pair.mentor)).ids
    async with community.nothing_changes():
        error = await pair.mentee.refused(MARK_NOTIFICATIONS_READ, input={"ids": [mine, hers]})
    assert error["code"] == "NOT_FOUND"


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({}, ["input"]),
        ({"ids": [], "upTo": "x"}, ["input"]),
        ({"upTo": "garbage"}, ["input", "upTo"]),
        ({"upTo": "🧼"}, ["input", "upTo"]),
    ],
)
async def test_an_input_that_names_nothing_or_too_much_is_refused(
    community: Community, given: dict, path: list[str]
) -> None:
    tom = (await community.pair()).mentee
    async with community.nothing_changes():
        error = await tom.refused(MARK_NOTIFICATIONS_READ, input=given)
        many = await tom.refused(MARK_NOTIFICATIONS_READ, input={"ids": (await told(tom)).ids * 101})
    assert (error["code"], error["path"]) == ("INVALID_INPUT", path)
    assert (many["code"], many["path"]) == ("INVALID_INPUT", ["input", "ids"])


async def test_the_count_is_right_when_two_devices_read_while_more_arrives(community: Community) -> None:
    """Eight calls mark the same ones, while two pairs are made for the same mentor: all wait for her row at once."""
    here = await waiting(community, mentees=3, capacity=5)
    maya = here.mentors[0][0]
    await here.admin.do(CREATE_MATCH, input=here.pair(0, 0))
    (first,) = (await told(maya)).ids
    async with asyncio.TaskGroup() as group, all_at_once(community, "users", 8):
        marks = [group.create_task(maya.do(MARK_NOTIFICATIONS_READ, input={"ids": [first]})) for _ in range(6)]
        for place in (1, 2):
            group.create_task(here.admin.ask(CREATE_MATCH, input=here.pair(0, place)))
    assert len(marks) == 6
    found = await told(maya)
    assert (found.unread, found.kinds) == (2, ["MATCHED"] * 3)
    log = await community.database.fetch(
        "SELECT kind, count(*) FROM activity WHERE stream_id = $1 GROUP BY kind", key(maya.id)
    )
    assert dict(map(tuple, log)) == {"MATCH_CHANGED": 3, "NOTIFICATION_ADDED": 3, "NOTIFICATION_CHANGED": 1}
    await invariants(community.database)
