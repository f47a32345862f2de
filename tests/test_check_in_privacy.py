"""What the two answer in a check-in is theirs alone: by whatever id or path others come, there is nothing."""

import logging
from uuid import uuid4

import pytest
from redis.asyncio import Redis

from models.check_ins import CheckIn
from schema.node import global_id
from tests.community import Community, Pair, Person
from tests.devices import another_device
from tests.documents import ANSWER_CHECK_IN, CREATE_MATCH, END_MATCH, JOIN_GROUP, PROGRAM_ACTIVITY, REMOVE_MEMBER
from tests.falling_due import id_of
from tests.rhythms import begun, check_ins, talks, until
from tests.servers import Served

MARKER = "an-answer-between-the-two-only"
NODE = """query($id: ID!) { node(id: $id) { __typename id ... on CheckIn {
  weekNumber state viewerDueAt viewerAnswer { mood body nextAction } partnerAnswer { mood body bodyHtml nextAction }
} } }"""
NODES = "query($ids: [ID!]!) { nodes(ids: $ids) { __typename ... on CheckIn { partnerAnswer { body } } } }"
SPACE = "query($id: ID!) { match(id: $id) { space { weeksInTouch checkIns { edges { node { id state } } } } } }"
VIA_PROGRAM = """query($id: ID!) { program(id: $id) { admin { matches { edges { node { state space {
  weeksInTouch silentSince offers viewerAsksForHelp checkIns { edges { cursor node { state } } } } } } } } } }"""
SUNDAY = "2026-03-08 18:00"


async def answered(served: Served, community: Community) -> tuple[Pair, str]:
    """A pair of whom the mentee has answered, and the id of the check-in."""
    pair = await begun(served, community)
    await until(served, pair, SUNDAY)
    (found,) = await check_ins(pair.mentee, pair)
    given = {"checkInId": found["id"], "mood": 2, "body": MARKER, "nextAction": MARKER}
    await pair.mentee.do(ANSWER_CHECK_IN, input=given)
    return pair, found["id"]


async def strangers(community: Community, pair: Pair) -> list[Person]:
    """Everybody who is not one of the two, in every role that there is; the admin last."""
    eve, member, other_admin = await community.people("Eve", "Mo", "Ola")
    await community.group(other_admin)
    await member.do(JOIN_GROUP, input={"groupId": pair.group})
    return [community.nobody, eve, member, other_admin, pair.admin]


async def test_the_two_see_it_each_from_his_side(served: Served, community: Community) -> None:
    pair, check_in = await answered(served, community)
    mine, theirs = await pair.mentee.do(NODE, id=check_in), await pair.mentor.do(NODE, id=check_in)
    assert (mine["viewerAnswer"]["body"], mine["partnerAnswer"]) == (MARKER, None)
    assert (theirs["viewerAnswer"], theirs["partnerAnswer"]["body"]) == (None, MARKER)


async def test_to_everybody_else_it_is_a_check_in_that_does_not_exist(served: Served, community: Community) -> None:
    pair, check_in = await answered(served, community)
    absent = str(global_id(CheckIn(id=uuid4())))
    given = {"mood": 1, "body": "x" * 20}
    for person in await strangers(community, pair):
        assert await person.ask(NODE, id=check_in) == await person.ask(NODE, id=absent)
        assert await person.do(NODES, ids=[check_in, absent]) == [None, None]
        async with community.nothing_changes():
            refusals = [
                await person.refused(ANSWER_CHECK_IN, input=given | {"checkInId": each})
                for each in (check_in, absent, pair.id, "garbage")
            ]
        assert refusals[0] == refusals[1]
        if person.token is None:
            assert refusals[0]["code"] == "UNAUTHENTICATED"
        else:
            assert refusals == [refusals[0]] * 4 and refusals[0]["code"] == "NOT_FOUND"
        answer = await person.ask(SPACE, id=pair.id)
        match = answer["data"]["match"]
        assert match is None or (person is pair.admin and match == {"space": None})


async def test_the_admin_counts_nothing_and_hears_nothing_of_it(served: Served, community: Community) -> None:
    pair = await begun(served, community)
    await until(served, pair, "2026-03-08 17:59")
    async with pair.admin.hears(PROGRAM_ACTIVITY, programId=pair.program) as ada:
        await ada.silence(0.3)
        await until(served, pair, SUNDAY)
        (found,) = await check_ins(pair.mentor, pair)
        for person in (pair.mentor, pair.mentee):
            await person.do(ANSWER_CHECK_IN, input={"checkInId": found["id"], "mood": 1, "body": MARKER})
        await ada.silence()
    assert MARKER not in str(answer := await pair.admin.ask(VIA_PROGRAM, id=pair.program))
    assert [edge["node"] for edge in answer["data"]["program"]["admin"]["matches"]["edges"]] == [
        {"state": "ACTIVE", "space": None}
    ]


async def paired_anew(served: Served, community: Community, pair: Pair, at: str) -> Pair:
    """The mentor of a pair that has ended and Nia, in the same program, when a check-in of theirs is open."""
    nia = await community.person("Nia")
    await nia.do(JOIN_GROUP, input={"groupId": pair.group})
    seeks = await community.sign_up(nia, pair.program, "MENTEE")
    given = {"mentorSignUpId": pair.sign_ups["MENTOR"], "menteeSignUpId": seeks}
    match = (await pair.admin.do(CREATE_MATCH, input=given))["match"]
    anew = Pair(match["id"], pair.mentor, nia, pair.admin, pair.group, pair.program)
    await talks(nia, anew)
    await until(served, anew, at)
    return anew


async def test_an_earlier_partner_sees_his_own_check_ins_and_not_the_later_ones(
    served: Served, community: Community
) -> None:
    """Maya was paired with Tom, and is with Nia now. Tom reads on what he and Maya answered, and no more."""
    pair, old = await answered(served, community)
    await pair.mentor.do(END_MATCH, input={"matchId": pair.id, "reason": "GOAL_REACHED"})
    anew = await paired_anew(served, community, pair, "2026-03-15 18:00")
    (new,) = await check_ins(anew.mentor, anew)
    await anew.mentor.do(ANSWER_CHECK_IN, input={"checkInId": new["id"], "mood": 1, "body": "Not for Tom"})
    tom = await another_device(pair.mentee)
    assert await tom.do(NODE, id=new["id"]) is None
    assert (await tom.do(NODE, id=old))["viewerAnswer"]["body"] == MARKER
    async with community.nothing_changes():
        for check_in, code in ((new["id"], "NOT_FOUND"), (old, "READ_ONLY")):
            error = await tom.refused(ANSWER_CHECK_IN, input={"checkInId": check_in, "mood": 3})
            assert error["code"] == code
    assert (await anew.mentee.do(NODE, id=new["id"]))["partnerAnswer"]["body"] == "Not for Tom"
    assert await anew.mentee.do(NODE, id=old) is None, "nor does Nia see what was before her"


async def test_who_was_removed_and_who_is_found_to_be_under_age_see_it_by_no_path(
    served: Served, community: Community
) -> None:
    pair, check_in = await answered(served, community)
    await pair.admin.do(REMOVE_MEMBER, input={"groupId": pair.group, "userId": pair.mentor.id})
    await community.database.execute("UPDATE users SET birth_date = '2015-01-01' WHERE id = $1", id_of(pair.mentee.id))
    for person in (pair.mentor, pair.mentee):
        assert await person.do(NODE, id=check_in) is None
        async with community.nothing_changes():
            error = await person.refused(ANSWER_CHECK_IN, input={"checkInId": check_in, "mood": 3})
        assert error["code"] == "NOT_FOUND"


async def test_no_word_of_it_is_in_redis_a_log_an_event_or_what_people_are_told(
    served: Served, community: Community, redis_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    heard: list[str] = []
    with caplog.at_level(logging.DEBUG, logger="server"):
        async with Redis.from_url(redis_url) as client, client.pubsub() as listening:
            await listening.psubscribe("*")
            pair, check_in = await answered(served, community)
            wrong = {"checkInId": check_in, "mood": 9, "body": MARKER}
            assert MARKER not in str(await pair.mentee.refused(ANSWER_CHECK_IN, input=wrong))
            await until(served, pair, "2026-04-20 12:00")
            while message := await listening.get_message(timeout=0.5):
                heard.append(repr(message))
    assert heard and not any(MARKER in each for each in heard)
    assert MARKER not in caplog.text
    tables = {table: await community.database.fetch(f"SELECT {table}::text FROM {table}") for table in PUBLIC}
    assert all(rows and not any(MARKER in text for (text,) in rows) for rows in tables.values())


PUBLIC = ("activity", "notifications", "nudges", "matches", "programs")
"""Where no word of an answer belongs."""
