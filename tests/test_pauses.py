"""Pauses: either of the two takes a break and either ends it, or the day does; the weeks stand still meanwhile."""

import asyncio

import pytest

from tests.community import Community, Pair
from tests.documents import (
    CREATE_POST,
    END_MATCH,
    MATCH_ACTIVITY,
    PAUSE_MATCH,
    PROGRAM_ACTIVITY,
    RESUME_MATCH,
    SEND_MESSAGE,
    VIEWER_ACTIVITY,
)
from tests.falling_due import id_of
from tests.invariants import invariants
from tests.racing import all_at_once
from tests.rhythms import begun, kinds_told, moment, rhythm, talks, tick, until
from tests.servers import Served


async def state(pair: Pair) -> str:
    return (await rhythm(pair.mentor, pair))["state"]


async def paused_seconds(community: Community, pair: Pair) -> int:
    return await community.database.fetchval("SELECT paused_seconds FROM matches WHERE id = $1", id_of(pair.id))


@pytest.mark.parametrize(("pauses", "resumes"), [("mentor", "mentee"), ("mentee", "mentee")])
async def test_either_pauses_and_either_resumes_and_everybody_concerned_hears_it(
    served: Served, community: Community, pauses: str, resumes: str
) -> None:
    pair = await begun(served, community)
    for document, who, expected, kind in (
        (PAUSE_MATCH, getattr(pair, pauses), "PAUSED", "MATCH_PAUSED"),
        (RESUME_MATCH, getattr(pair, resumes), "ACTIVE", "MATCH_RESUMED"),
    ):
        async with (
            pair.mentor.hears(MATCH_ACTIVITY, matchId=pair.id) as maya,
            pair.mentee.hears_events(VIEWER_ACTIVITY) as tom,
            pair.admin.hears(PROGRAM_ACTIVITY, programId=pair.program) as ada,
        ):
            await asyncio.gather(*(ears.silence(0.3) for ears in (maya, tom, ada)))
            assert (await who.do(document, input={"matchId": pair.id}))["match"]["state"] == expected
            for ears, actor in ((maya, {"id": who.id}), (tom, {"id": who.id}), (ada, None)):
                heard = await ears.next()
                assert (heard["__typename"], heard["actor"]) == ("MatchChanged", actor)
                assert heard["match"]["state"] == expected
        partner = pair.mentee if who is pair.mentor else pair.mentor
        assert await kinds_told(partner, kind) == [kind]
        assert await kinds_told(who, kind) == [], "who did it knows"
    await invariants(community.database)


async def test_writing_goes_on_in_a_pause_and_does_not_end_it(served: Served, community: Community) -> None:
    pair = await begun(served, community)
    await pair.mentor.do(PAUSE_MATCH, input={"matchId": pair.id})
    await talks(pair.mentee, pair, "Have a good time!")
    await pair.mentor.do(SEND_MESSAGE, input={"matchId": pair.id, "body": "Thank you"})
    assert await state(pair) == "PAUSED"


async def test_a_pause_until_a_day_ends_when_that_day_begins_where_it_was_chosen(
    served: Served, community: Community
) -> None:
    """Maya lives in Berlin, whose clocks go forward in the night before the 29th: the day begins at 23:00 in UTC."""
    pair = await begun(served, community, zones=("Europe/Berlin", "Pacific/Niue"))
    paused = await pair.mentor.do(PAUSE_MATCH, input={"matchId": pair.id, "until": "2026-03-29"})
    assert paused["match"]["space"]["pausedUntil"] == "2026-03-29"
    assert (await rhythm(pair.mentee, pair))["pausedUntil"] == "2026-03-29"
    await until(served, pair, "2026-03-28 22:59")
    assert await state(pair) == "PAUSED"
    served.clock.now = moment("2026-03-28 23:00")
    async with (
        pair.mentee.hears(MATCH_ACTIVITY, matchId=pair.id) as tom,
        pair.admin.hears(PROGRAM_ACTIVITY, programId=pair.program) as ada,
    ):
        await asyncio.gather(tom.silence(0.3), ada.silence(0.3))
        await tick(served, "resume-match")
        for ears in (tom, ada):
            heard = await ears.next()
            assert (heard["match"]["state"], heard["actor"]) == ("ACTIVE", None)
    found = await rhythm(pair.mentor, pair)
    assert (found["state"], found["pausedUntil"]) == ("ACTIVE", None)
    assert found["silentSince"] == "2026-03-28T23:00:00+00:00"
    assert await paused_seconds(community, pair) == 26 * 86_400 + 13 * 3_600
    for person in (pair.mentor, pair.mentee):
        assert await kinds_told(person, "MATCH_RESUMED") == ["MATCH_RESUMED"]
    await tick(served)
    async with community.nothing_changes():
        await tick(served)
    await invariants(community.database)


async def test_after_a_downtime_of_days_a_pause_ends_once(served: Served, community: Community) -> None:
    pair = await begun(served, community)
    await pair.mentee.do(PAUSE_MATCH, input={"matchId": pair.id, "until": "2026-03-10"})
    await until(served, pair, "2026-03-13 12:00")
    assert await state(pair) == "ACTIVE"
    assert await kinds_told(pair.mentor, "MATCH_RESUMED") == ["MATCH_RESUMED"]


async def test_the_weeks_stand_still(served: Served, community: Community) -> None:
    """Three days, then a pause of four weeks, then five days: that is the second week of talking."""
    pair = await begun(served, community)
    await until(served, pair, "2026-03-05 10:00")
    await pair.mentor.do(PAUSE_MATCH, input={"matchId": pair.id})
    await until(served, pair, "2026-03-20 10:00")
    await talks(pair.mentee, pair)
    assert (await rhythm(pair.mentor, pair))["weeksInTouch"] == 1, "still the first one"
    await until(served, pair, "2026-04-02 10:00")
    await pair.mentor.do(RESUME_MATCH, input={"matchId": pair.id})
    await until(served, pair, "2026-04-06 09:59")
    await talks(pair.mentee, pair)
    assert (await rhythm(pair.mentor, pair))["weeksInTouch"] == 1
    await until(served, pair, "2026-04-06 10:01")
    await talks(pair.mentee, pair)
    assert (await rhythm(pair.mentor, pair))["weeksInTouch"] == 2


async def test_the_day_of_a_pause_can_be_changed_or_taken_away(served: Served, community: Community) -> None:
    pair = await begun(served, community)
    await pair.mentor.do(PAUSE_MATCH, input={"matchId": pair.id, "until": "2026-03-10"})
    async with community.nothing_changes():
        await pair.mentor.do(PAUSE_MATCH, input={"matchId": pair.id, "until": "2026-03-10"})
    await pair.mentee.do(PAUSE_MATCH, input={"matchId": pair.id, "until": "2026-03-20"})
    assert (await rhythm(pair.mentor, pair))["pausedUntil"] == "2026-03-20"
    await pair.mentee.do(PAUSE_MATCH, input={"matchId": pair.id})
    assert (await rhythm(pair.mentor, pair))["pausedUntil"] is None
    assert await kinds_told(pair.mentee, "MATCH_PAUSED") == ["MATCH_PAUSED"]
    await until(served, pair, "2026-03-25 12:00")
    assert await state(pair) == "PAUSED"
    await pair.mentee.do(RESUME_MATCH, input={"matchId": pair.id})
    assert await paused_seconds(community, pair) == 23 * 86_400 + 2 * 3_600, "one pause, from its beginning"


@pytest.mark.parametrize("until_day", ["2026-03-03", "2026-03-02", "2020-01-01", "2026-05-27", "9999-12-31"])
async def test_a_day_that_is_over_or_too_far_away_is_refused(
    served: Served, community: Community, until_day: str
) -> None:
    """On Kiritimati it is already the 3rd of March."""
    pair = await begun(served, community, zones=("Pacific/Kiritimati", "UTC"))
    async with community.nothing_changes():
        error = await pair.mentor.refused(PAUSE_MATCH, input={"matchId": pair.id, "until": until_day})
    assert (error["code"], error["path"]) == ("INVALID_INPUT", ["input", "until"])
    assert "12 weeks" in error["message"]


async def test_the_last_day_allowed_is_twelve_weeks_from_today_and_the_first_is_tomorrow(
    served: Served, community: Community
) -> None:
    pair = await begun(served, community, zones=("Pacific/Kiritimati", "UTC"))
    for day in ("2026-05-26", "2026-03-04"):
        await pair.mentor.do(PAUSE_MATCH, input={"matchId": pair.id, "until": day})


async def test_what_is_not_active_cannot_be_paused_and_what_is_not_paused_not_resumed(
    served: Served, community: Community
) -> None:
    pair = await begun(served, community)
    fresh = await community.pair()
    await pair.mentor.do(END_MATCH, input={"matchId": pair.id, "reason": "OTHER"})
    running = await begun(served, community)
    async with community.nothing_changes():
        for document, where, code, allowed in (
            (PAUSE_MATCH, fresh, "ILLEGAL_TRANSITION", "ACTIVE"),
            (RESUME_MATCH, fresh, "ILLEGAL_TRANSITION", "PAUSED"),
            (RESUME_MATCH, running, "ILLEGAL_TRANSITION", "PAUSED"),
            (PAUSE_MATCH, pair, "READ_ONLY", "ended"),
            (RESUME_MATCH, pair, "READ_ONLY", "ended"),
        ):
            error = await where.mentor.refused(document, input={"matchId": where.id})
            assert (error["code"], error["path"]) == (code, ["input", "matchId"])
            assert allowed in error["message"]


async def test_nobody_but_the_two_pauses_or_resumes(served: Served, community: Community) -> None:
    """To everybody else, the admin too, the match is one that does not exist."""
    pair = await begun(served, community)
    other = await begun(served, community)
    async with community.nothing_changes():
        for document in (PAUSE_MATCH, RESUME_MATCH):
            answers = [await who.refused(document, input={"matchId": pair.id}) for who in (pair.admin, other.mentor)]
            answers.append(await other.mentor.refused(document, input={"matchId": "garbage"}))
            assert answers == [answers[0]] * 3 and answers[0]["code"] == "NOT_FOUND"
            error = await community.nobody.refused(document, input={"matchId": pair.id})
            assert error["code"] == "UNAUTHENTICATED"


async def test_a_paused_match_can_be_ended(served: Served, community: Community) -> None:
    pair = await begun(served, community)
    await pair.mentor.do(PAUSE_MATCH, input={"matchId": pair.id, "until": "2026-03-10"})
    await pair.mentee.do(END_MATCH, input={"matchId": pair.id, "reason": "NO_TIME"})
    await until(served, pair, "2026-03-11 12:00")
    assert (await rhythm(pair.mentor, pair))["state"] == "ENDED"
    assert (await rhythm(pair.mentor, pair))["pausedUntil"] is None
    await invariants(community.database)


async def test_both_press_resume_at_once_and_a_post_comes_in_between(served: Served, community: Community) -> None:
    pair = await begun(served, community)
    await pair.mentor.do(PAUSE_MATCH, input={"matchId": pair.id})
    async with all_at_once(community, "matches", 3):
        tasks = [
            asyncio.create_task(person.ask(RESUME_MATCH, input={"matchId": pair.id}))
            for person in (pair.mentor, pair.mentee)
        ]
        writing = asyncio.create_task(pair.mentor.do(CREATE_POST, input={"matchId": pair.id, "body": "Hi"}))
    answers = [each["data"]["resumeMatch"]["errors"] for each in await asyncio.gather(*tasks)]
    await writing
    assert sorted(len(errors) for errors in answers) == [0, 1]
    assert [error["code"] for errors in answers for error in errors] == ["ILLEGAL_TRANSITION"]
    assert await state(pair) == "ACTIVE"
    await invariants(community.database)
