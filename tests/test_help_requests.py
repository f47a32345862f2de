"""Asking for help: the admins hear that a pair would welcome it, and nothing else, and the two know what they see."""

import asyncio

from tests.community import Community, Pair, Person
from tests.documents import (
    ASK_FOR_HELP,
    CREATE_POST,
    END_MATCH,
    JOIN_GROUP,
    MATCH_ACTIVITY,
    PROGRAM_ACTIVITY,
    SET_GROUP_ROLE,
    STOP_ASKING_FOR_HELP,
    VIEWER_ACTIVITY,
)
from tests.invariants import invariants
from tests.rhythms import begun, kinds_told, news, rhythm, until
from tests.servers import Served

ADMINS_VIEW = """
query($id: ID!) { program(id: $id) { admin { matches { edges { node {
  id state welcomesHelp space { adminSees }
} } } } } }
"""


async def as_admin(admin: Person, pair: Pair) -> dict:
    (edge,) = (await admin.do(ADMINS_VIEW, id=pair.program))["admin"]["matches"]["edges"]
    return edge["node"]


async def test_a_member_asks_for_help_and_the_admin_hears_that_and_no_more(
    served: Served, community: Community
) -> None:
    pair = await begun(served, community)
    async with (
        pair.admin.hears(PROGRAM_ACTIVITY, programId=pair.program) as ada,
        pair.admin.hears(VIEWER_ACTIVITY) as adas_own,
        pair.mentor.hears(MATCH_ACTIVITY, matchId=pair.id) as maya,
    ):
        await asyncio.gather(*(ears.silence(0.3) for ears in (ada, adas_own, maya)))
        asked = (await pair.mentee.do(ASK_FOR_HELP, input={"matchId": pair.id}))["match"]
        assert (asked["welcomesHelp"], asked["space"]["viewerAsksForHelp"]) == (True, True)
        for ears in (ada, maya):
            heard = await ears.next()
            assert (heard["__typename"], heard["actor"]) == ("MatchChanged", None), "who asked is not told"
        assert (await adas_own.next())["notification"]["kind"] == "HELP_WELCOME"
        async with community.nothing_changes():
            await pair.mentee.do(ASK_FOR_HELP, input={"matchId": pair.id})
    assert await as_admin(pair.admin, pair) == {
        "id": pair.id, "state": "ACTIVE", "welcomesHelp": True, "space": None
    }  # fmt: skip
    (note,) = await news(pair.admin, "HELP_WELCOME")
    assert note["subject"] == {"__typename": "Match", "id": pair.id}
    hers = await rhythm(pair.mentor, pair)
    assert (hers["welcomesHelp"], hers["viewerAsksForHelp"]) == (True, False)
    await invariants(community.database)


async def test_each_takes_back_what_he_asked_himself(served: Served, community: Community) -> None:
    pair = await begun(served, community)
    given = {"matchId": pair.id}
    await pair.mentee.do(ASK_FOR_HELP, input=given)
    async with community.nothing_changes():
        await pair.mentor.do(STOP_ASKING_FOR_HELP, input=given)
    await pair.mentor.do(ASK_FOR_HELP, input=given)
    assert await kinds_told(pair.admin, "HELP_WELCOME") == ["HELP_WELCOME"], "told once"
    stopped = (await pair.mentee.do(STOP_ASKING_FOR_HELP, input=given))["match"]
    assert (stopped["welcomesHelp"], stopped["space"]["viewerAsksForHelp"]) == (True, False)
    assert (await pair.mentor.do(STOP_ASKING_FOR_HELP, input=given))["match"]["welcomesHelp"] is False
    assert (await as_admin(pair.admin, pair))["welcomesHelp"] is False
    async with community.nothing_changes():
        await pair.mentor.do(STOP_ASKING_FOR_HELP, input=given)


async def test_after_28_days_of_silence_the_admin_sees_that_help_would_be_welcome(
    served: Served, community: Community
) -> None:
    pair = await begun(served, community)
    await until(served, pair, "2026-03-29 12:00")
    assert (await as_admin(pair.admin, pair))["welcomesHelp"] is False
    await until(served, pair, "2026-03-30 12:00")
    assert (await as_admin(pair.admin, pair))["welcomesHelp"] is True
    assert await kinds_told(pair.admin, "HELP_WELCOME") == ["HELP_WELCOME"]
    await pair.mentee.do(CREATE_POST, input={"matchId": pair.id, "body": "Here I am"})
    assert (await as_admin(pair.admin, pair))["welcomesHelp"] is False


async def test_an_admin_who_is_one_of_the_two_is_not_told_and_the_others_are(
    served: Served, community: Community
) -> None:
    pair = await begun(served, community)
    zoe = await community.person("Zoe")
    await zoe.do(JOIN_GROUP, input={"groupId": pair.group})
    for person in (zoe, pair.mentor):
        await pair.admin.do(SET_GROUP_ROLE, input={"groupId": pair.group, "userId": person.id, "role": "ADMIN"})
    await pair.mentee.do(ASK_FOR_HELP, input={"matchId": pair.id})
    for person, expected in ((zoe, 1), (pair.admin, 1), (pair.mentor, 0), (pair.mentee, 0)):
        assert len(await kinds_told(person, "HELP_WELCOME")) == expected


async def test_help_is_asked_for_before_they_have_begun_and_not_after_the_end(
    served: Served, community: Community
) -> None:
    pair = await community.pair()
    given = {"matchId": pair.id}
    await pair.mentee.do(ASK_FOR_HELP, input=given)
    assert (await as_admin(pair.admin, pair)) | {"id": ""} == {
        "id": "", "state": "INTRODUCED", "welcomesHelp": True, "space": None
    }  # fmt: skip
    await pair.mentor.do(END_MATCH, input=given | {"reason": "OTHER"})
    assert (await as_admin(pair.admin, pair))["welcomesHelp"] is False
    async with community.nothing_changes():
        for document in (ASK_FOR_HELP, STOP_ASKING_FOR_HELP):
            assert (await pair.mentor.refused(document, input=given))["code"] == "READ_ONLY"


async def test_nobody_but_the_two_asks_for_them(served: Served, community: Community) -> None:
    pair, other = await begun(served, community), await begun(served, community)
    async with community.nothing_changes():
        for document in (ASK_FOR_HELP, STOP_ASKING_FOR_HELP):
            answers = [await who.refused(document, input={"matchId": pair.id}) for who in (pair.admin, other.mentor)]
            answers.append(await other.mentor.refused(document, input={"matchId": "garbage"}))
            assert answers == [answers[0]] * 3
            assert (answers[0]["code"], answers[0]["path"]) == ("NOT_FOUND", ["input", "matchId"])
            error = await community.nobody.refused(document, input={"matchId": pair.id})
            assert error["code"] == "UNAUTHENTICATED"


async def test_the_two_are_told_what_the_admins_see(served: Served, community: Community) -> None:
    pair = await begun(served, community)
    for person in (pair.mentor, pair.mentee):
        text = (await rhythm(person, pair))["adminSees"]
        for word in ("28 days", "paused", "who asked", "message", "check-in"):
            assert word in text
