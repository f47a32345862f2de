"""Presence: seeing that one's partner is there, types or has read, and when that ends."""

import pytest

from pubsub import presence, presence_typing
from tests.community import Community, Pair
from tests.devices import LOG_OUT_EVERYWHERE
from tests.documents import (
    CREATE_MATCH,
    CREATE_POST,
    END_MATCH,
    MARK_READ,
    MATCH_ACTIVITY,
    PARTNER_PRESENCE,
    REMOVE_MEMBER,
    SET_TYPING,
    SPACE,
    VIEWER_ACTIVITY,
)
from tests.listening import Completed
from tests.looking import ALONE, THERE, looking, types, until
from tests.rounds import key, waiting


@pytest.mark.parametrize("transport", ["hears", "hears_events"])
@pytest.mark.parametrize(
    ("document", "about_the_pair"), [(MATCH_ACTIVITY, True), (VIEWER_ACTIVITY, False), (PARTNER_PRESENCE, True)]
)
async def test_maya_sees_tom_come_and_go_whatever_he_follows(
    community: Community, document: str, about_the_pair: bool, transport: str
) -> None:
    pair = await community.pair()
    async with looking(pair.mentor, pair) as maya:
        variables = {"matchId": pair.id} if about_the_pair else {}
        for _ in range(2):
            async with getattr(pair.mentee, transport)(document, **variables):
                assert await maya.next() == THERE
            assert await maya.next() == ALONE


async def test_who_begins_to_look_sees_at_once_what_is_so(community: Community) -> None:
    pair = await community.pair()
    await pair.mentor.do(CREATE_POST, input={"matchId": pair.id, "body": "Hello"})
    cursor = (await pair.mentee.do(SPACE, id=pair.id))["space"]["activityCursor"]
    await pair.mentee.do(MARK_READ, input={"matchId": pair.id, "upTo": cursor})
    async with pair.mentee.hears(VIEWER_ACTIVITY) as tom:
        await tom.silence()
        async with pair.mentor.hears_events(PARTNER_PRESENCE, matchId=pair.id) as maya:
            assert await maya.next() == {"online": True, "typing": False, "readUpTo": cursor}
            await maya.silence()


async def test_two_windows_are_one_person(community: Community) -> None:
    pair = await community.pair()
    async with looking(pair.mentor, pair) as maya, pair.mentee.hears(VIEWER_ACTIVITY):
        assert await maya.next() == THERE
        async with pair.mentee.hears(MATCH_ACTIVITY, matchId=pair.id) as second:
            await second.silence()
        await maya.silence()


async def test_the_one_pair_does_not_see_that_he_is_in_the_other(community: Community) -> None:
    """Maya has two mentees. While she has only Olu's page open, Tom does not see her."""
    here = await waiting(community, mentees=2, capacity=2)
    maya = here.mentors[0][0]
    toms, olus = [
        Pair(
            (await here.admin.do(CREATE_MATCH, input=here.pair(0, place)))["match"]["id"],
            maya,
            mentee,
            here.admin,
            "",
            "",
        )
        for place, (mentee, _) in enumerate(here.mentees)
    ]
    async with (
        looking(toms.mentee, toms) as tom,
        looking(olus.mentee, olus) as olu,
        maya.hears(MATCH_ACTIVITY, matchId=olus.id),
    ):
        assert await olu.next() == THERE
        await tom.silence()


async def test_maya_sees_that_tom_types_and_that_he_stops(community: Community) -> None:
    pair = await community.pair()
    async with looking(pair.mentor, pair) as maya, community.nothing_changes():
        await types(pair.mentee, pair)
        assert await maya.next() == ALONE | {"typing": True}
        await types(pair.mentee, pair, False)
        assert await maya.next() == ALONE


async def test_who_begins_to_look_while_tom_types_sees_it(community: Community) -> None:
    pair = await community.pair()
    await types(pair.mentee, pair)
    async with pair.mentor.hears(PARTNER_PRESENCE, matchId=pair.id) as maya:
        assert await maya.next() == ALONE | {"typing": True}


async def test_one_does_not_see_oneself_type(community: Community) -> None:
    pair = await community.pair()
    async with looking(pair.mentee, pair) as tom:
        await types(pair.mentee, pair)
        await tom.silence()


async def test_who_says_nothing_more_does_not_type_any_more(
    community: Community, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (presence, presence_typing):
        monkeypatch.setattr(module, "TYPING_SECONDS", 0.3)
    pair = await community.pair()
    async with looking(pair.mentor, pair) as maya:
        await types(pair.mentee, pair)
        assert (await maya.next())["typing"] is True
        assert await maya.next() == ALONE


async def test_the_last_word_of_many_counts(community: Community) -> None:
    """Tom's keys stutter: each call is answered as usual, and what Maya sees in the end is what he said last."""
    pair = await community.pair()
    async with looking(pair.mentor, pair) as maya:
        for typing in (True, False, True, False, True, False):
            await types(pair.mentee, pair, typing)
        assert (await maya.next())["typing"] is True
        assert await until(maya, typing=False) == ALONE
        await maya.silence(1.5)


@pytest.mark.parametrize("who", ["admin", "outsider"])
async def test_nobody_else_can_type_or_look_or_learn_that_there_is_something(community: Community, who: str) -> None:
    pair = await community.pair()
    person = pair.admin if who == "admin" else await community.person("Eve")
    absent = pair.id[:-4] + "AAAA"
    async with looking(pair.mentor, pair) as maya:
        answers = [
            await person.refused(SET_TYPING, input={"matchId": match_id, "typing": True})
            for match_id in (pair.id, absent)
        ]
        assert answers == [answers[0]] * 2 and answers[0]["code"] == "NOT_FOUND"
        for match_id in (pair.id, absent):
            async with person.hears(PARTNER_PRESENCE, matchId=match_id) as ears:
                assert (await ears.refusal())["extensions"]["code"] == "NOT_FOUND"
        error = await community.nobody.refused(SET_TYPING, input={"matchId": pair.id, "typing": True})
        assert error["code"] == "UNAUTHENTICATED"
        await maya.silence()


async def test_a_minor_neither_types_nor_looks(community: Community) -> None:
    pair = await community.pair()
    await community.database.execute("UPDATE users SET birth_date = '2015-01-01' WHERE id = $1", key(pair.mentee.id))
    error = await pair.mentee.refused(SET_TYPING, input={"matchId": pair.id, "typing": True})
    assert error["code"] == "UNDERAGE"
    async with pair.mentee.hears(PARTNER_PRESENCE, matchId=pair.id) as tom:
        assert (await tom.refusal())["extensions"]["code"] == "UNDERAGE"


async def end(pair: Pair) -> None:
    await pair.mentee.do(END_MATCH, input={"matchId": pair.id, "reason": "NO_TIME"})


async def remove(pair: Pair) -> None:
    await pair.admin.do(REMOVE_MEMBER, input={"groupId": pair.group, "userId": pair.mentor.id})


async def log_out(pair: Pair) -> None:
    await pair.mentor.do(LOG_OUT_EVERYWHERE, input={"password": "correct horse battery"})


@pytest.mark.parametrize("act", [end, remove, log_out])
@pytest.mark.parametrize("transport", ["hears", "hears_events"])
async def test_looking_ends_with_the_match_or_with_the_right_to_it(community: Community, act, transport: str) -> None:
    pair = await community.pair()
    async with getattr(pair.mentor, transport)(PARTNER_PRESENCE, matchId=pair.id) as maya:
        assert await maya.next() == ALONE
        await act(pair)
        with pytest.raises(Completed):
            await maya.next(3)


async def test_after_the_end_there_is_nobody_to_look_at_and_nothing_to_type(community: Community) -> None:
    pair = await community.pair()
    await end(pair)
    async with pair.mentor.hears(PARTNER_PRESENCE, matchId=pair.id) as maya:
        with pytest.raises(Completed):
            await maya.next()
    error = await pair.mentor.refused(SET_TYPING, input={"matchId": pair.id, "typing": True})
    assert (error["code"], error["path"]) == ("READ_ONLY", ["input", "matchId"])


async def test_maya_sees_how_far_tom_has_read_as_he_reads(community: Community) -> None:
    pair = await community.pair()
    async with looking(pair.mentor, pair) as maya:
        for body in ("One", "Two"):
            await pair.mentor.do(CREATE_POST, input={"matchId": pair.id, "body": body})
            cursor = (await pair.mentee.do(SPACE, id=pair.id))["space"]["activityCursor"]
            await pair.mentee.do(MARK_READ, input={"matchId": pair.id, "upTo": cursor})
            assert await maya.next() == ALONE | {"readUpTo": cursor}
