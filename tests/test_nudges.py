"""Nudges: after weeks of silence both hear a kind word, once a level, and at last a way out that nobody must take."""

import asyncio

import asyncpg
import pytest

from tests.community import Community, Pair, Person
from tests.documents import (
    ACKNOWLEDGE_INTRODUCTION,
    ANSWER_CHECK_IN,
    COMPLETE_STEP,
    CREATE_COMMENT,
    CREATE_POST,
    END_MATCH,
    MATCH_ACTIVITY,
    PAUSE_MATCH,
    PROGRAM_ACTIVITY,
    RESUME_MATCH,
    SEND_MESSAGE,
    SPACE,
)
from tests.falling_due import id_of
from tests.invariants import invariants
from tests.rhythms import begun, check_ins, kinds_told, news, rhythm, talks, tick, until
from tests.servers import Served

KINDS = ("NUDGE_7", "NUDGE_14", "NUDGE_21", "SILENT_28")
DAY = {7: "2026-03-09", 14: "2026-03-16", 21: "2026-03-23", 28: "2026-03-30", 35: "2026-04-06", 42: "2026-04-13"}


async def nudged(person: Person) -> list[str]:
    """What somebody was told of a silence, newest first."""
    return await kinds_told(person, *KINDS)


async def test_both_are_nudged_after_one_two_and_three_weeks_and_offered_a_way_out_after_four(
    served: Served, community: Community
) -> None:
    pair = await begun(served, community)
    for days, expected in zip((7, 14, 21, 28), range(1, 5), strict=True):
        await until(served, pair, f"{DAY[days]} 09:59")
        assert len(await nudged(pair.mentor)) == expected - 1
        await until(served, pair, f"{DAY[days]} 10:00")
        for person in (pair.mentor, pair.mentee):
            assert await nudged(person) == list(reversed(KINDS[:expected]))
        async with community.nothing_changes():
            await tick(served)
    for day in (35, 42):
        await until(served, pair, f"{DAY[day]} 10:00")
        assert len(await nudged(pair.mentee)) == 4, "after the offers there is no more"
    assert (await rhythm(pair.mentee, pair))["state"] == "ACTIVE", "nothing is closed silently"
    unread = [note["kind"] for note in await news(pair.mentee, *KINDS) if note["readAt"] is None]
    assert unread == ["SILENT_28"], "a newer nudge takes the place of the older"
    (offer, *_) = await news(pair.mentor, "SILENT_28")
    assert offer["subject"] == {"__typename": "Match", "id": pair.id}
    await invariants(community.database)


@pytest.mark.parametrize("days", [15, 22, 29, 100])
async def test_after_a_downtime_only_the_highest_level_comes(served: Served, community: Community, days: int) -> None:
    pair = await begun(served, community)
    served.clock.advance(days=days)
    await tick(served)
    await until(served, pair, served.clock().strftime("%Y-%m-%d %H:%M"))
    highest = KINDS[min(days // 7, 4) - 1]
    assert (await nudged(pair.mentor), await nudged(pair.mentee)) == ([highest], [highest])


async def write_post(pair: Pair) -> None:
    await talks(pair.mentee, pair)


async def send_message(pair: Pair) -> None:
    await pair.mentor.do(SEND_MESSAGE, input={"matchId": pair.id, "body": "How are you?"})


async def comment(pair: Pair) -> None:
    posts = (await pair.mentee.do(SPACE, id=pair.id))["space"]["thread"]["posts"]["edges"]
    await pair.mentee.do(CREATE_COMMENT, input={"postId": posts[0]["node"]["id"], "body": "Yes"})


async def complete_step(pair: Pair) -> None:
    step = (await pair.mentee.do(SPACE, id=pair.id))["space"]["steps"][0]
    await pair.mentee.do(COMPLETE_STEP, input={"stepProgressId": step["id"]})


async def answer(pair: Pair) -> None:
    latest = (await check_ins(pair.mentor, pair))[0]
    await pair.mentor.do(ANSWER_CHECK_IN, input={"checkInId": latest["id"], "mood": 3})


CONTACT = pytest.mark.parametrize("contact", [write_post, send_message, comment, complete_step, answer])


@CONTACT
async def test_every_contact_begins_a_new_silence(served: Served, community: Community, contact) -> None:
    """A week after the post, an hour before the nudge, one of them stirs: the next one comes a week after that."""
    pair = await begun(served, community)
    await until(served, pair, f"{DAY[7]} 09:00")
    await contact(pair)
    assert (await rhythm(pair.mentee, pair))["silentSince"] == f"{DAY[7]}T09:00:00+00:00"
    await until(served, pair, f"{DAY[7]} 10:00")
    await until(served, pair, f"{DAY[14]} 08:59")
    assert await nudged(pair.mentor) == []
    await until(served, pair, f"{DAY[14]} 09:00")
    assert await nudged(pair.mentor) == ["NUDGE_7"]


@CONTACT
async def test_the_offers_go_away_as_soon_as_the_two_talk_and_everybody_hears_it(
    served: Served, community: Community, contact
) -> None:
    """Posting works with everything overdue, and the pair needs no help any more."""
    pair = await begun(served, community)
    await until(served, pair, f"{DAY[28]} 09:59")
    async with (
        pair.mentee.hears(MATCH_ACTIVITY, matchId=pair.id) as tom,
        pair.admin.hears(PROGRAM_ACTIVITY, programId=pair.program) as ada,
    ):
        await asyncio.gather(tom.silence(0.3), ada.silence(0.3))
        served.clock.advance(minutes=1)
        await tick(served, "nudge")
        for ears in (tom, ada):
            heard = await ears.next()
            assert (heard["__typename"], heard["actor"]) == ("MatchChanged", None)
        found = await rhythm(pair.mentee, pair)
        assert (found["offers"], found["welcomesHelp"]) == (["PAUSE", "ANOTHER_MATCH", "GRACEFUL_END"], True)
        await contact(pair)
        heard = await ada.next()
        assert (heard["__typename"], heard["actor"]) == ("MatchChanged", None), "the admin does not hear who wrote"
        await ada.silence()
        kinds = {(await tom.next())["__typename"] for _ in range(2)}
        assert "MatchChanged" in kinds and len(kinds) == 2
    found = await rhythm(pair.mentee, pair)
    assert (found["offers"], found["welcomesHelp"], found["state"]) == ([], False, "ACTIVE")
    served.clock.advance(days=6, hours=23)
    await tick(served, "nudge")
    await until(served, pair, served.clock().strftime("%Y-%m-%d %H:%M"))
    assert await nudged(pair.mentor) == ["SILENT_28", "NUDGE_21"], "the new silence is not a week old"
    await invariants(community.database)


async def test_a_second_silence_is_nudged_about_as_the_first(served: Served, community: Community) -> None:
    pair = await begun(served, community)
    await until(served, pair, f"{DAY[7]} 10:00")
    await talks(pair.mentee, pair)
    await until(served, pair, f"{DAY[14]} 10:00")
    assert await nudged(pair.mentor) == ["NUDGE_7", "NUDGE_7"]
    assert [note["readAt"] is None for note in await news(pair.mentor, *KINDS)] == [True, False]


async def test_nobody_is_nudged_in_the_night_and_each_when_his_own_is_over(
    served: Served, community: Community
) -> None:
    """The week is over at 10:00 in UTC: Maya, on Kiritimati, sleeps from 22:00 to 8:00, which is from 8:00 to 18:00."""
    pair = await begun(served, community, zones=("Pacific/Kiritimati", "Pacific/Niue"))
    await until(served, pair, f"{DAY[7]} 10:00")
    assert (await nudged(pair.mentor), await nudged(pair.mentee)) == ([], []), "Tom's night is from 9:00 to 19:00"
    await until(served, pair, f"{DAY[7]} 18:00")
    assert (await nudged(pair.mentor), await nudged(pair.mentee)) == (["NUDGE_7"], [])
    await until(served, pair, f"{DAY[7]} 18:59")
    assert await nudged(pair.mentee) == []
    await until(served, pair, f"{DAY[7]} 19:00")
    assert (await nudged(pair.mentor), await nudged(pair.mentee)) == (["NUDGE_7"], ["NUDGE_7"])


async def test_who_talks_in_the_night_spares_both_the_nudge(served: Served, community: Community) -> None:
    pair = await begun(served, community, zones=("Pacific/Kiritimati", "Pacific/Niue"))
    await until(served, pair, f"{DAY[7]} 18:00")
    assert (await nudged(pair.mentor), await nudged(pair.mentee)) == (["NUDGE_7"], [])
    await talks(pair.mentor, pair)
    await until(served, pair, f"{DAY[7]} 20:00")
    assert await nudged(pair.mentee) == []


async def test_who_has_no_quiet_hours_is_nudged_at_once(served: Served, community: Community) -> None:
    pair = await begun(served, community, "2026-03-02 23:30")
    none = "UPDATE users SET quiet_from = NULL, quiet_until = NULL WHERE id = $1"
    await community.database.execute(none, id_of(pair.mentor.id))
    await until(served, pair, f"{DAY[7]} 23:30")
    assert (await nudged(pair.mentor), await nudged(pair.mentee)) == (["NUDGE_7"], [])


async def test_a_pause_is_no_silence_and_the_end_of_one_begins_it_anew(served: Served, community: Community) -> None:
    pair = await begun(served, community)
    await until(served, pair, f"{DAY[7]} 09:00")
    await pair.mentor.do(PAUSE_MATCH, input={"matchId": pair.id})
    await until(served, pair, f"{DAY[28]} 10:00")
    assert await nudged(pair.mentor) == []
    await pair.mentee.do(RESUME_MATCH, input={"matchId": pair.id})
    await until(served, pair, f"{DAY[35]} 09:59")
    assert await nudged(pair.mentor) == []
    await until(served, pair, f"{DAY[35]} 10:00")
    assert await nudged(pair.mentor) == ["NUDGE_7"]


async def test_the_pause_that_was_offered_takes_the_offers_away(served: Served, community: Community) -> None:
    pair = await begun(served, community)
    await until(served, pair, f"{DAY[28]} 10:00")
    await pair.mentor.do(PAUSE_MATCH, input={"matchId": pair.id})
    found = await rhythm(pair.mentor, pair)
    assert (found["offers"], found["welcomesHelp"], found["state"]) == ([], False, "PAUSED")


async def test_a_match_that_has_not_begun_or_has_ended_is_not_nudged(served: Served, community: Community) -> None:
    ended = await begun(served, community)
    fresh = await community.pair()
    await fresh.mentor.do(ACKNOWLEDGE_INTRODUCTION, input={"matchId": fresh.id})
    assert (await rhythm(fresh.mentor, fresh))["silentSince"] is None
    await ended.mentor.do(END_MATCH, input={"matchId": ended.id, "reason": "GOAL_REACHED"})
    for pair in (ended, fresh):
        await until(served, pair, f"{DAY[7]} 20:00")
        assert (await nudged(pair.mentor), await nudged(pair.mentee)) == ([], [])


async def test_a_silence_begins_when_both_have_read_the_introduction(served: Served, community: Community) -> None:
    served.clock.advance(hours=1)
    pair = await community.pair()
    for person in (pair.mentor, pair.mentee):
        await person.do(ACKNOWLEDGE_INTRODUCTION, input={"matchId": pair.id})
    found = await rhythm(pair.mentor, pair)
    assert (found["weeksInTouch"], found["silentSince"]) == (0, served.clock().isoformat())


async def test_no_nudge_can_be_written_twice(served: Served, community: Community) -> None:
    """Whatever the ticker thinks, the table lets one person hear of one silence at one level once."""
    pair = await begun(served, community)
    await until(served, pair, f"{DAY[7]} 10:00")
    again = """INSERT INTO nudges (id, match_id, user_id, silent_since, level, created_at)
        SELECT gen_random_uuid(), match_id, user_id, silent_since, level, now() FROM nudges WHERE match_id = $1"""
    with pytest.raises(asyncpg.UniqueViolationError, match="one_nudge_a_person_silence_and_level"):
        await community.database.execute(again, id_of(pair.id))


async def test_the_words_of_a_nudge_are_the_same_for_everybody(served: Served, community: Community) -> None:
    pair = await begun(served, community)
    await pair.mentee.do(CREATE_POST, input={"matchId": pair.id, "body": "words-of-the-two"})
    for days in (7, 14, 21, 28):
        await until(served, pair, f"{DAY[days]} 10:00")
    for note in await news(pair.mentee, *KINDS):
        assert "words-of-the-two" not in note["text"] and "Maya" not in note["text"]
        assert 40 < len(note["text"]) < 160
