"""Notifications: what people are told of, who is told nothing, and how reading them shows."""

import asyncio
from dataclasses import dataclass

import pytest

from resolvers import notifications
from tests.community import Community, Pair, Person
from tests.devices import another_device
from tests.documents import (
    ACKNOWLEDGE_INTRODUCTION,
    ADVANCE_PROGRAM,
    COMPLETE_STEP,
    CREATE_MATCH,
    CREATE_POST,
    END_MATCH,
    LEAVE_GROUP,
    MARK_NOTIFICATIONS_READ,
    REMOVE_MEMBER,
    REOPEN_STEP,
    SPACE,
    VIEWER_ACTIVITY,
)
from tests.falling_due import ticker_on
from tests.invariants import invariants
from tests.racing import all_at_once
from tests.rounds import key, waiting
from tests.servers import Served

LIST = """
query($first: Int, $after: String, $unreadOnly: Boolean = false) { viewer {
  activityCursor
  unread { notifications }
  notifications(first: $first, after: $after, unreadOnly: $unreadOnly) {
    edges { cursor node { id kind text createdAt readAt subject { __typename id } } }
    pageInfo { hasNextPage endCursor }
  }
} }
"""
NODE = "query($id: ID!) { node(id: $id) { id ... on Notification { kind } } }"


@dataclass
class Told:
    """What a person has been told, newest first, and how much of it is unread."""

    unread: int
    nodes: list[dict]
    cursors: list[str]

    @property
    def kinds(self) -> list[str]:
        return [node["kind"] for node in self.nodes]

    @property
    def ids(self) -> list[str]:
        return [node["id"] for node in self.nodes]


async def told(person: Person, **which: object) -> Told:
    viewer = await person.do(LIST, **which)
    edges = viewer["notifications"]["edges"]
    unread = viewer["unread"]["notifications"]
    return Told(unread, [edge["node"] for edge in edges], [edge["cursor"] for edge in edges])


async def step_of(pair: Pair, rule: str) -> str:
    """The id of a step under this rule, made the pair's first one that is open."""
    steps = (await pair.mentor.do(SPACE, id=pair.id))["space"]["steps"]
    for step in steps:
        if step["rule"] == rule:
            return step["id"]
        for person in (pair.mentee, pair.mentor):
            await person.ask(COMPLETE_STEP, input={"stepProgressId": step["id"]})
    raise AssertionError(f"no step is of the rule {rule}")


async def test_both_are_told_that_they_are_matched_and_the_admin_who_did_it_is_not(community: Community) -> None:
    pair = await community.pair()
    for person in (pair.mentor, pair.mentee):
        (one,) = (found := await told(person)).nodes
        assert (one["kind"], one["readAt"], found.unread) == ("MATCHED", None, 1)
        assert one["text"] == "You have been matched. Say hello!"
        assert one["subject"] == {"__typename": "Match", "id": pair.id}
    assert (await told(pair.admin)).nodes == []


async def test_who_has_read_the_introduction_is_waited_for_and_then_it_is_under_way(community: Community) -> None:
    pair = await community.pair()
    for _ in range(2):
        await pair.mentor.do(ACKNOWLEDGE_INTRODUCTION, input={"matchId": pair.id})
    assert (await told(pair.mentee)).kinds == ["INTRODUCTION_ACKNOWLEDGED", "MATCHED"], "said twice, told once"
    await pair.mentee.do(ACKNOWLEDGE_INTRODUCTION, input={"matchId": pair.id})
    assert (await told(pair.mentor)).kinds == ["MATCH_ACTIVE", "MATCHED"]
    assert (await told(pair.mentee)).unread == 2, "nobody is told what he did himself"


async def test_the_first_word_tells_the_other_one_that_it_is_under_way_and_the_second_nothing(
    community: Community,
) -> None:
    pair = await community.pair()
    for person in (pair.mentor, pair.mentee):
        await person.do(CREATE_POST, input={"matchId": pair.id, "body": "Hello"})
        await person.do(ACKNOWLEDGE_INTRODUCTION, input={"matchId": pair.id})
    assert (await told(pair.mentee)).kinds == ["MATCH_ACTIVE", "MATCHED"]
    assert (await told(pair.mentor)).kinds == ["MATCHED"]


async def test_a_step_that_waits_for_tom_is_told_him_once_as_long_as_he_has_not_read_it(community: Community) -> None:
    pair = await community.pair()
    step = {"stepProgressId": await step_of(pair, "BOTH")}
    seen = len((await told(pair.mentee)).nodes)
    for _ in range(2):
        await pair.mentor.do(COMPLETE_STEP, input=step)
        await pair.mentor.do(REOPEN_STEP, input=step)
    found = await told(pair.mentee)
    assert len(found.nodes) == seen + 1
    assert (found.kinds[0], found.nodes[0]["subject"]["id"]) == ("STEP_WAITS", step["stepProgressId"])

    await pair.mentee.do(MARK_NOTIFICATIONS_READ, input={"ids": found.ids[:1]})
    await pair.mentor.do(COMPLETE_STEP, input=step)
    assert (await told(pair.mentee)).kinds[:2] == ["STEP_WAITS", "STEP_WAITS"], "again, since the first one was read"
    await pair.mentee.do(COMPLETE_STEP, input=step)
    assert "STEP_WAITS" not in (await told(pair.mentor)).kinds, "it is done, and waits for nobody"
    await invariants(community.database)


async def end_by_tom(pair: Pair) -> None:
    await pair.mentee.do(END_MATCH, input={"matchId": pair.id, "reason": "SAFETY", "feedback": "He frightens me."})


async def leave(pair: Pair) -> None:
    await pair.mentee.do(LEAVE_GROUP, input={"groupId": pair.group})


async def cancel(pair: Pair) -> None:
    await pair.admin.do(ADVANCE_PROGRAM, input={"programId": pair.program, "to": "CANCELLED"})


async def remove(pair: Pair) -> None:
    await pair.admin.do(REMOVE_MEMBER, input={"groupId": pair.group, "userId": pair.mentee.id})


@pytest.mark.parametrize("act", [end_by_tom, leave, cancel, remove])
async def test_every_end_is_told_in_the_same_words(community: Community, act) -> None:
    """Maya cannot tell from what she is told whether Tom ended it, left, was removed, or the program was called off."""
    pair = await community.pair()
    await act(pair)
    mayas = (await told(pair.mentor)).nodes[0]
    words = (
        "A match of yours has ended. If your sign-up waits again, leave it in the queue or withdraw it, as you like."
    )
    assert (mayas["kind"], mayas["text"], mayas["subject"]["id"]) == ("MATCH_ENDED", words, pair.id)
    toms = (await told(pair.mentee)).nodes[0]
    assert toms["kind"] == ("MATCHED" if act in (end_by_tom, leave) else "MATCH_ENDED"), "who did it knows"
    assert (toms["subject"] is None) == (act is remove), "what he may not see any more is not named"
    await invariants(community.database)


async def test_a_match_that_nobody_took_up_says_so_to_both(served: Served, community: Community) -> None:
    pair = await community.pair()
    served.clock.advance(days=15)
    try:
        await ticker_on(served, "expire-match").tick()
        for person in (pair.mentor, pair.mentee):
            assert (await told(await another_device(person))).kinds == ["MATCH_EXPIRED", "MATCHED"]
    finally:
        served.clock.advance(days=-15)


async def test_what_is_told_is_heard_live_and_reading_it_shows_on_every_device(community: Community) -> None:
    pair = await community.pair()
    phone = await another_device(pair.mentee)
    async with pair.mentee.hears(VIEWER_ACTIVITY) as tom, phone.hears_events(VIEWER_ACTIVITY) as toms_phone:
        await asyncio.gather(tom.silence(0.3), toms_phone.silence(0.3))
        await pair.mentor.do(ACKNOWLEDGE_INTRODUCTION, input={"matchId": pair.id})
        for ears in (tom, toms_phone):
            changed, added = await ears.next(), await ears.next()
            assert (changed["__typename"], added["__typename"]) == ("MatchChanged", "NotificationAdded")
            assert (added["notification"]["kind"], added["actor"]) == ("INTRODUCTION_ACKNOWLEDGED", None)
            assert added["unreadNotifications"] == 2
        payload = await phone.do(MARK_NOTIFICATIONS_READ, input={"ids": [added["notification"]["id"]]})
        assert payload["viewer"]["unread"] == {"notifications": 1}
        for ears in (tom, toms_phone):
            read = await ears.next()
            assert (read["__typename"], read["unreadNotifications"]) == ("NotificationChanged", 1)
            assert read["notification"]["readAt"] is not None
            assert read["notification"]["id"] == added["notification"]["id"]
        async with community.nothing_changes():
            await phone.do(MARK_NOTIFICATIONS_READ, input={"ids": [added["notification"]["id"]]})
        await asyncio.gather(tom.silence(), toms_phone.silence())


async def test_a_device_that_was_away_hears_what_it_missed(community: Community) -> None:
    pair = await community.pair()
    cursor = (await pair.mentee.do(LIST))["activityCursor"]
    await pair.mentor.do(CREATE_POST, input={"matchId": pair.id, "body": "Hello"})
    async with pair.mentee.hears(VIEWER_ACTIVITY, after=cursor) as tom:
        assert [(await tom.next())["__typename"] for _ in range(2)] == ["MatchChanged", "NotificationAdded"]
        await tom.silence()


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


async def test_what_is_refused_or_undone_tells_nobody(community: Community, monkeypatch: pytest.MonkeyPatch) -> None:
    """Telling Tom fails in the middle of the act: neither the act nor what Maya was to hear has happened."""
    pair = await community.pair()
    monkeypatch.setattr(notifications, "_ADD", "INSERT INTO notifications (id) VALUES ($1, $2, $3, $4, $5)")
    async with pair.mentee.hears(VIEWER_ACTIVITY) as tom:
        await tom.silence(0.3)
        async with community.nothing_changes():
            answer = await pair.mentor.ask(ACKNOWLEDGE_INTRODUCTION, input={"matchId": pair.id})
            assert answer["errors"][0]["extensions"]["code"] == "INTERNAL"
        await tom.silence()
