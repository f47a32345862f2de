"""Live streams: resumed from a cursor, in order, by those who may hear them, over sockets and server-sent events."""

import asyncio

import pytest

from pubsub import live
from pubsub.streams import Stream, match_stream
from schema.node import parse_id
from tests.community import Community, Pair, Person
from tests.documents import (
    COMPLETE_STEP,
    CREATE_COMMENT,
    CREATE_POST,
    DELETE_MESSAGE,
    EDIT_POST,
    END_MATCH,
    MATCH_ACTIVITY,
    PROGRAM_ACTIVITY,
    REMOVE_MEMBER,
    SEND_MESSAGE,
    SET_GROUP_ROLE,
    SPACE,
    VIEWER_ACTIVITY,
)
from tests.listening import Completed

LOG_OUT_EVERYWHERE = (
    "mutation($input: LogOutEverywhereInput!) { logOutEverywhere(input: $input) { user { id } errors { code } } }"
)


def stream_of(pair: Pair) -> Stream:
    parsed = parse_id(pair.id)
    assert parsed is not None
    return match_stream(parsed[1])


async def post(person: Person, pair: Pair, body: str) -> str:
    return (await person.do(CREATE_POST, input={"matchId": pair.id, "body": body}))["post"]["id"]


async def cursor_of(person: Person, pair: Pair) -> str:
    return (await person.do(SPACE, id=pair.id))["space"]["activityCursor"]


@pytest.mark.parametrize("transport", ["hears", "hears_events"])
async def test_a_listener_who_left_goes_on_from_his_cursor_without_a_gap_or_a_repeat(
    community: Community, transport: str
) -> None:
    pair = await community.pair()
    await post(pair.mentor, pair, "One")
    cursor = await cursor_of(pair.mentee, pair)
    async with getattr(pair.mentee, transport)(MATCH_ACTIVITY, matchId=pair.id, after=cursor) as tom:
        await post(pair.mentor, pair, "Two")
        heard = await tom.next()
        assert heard["post"]["body"] == "Two"
    for word in ("Three", "Four"):
        await post(pair.mentor, pair, word)
    async with getattr(pair.mentee, transport)(MATCH_ACTIVITY, matchId=pair.id, after=heard["cursor"]) as tom:
        assert [(await tom.next())["post"]["body"] for _ in range(2)] == ["Three", "Four"]
        await post(pair.mentor, pair, "Five")
        assert (await tom.next())["post"]["body"] == "Five"
        await tom.silence()


async def test_every_kind_of_change_in_a_pair_is_heard_by_both(community: Community) -> None:
    pair = await community.pair()
    async with (
        pair.mentor.hears(MATCH_ACTIVITY, matchId=pair.id) as maya,
        pair.mentee.hears_events(MATCH_ACTIVITY, matchId=pair.id) as tom,
    ):
        await asyncio.gather(maya.silence(0.2), tom.silence(0.2))
        post_id = await post(pair.mentor, pair, "Hello")
        await pair.mentee.do(CREATE_COMMENT, input={"postId": post_id, "body": "Hi!"})
        await pair.mentor.do(EDIT_POST, input={"postId": post_id, "body": "Hello, Tom"})
        step = (await pair.mentor.do(SPACE, id=pair.id))["space"]["steps"][0]
        message = (await pair.mentee.do(SEND_MESSAGE, input={"matchId": pair.id, "body": "Call me"}))["message"]
        await pair.mentee.do(DELETE_MESSAGE, input={"messageId": message["id"]})
        await pair.mentor.do(COMPLETE_STEP, input={"stepProgressId": step["id"]})
        await pair.mentee.do(END_MATCH, input={"matchId": pair.id, "reason": "NO_TIME"})
        heard = [await maya.rest(), await tom.rest()]
    assert [event["cursor"] for event in heard[0]] == [event["cursor"] for event in heard[1]]
    assert [event["__typename"] for event in heard[0]] == [
        "MatchChanged",
        "PostAdded",
        "CommentAdded",
        "PostChanged",
        "MessageAdded",
        "MessageChanged",
        "StepProgressed",
        "MatchChanged",
    ]
    assert heard[0][-1]["actor"] is None and heard[0][-1]["match"]["state"] == "ENDED"


async def test_an_event_shows_the_row_as_it_is_now(community: Community) -> None:
    """A listener who replays an edit's history reads today's words only: the log has no words of its own."""
    pair = await community.pair()
    cursor = await cursor_of(pair.mentee, pair)
    post_id = await post(pair.mentor, pair, "A slip of the tongue")
    await pair.mentor.do(EDIT_POST, input={"postId": post_id, "body": "Well said"})
    async with pair.mentee.hears(MATCH_ACTIVITY, matchId=pair.id, after=cursor) as tom:
        heard = [await tom.next() for _ in range(3)]
    assert [event["post"]["body"] for event in heard[1:]] == ["Well said", "Well said"]


async def test_nobody_but_the_two_can_listen_or_learn_that_there_is_something(community: Community) -> None:
    pair = await community.pair()
    eve = await community.person("Eve")
    absent = pair.id[:-4] + "AAAA"
    refusals = []
    for person in (eve, pair.admin):
        for match_id in (pair.id, absent, "garbage", eve.id):
            for hears in (person.hears, person.hears_events):
                async with hears(MATCH_ACTIVITY, matchId=match_id) as ears:
                    error = await ears.refusal()
                    refusals.append((error["message"], error["extensions"]["code"]))
    assert len(set(refusals)) == 1 and refusals[0][1] == "NOT_FOUND"
    async with community.nobody.hears(MATCH_ACTIVITY, matchId=pair.id) as ears:
        assert (await ears.refusal())["extensions"]["code"] == "UNAUTHENTICATED"
    async with pair.mentee.hears(PROGRAM_ACTIVITY, programId=pair.program) as ears:
        assert (await ears.refusal())["extensions"]["code"] == "NOT_FOUND"


@pytest.mark.parametrize("kind", ["garbage", "another stream's", "ahead", "pruned"])
async def test_a_cursor_of_no_use_gets_one_resync_with_the_head_and_then_the_end(
    community: Community, kind: str
) -> None:
    pair, other = await community.pair(), await community.pair("Nia", "Olu")
    for word in ("One", "Two"):
        await post(pair.mentor, pair, word)
    stream = stream_of(pair)
    cursors = {
        "garbage": "%%%",
        "another stream's": await cursor_of(other.mentee, other),
        "ahead": stream.cursor(99),
        "pruned": stream.cursor(1),
    }
    await community.database.execute("UPDATE matches SET activity_floor = 2 WHERE id = $1", stream.id)
    await community.database.execute("DELETE FROM activity WHERE stream_id = $1 AND number <= 2", stream.id)
    async with pair.mentee.hears(MATCH_ACTIVITY, matchId=pair.id, after=cursors[kind]) as tom:
        resync = await tom.next()
        assert resync["__typename"] == "ResyncRequired" and resync["reason"]
        with pytest.raises(Completed):
            await tom.next()
    async with pair.mentee.hears(MATCH_ACTIVITY, matchId=pair.id, after=resync["cursor"]) as tom:
        await post(pair.mentor, pair, "Three")
        assert (await tom.next())["post"]["body"] == "Three"


async def test_the_two_hear_on_their_own_streams_that_they_were_paired(community: Community) -> None:
    ada, maya, tom = await community.people("Ada", "Maya", "Tom")
    group_id = await community.group(ada, maya, tom)
    program_id = await community.program(ada, group_id)
    sign_ups = [await community.sign_up(maya, program_id, "MENTOR"), await community.sign_up(tom, program_id, "MENTEE")]
    await community.advance(ada, program_id, "MATCHING")
    async with (
        maya.hears(VIEWER_ACTIVITY) as mayas,
        tom.hears_events(VIEWER_ACTIVITY) as toms,
        ada.hears(PROGRAM_ACTIVITY, programId=program_id) as admins,
    ):
        await asyncio.gather(mayas.silence(0.2), toms.silence(0.2), admins.silence(0.2))
        given = {"mentorSignUpId": sign_ups[0], "menteeSignUpId": sign_ups[1]}
        document = "mutation($input: CreateMatchInput!) { createMatch(input: $input) { match { id } errors { code } } }"
        match = (await ada.do(document, input=given))["match"]
        for ears in (mayas, toms):
            event = await ears.next()
            assert event["__typename"] == "MatchChanged"
            assert event["match"] | {"id": match["id"]} == event["match"]
            assert event["actor"]["id"] == ada.id
        kinds = [(await admins.next())["__typename"] for _ in range(3)]
    assert kinds == ["SignUpChanged", "SignUpChanged", "MatchChanged"]


async def test_a_log_out_everywhere_ends_what_is_open_and_tells_nothing_more(community: Community) -> None:
    pair = await community.pair()
    async with pair.mentee.hears(MATCH_ACTIVITY, matchId=pair.id) as tom, pair.mentee.hears(VIEWER_ACTIVITY) as own:
        await asyncio.gather(tom.silence(0.2), own.silence(0.2))
        await pair.mentee.do(LOG_OUT_EVERYWHERE, input={"password": "correct horse battery"})
        await post(pair.mentor, pair, "Are you there?")
        for ears in (tom, own):
            assert await ears.rest(2) == []


async def test_a_removed_member_hears_no_more_and_his_partner_hears_the_end(community: Community) -> None:
    pair = await community.pair()
    await post(pair.mentor, pair, "Hello")
    async with (
        pair.mentor.hears(MATCH_ACTIVITY, matchId=pair.id) as maya,
        pair.mentee.hears(MATCH_ACTIVITY, matchId=pair.id) as tom,
    ):
        await asyncio.gather(maya.silence(0.2), tom.silence(0.2))
        await pair.admin.do(REMOVE_MEMBER, input={"groupId": pair.group, "userId": pair.mentee.id})
        assert await tom.rest(2) == []
        (end,) = await maya.rest(2)
        assert (end["__typename"], end["match"]["state"], end["actor"]) == ("MatchChanged", "ENDED", None)
    assert await pair.mentee.do(SPACE, id=pair.id) is None
    thread = (await pair.mentor.do(SPACE, id=pair.id))["space"]["thread"]["posts"]["edges"]
    assert [edge["node"]["body"] for edge in thread] == ["Hello"]


async def test_an_admin_who_steps_down_stops_hearing_the_program(community: Community) -> None:
    ada, bea = await community.people("Ada", "Bea")
    group_id = await community.group(ada, bea)
    program_id = await community.program(ada, group_id)
    await ada.do(SET_GROUP_ROLE, input={"groupId": group_id, "userId": bea.id, "role": "ADMIN"})
    async with bea.hears(PROGRAM_ACTIVITY, programId=program_id) as ears:
        await ears.silence(0.2)
        await ada.do(SET_GROUP_ROLE, input={"groupId": group_id, "userId": bea.id, "role": "MEMBER"})
        await community.sign_up(ada, program_id, "MENTOR")
        assert await ears.rest(2) == []


async def test_a_rolled_back_act_is_told_to_nobody(community: Community) -> None:
    """The loser of a race for a key has taken a number and gives it back with everything else."""
    pair = await community.pair()
    given = {"matchId": pair.id, "body": "Once", "idempotencyKey": "race"}
    async with pair.mentee.hears(MATCH_ACTIVITY, matchId=pair.id) as tom:
        await tom.silence(0.2)
        await asyncio.gather(*(pair.mentor.do(CREATE_POST, input=given) for _ in range(8)))
        assert [(await tom.next())["__typename"] for _ in range(2)] == ["MatchChanged", "PostAdded"]
        await tom.silence()
    heads = await community.database.fetchrow(
        "SELECT activity_head, (SELECT count(*) FROM activity WHERE stream_id = matches.id) FROM matches WHERE id = $1",
        stream_of(pair).id,
    )
    assert tuple(heads) == (2, 2), "no hole"


async def test_when_the_last_listener_has_left_the_hub_forgets_the_stream(community: Community) -> None:
    pair = await community.pair()
    async with pair.mentee.hears(MATCH_ACTIVITY, matchId=pair.id) as tom:
        await tom.silence(0.2)
        assert live.hub().following >= 1
    async with asyncio.timeout(5):
        while live.hub().following or live.hub()._watched:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
