"""Notifications: what people are told of, and who is told nothing."""

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
