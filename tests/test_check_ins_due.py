"""Being told that a check-in is due: at one's own hour, once, not in the night, and not when one has answered."""

import asyncio

import pytest

from tests.community import Community, Pair
from tests.documents import ANSWER_CHECK_IN, END_MATCH, PAUSE_MATCH, RESUME_MATCH, UPDATE_CHECK_IN_SETTINGS
from tests.falling_due import id_of
from tests.invariants import invariants
from tests.rhythms import begun, check_ins, moment, news, tick, until
from tests.servers import Served

SETTINGS = "{ viewer { checkInSettings { weekday hour } } }"


async def told(pair: Pair) -> tuple[int, int]:
    """How often each of the two was told that a check-in is due."""
    return tuple([len(await news(person, "CHECK_IN_DUE")) for person in (pair.mentor, pair.mentee)])  # type: ignore


async def test_each_is_told_at_the_hour_of_his_own_clock_and_once(served: Served, community: Community) -> None:
    """Sunday, 18:00, is 25 hours later on Niue than on Kiritimati."""
    pair = await begun(served, community, zones=("Pacific/Kiritimati", "Pacific/Niue"))
    await until(served, pair, "2026-03-08 03:59")
    assert await told(pair) == (0, 0)
    await until(served, pair, "2026-03-08 04:00")
    assert await told(pair) == (1, 0)
    (mine,), (theirs,) = await check_ins(pair.mentor, pair), await check_ins(pair.mentee, pair)
    assert (mine["viewerDueAt"], theirs["viewerDueAt"]) == ("2026-03-08T04:00:00+00:00", "2026-03-09T05:00:00+00:00")
    await until(served, pair, "2026-03-09 04:59")
    assert await told(pair) == (1, 0)
    await until(served, pair, "2026-03-09 05:00")
    assert await told(pair) == (1, 1)
    async with community.nothing_changes():
        await tick(served)
    (note,) = await news(pair.mentee, "CHECK_IN_DUE")
    assert note["subject"] == {"__typename": "CheckIn", "id": mine["id"]}
    assert note["text"] == "It is time for your weekly check-in: how was your week, and what comes next?"
    await invariants(community.database)


@pytest.mark.parametrize(
    ("begins", "due"),
    [
        ("2026-03-24 10:00", "2026-03-29 16:00"),  # the night in which Berlin's clocks go forward
        ("2026-03-17 10:00", "2026-03-22 17:00"),  # the week before
        ("2026-10-20 10:00", "2026-10-25 17:00"),  # the night in which they go back
        ("2028-02-22 10:00", "2028-02-27 17:00"),  # two days before a leap day
    ],
)
async def test_the_hour_stays_the_hour_when_the_clocks_change(
    served: Served, community: Community, begins: str, due: str
) -> None:
    pair = await begun(served, community, begins, zones=("Europe/Berlin", "UTC"))
    served.clock.now = moment(due)
    served.clock.advance(seconds=-1)
    await tick(served)
    assert await community.database.fetchval("SELECT count(*) FROM check_ins WHERE match_id = $1", id_of(pair.id)) == 0
    await until(served, pair, due)
    assert await told(pair) == (1, 0)


async def test_who_has_answered_already_is_not_told(served: Served, community: Community) -> None:
    pair = await begun(served, community, zones=("Pacific/Kiritimati", "Pacific/Niue"))
    await until(served, pair, "2026-03-08 04:00")
    (open_one,) = await check_ins(pair.mentee, pair)
    await pair.mentee.do(ANSWER_CHECK_IN, input={"checkInId": open_one["id"], "mood": 3})
    await until(served, pair, "2026-03-10 20:00")
    assert await told(pair) == (1, 0)


async def test_nobody_is_told_in_the_night_but_who_chose_an_hour_of_it(served: Served, community: Community) -> None:
    """Maya works at night and chose 23:00. The ticker was down that evening: Tom, whose hour was 21:00, sleeps now."""
    pair = await begun(served, community)
    await pair.mentor.do(UPDATE_CHECK_IN_SETTINGS, input={"hour": 23})
    await pair.mentee.do(UPDATE_CHECK_IN_SETTINGS, input={"hour": 21})
    await until(served, pair, "2026-03-08 23:10")
    assert await told(pair) == (1, 0)
    await until(served, pair, "2026-03-09 07:59")
    assert await told(pair) == (1, 0)
    await until(served, pair, "2026-03-09 08:00")
    assert await told(pair) == (1, 1)


async def test_who_changes_the_hour_is_asked_at_it_from_the_next_time_on(served: Served, community: Community) -> None:
    pair = await begun(served, community)
    assert (await pair.mentor.do(SETTINGS))["checkInSettings"] == {"weekday": "SUNDAY", "hour": 18}
    await until(served, pair, "2026-03-06 09:00")
    for person in (pair.mentor, pair.mentee):
        payload = await person.do(UPDATE_CHECK_IN_SETTINGS, input={"weekday": "SATURDAY", "hour": 9})
        assert payload["viewer"]["checkInSettings"] == {"weekday": "SATURDAY", "hour": 9}
    await until(served, pair, "2026-03-07 09:00")
    assert await told(pair) == (1, 1), "a day earlier than they would have been"
    await pair.mentor.do(UPDATE_CHECK_IN_SETTINGS, input={"weekday": "SUNDAY"})
    await until(served, pair, "2026-03-13 09:00")
    assert await told(pair) == (1, 1), "no second one in the same week"
    await until(served, pair, "2026-03-15 09:00")
    assert await told(pair) == (2, 2)
    assert [each["weekNumber"] for each in await check_ins(pair.mentor, pair)] == [2, 1]


async def test_who_answers_none_has_one_reminder_unread_and_no_pile_of_them(
    served: Served, community: Community
) -> None:
    pair = await begun(served, community)
    for sunday in ("2026-03-08 18:00", "2026-03-15 18:00", "2026-03-22 18:00"):
        await until(served, pair, sunday)
    found = await news(pair.mentee, "CHECK_IN_DUE")
    assert [note["readAt"] is None for note in found] == [True, False, False]
    await invariants(community.database)


async def test_an_hour_that_there_is_not_is_refused(community: Community) -> None:
    tom = await community.person("Tom")
    async with community.nothing_changes():
        for hour in (-1, 24):
            error = await tom.refused(UPDATE_CHECK_IN_SETTINGS, input={"weekday": "MONDAY", "hour": hour})
            assert (error["code"], error["path"]) == ("INVALID_INPUT", ["input", "hour"])
        error = await community.nobody.refused(UPDATE_CHECK_IN_SETTINGS, input={"hour": 5})
        assert error["code"] == "UNAUTHENTICATED"
        await tom.do(UPDATE_CHECK_IN_SETTINGS, input={})


async def test_while_paused_none_opens_and_nobody_is_told(served: Served, community: Community) -> None:
    pair = await begun(served, community, zones=("Pacific/Kiritimati", "Pacific/Niue"))
    await until(served, pair, "2026-03-08 04:00")
    await pair.mentee.do(PAUSE_MATCH, input={"matchId": pair.id})
    await until(served, pair, "2026-03-29 12:00")
    assert await told(pair) == (1, 0), "not even of the one that was open"
    assert len(await check_ins(pair.mentor, pair)) == 1
    await pair.mentor.do(RESUME_MATCH, input={"matchId": pair.id})
    await until(served, pair, "2026-03-29 12:00")
    assert len(await check_ins(pair.mentor, pair)) == 1, "what fell into the pause does not open after it"
    await until(served, pair, "2026-04-05 12:00")
    assert [each["weekNumber"] for each in await check_ins(pair.mentor, pair)] == [2, 1], "the weeks stood still"


async def test_after_an_end_nobody_is_told(served: Served, community: Community) -> None:
    pair = await begun(served, community, zones=("Pacific/Kiritimati", "Pacific/Niue"))
    await until(served, pair, "2026-03-08 04:00")
    await pair.mentor.do(END_MATCH, input={"matchId": pair.id, "reason": "NO_TIME"})
    await until(served, pair, "2026-03-10 12:00")
    assert await told(pair) == (1, 0)
    await invariants(community.database)


async def test_after_three_weeks_of_downtime_the_latest_opens_and_no_other(
    served: Served, community: Community
) -> None:
    pair = await begun(served, community)
    await until(served, pair, "2026-03-25 12:00")
    (only,) = await check_ins(pair.mentor, pair)
    assert (only["weekNumber"], only["viewerDueAt"]) == (3, "2026-03-22T18:00:00+00:00")
    assert await told(pair) == (1, 1)


async def test_answering_while_the_ticker_is_about_to_tell(served: Served, community: Community) -> None:
    """Both come at the same moment, again and again: whoever answered first is not told, and nobody twice."""
    for _ in range(4):
        pair = await begun(served, community)
        await until(served, pair, "2026-03-08 18:00", ticking=False)
        await tick(served, "open-check-in")
        (open_one,) = await check_ins(pair.mentor, pair)
        given = {"checkInId": open_one["id"], "mood": 3}
        await asyncio.gather(tick(served), pair.mentor.do(ANSWER_CHECK_IN, input=given), tick(served))
        await tick(served)
        mentor, mentee = await told(pair)
        assert mentor <= 1 and mentee == 1
        await invariants(community.database)
