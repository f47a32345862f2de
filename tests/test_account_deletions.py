"""Somebody deletes an account: what the others see at once, what is left after the grace, and what never goes."""

import asyncio

import asyncpg
import pytest

from resolvers import erasures, word_removal
from tests.community import PASSWORD, Community
from tests.deleting import DELETE, delete, erase_all, found, toms_pair
from tests.devices import another_device
from tests.documents import (
    ANSWER_CHECK_IN,
    CREATE_GROUP,
    JOIN_GROUP,
    LOG_IN,
    MATCH_ACTIVITY,
    SPACE,
    UPDATE_SIGN_UP,
    VIEWER_ACTIVITY,
)
from tests.falling_due import id_of, ticker_on
from tests.invariants import invariants
from tests.rhythms import begun, check_ins, tick, until
from tests.rounds import shown_as
from tests.servers import Served

CANCEL = "mutation { cancelAccountDeletion { viewer { erasesAt user { name } } errors { code message } } }"


THREAD = """
query($id: ID!) { match(id: $id) { state mentor { name } mentee { name } space {
  introduction { text shared firstQuestion }
  readState { unreadPosts unreadMessages }
  thread { posts(first: 50) { edges { cursor node {
    id body deletedAt author { name } reactions { emoji }
    comments(first: 50) { edges { node { body author { name } } } } } } } }
  messages(first: 50) { edges { node { body author { name } } } }
} } }
"""


async def test_at_once_the_partner_is_free_and_everybody_hears_an_ordinary_end(
    served: Served, community: Community
) -> None:
    pair, _ = await toms_pair(community, 1)
    async with (
        pair.mentor.hears(MATCH_ACTIVITY, matchId=pair.id) as maya,
        pair.mentee.hears(MATCH_ACTIVITY, matchId=pair.id) as tom,
    ):
        await asyncio.gather(maya.silence(0.3), tom.silence(0.1))
        answer = await delete(pair.mentee)
        assert answer["erasesAt"].startswith(f"{(served.clock().date()).replace(day=16)}")
        (end,) = await maya.rest(3)
        assert (end["__typename"], end["actor"], end["match"]["state"]) == ("MatchChanged", None, "ENDED")
    states = await community.database.fetch(
        "SELECT role, state FROM sign_ups WHERE program_id = $1 ORDER BY role", id_of(pair.program)
    )
    assert [tuple(row) for row in states] == [("MENTEE", "WITHDRAWN"), ("MENTOR", "WAITING")]
    answer = await pair.mentee.ask("{ viewer { erasesAt } }")
    assert "data" not in answer or answer["data"]["viewer"] is None, "all sessions have ended"
    await invariants(community.database)


async def test_within_the_grace_one_can_come_back(served: Served, community: Community) -> None:
    pair, _ = await toms_pair(community, 1)
    await delete(pair.mentee)
    served.clock.advance(days=13)
    tom = await another_device(pair.mentee)
    assert (await tom.do("{ viewer { erasesAt } }"))["erasesAt"] is not None
    async with community.nothing_changes():
        assert (await tom.refused(JOIN_GROUP, input={"groupId": pair.group}))["code"] == "CONFLICT"
        given = {"name": "Mine", "slug": "mine-alone", "focus": "OTHER", "description": "Mine."}
        assert (await tom.refused(CREATE_GROUP, input=given))["code"] == "CONFLICT"
        await ticker_on(served, "erase-account").tick()
    for _ in range(2):
        assert (await tom.do(CANCEL))["viewer"]["erasesAt"] is None
    served.clock.advance(days=5)
    await erase_all(served, community)
    tom = await another_device(tom)
    await tom.do(JOIN_GROUP, input={"groupId": pair.group})
    assert (await tom.do(THREAD, id=pair.id))["space"]["messages"]["edges"][0]["node"]["body"] is not None


async def test_after_the_grace_the_words_are_gone_and_the_partners_stay(served: Served, community: Community) -> None:
    pair, marker = await toms_pair(community)
    before = await pair.mentor.do(THREAD, id=pair.id)
    await delete(pair.mentee)
    served.clock.advance(days=14)
    maya = await another_device(pair.mentor)
    async with maya.hears(VIEWER_ACTIVITY) as ears:
        await ears.silence(0.3)
        await erase_all(served, community)
        heard = await ears.next()
        assert (heard["__typename"], heard["actor"], heard["match"]["id"]) == ("MatchChanged", None, pair.id)
        await ears.silence(0.3)
    assert await found(community, marker) == set()
    assert await found(community, pair.mentee.email) == set()
    after = await maya.do(THREAD, id=pair.id)
    posts = [edge["node"] for edge in after["space"]["thread"]["posts"]["edges"]]
    old = [edge["node"] for edge in before["space"]["thread"]["posts"]["edges"]]
    assert [post["id"] for post in posts] == [post["id"] for post in old], "the order and all places are kept"
    assert [edge["cursor"] for edge in after["space"]["thread"]["posts"]["edges"]] == [
        edge["cursor"] for edge in before["space"]["thread"]["posts"]["edges"]
    ]
    for post, earlier in zip(posts, old, strict=True):
        mine = earlier["author"]["name"] == "Maya"
        assert post["body"] == (earlier["body"] if mine else None)
        assert post["author"]["name"] == ("Maya" if mine else erasures.NAME)
        assert len(post["reactions"]) == (1 if mine else 0)
        assert [edge["node"]["body"] for edge in post["comments"]["edges"]] == [None]
    assert after["space"]["readState"] == {"unreadPosts": 0, "unreadMessages": 0}
    assert after["space"]["introduction"]["text"] == word_removal.INTRODUCTION
    assert (await community.nobody.refused(LOG_IN, input={"email": pair.mentee.email, "password": PASSWORD}))[
        "code"
    ] == "UNAUTHENTICATED"
    await community.person("Tom", email=pair.mentee.email)
    await invariants(community.database)


async def test_answers_to_check_ins_go_with_their_moods_and_the_partners_stay(
    served: Served, community: Community
) -> None:
    """Of three weeks Maya and Tom have answered the first, Tom alone the second and Maya alone the third."""
    pair = await begun(served, community, "2027-01-04 10:00")
    weeks: dict[str, dict[str, int]] = {"12": {"Maya": 4, "Tom": 2}, "19": {"Tom": 1}, "26": {"Maya": 5}}
    for day, moods in weeks.items():
        await until(served, pair, f"2027-01-{day} 10:00", ticking=False)
        await tick(served, "open-check-in")
        newest = (await check_ins(pair.mentor, pair))[0]["id"]
        for person in (pair.mentor, pair.mentee):
            if mood := moods.get(person.name):
                given = {"checkInId": newest, "mood": mood, "body": f"{person.name}'s week", "nextAction": "Call"}
                await person.do(ANSWER_CHECK_IN, input=given)
    await delete(pair.mentee)
    served.clock.advance(days=14)
    await erase_all(served, community)
    rows = await community.database.fetch(
        "SELECT state, mentor_mood, mentor_body, mentee_mood, mentee_body, mentee_next_action, mentee_answered_at"
        " FROM check_ins WHERE match_id = $1 ORDER BY week_number",
        id_of(pair.id),
    )
    nothing = (None, None, None, None)
    assert [tuple(row) for row in rows] == [
        ("MISSED", 4, "Maya's week", *nothing),
        ("MISSED", None, None, *nothing),
        ("PARTIAL", 5, "Maya's week", *nothing),
    ]
    maya = await another_device(pair.mentor)
    seen = await check_ins(maya, pair)
    assert [each["partnerAnswer"] for each in seen] == [None] * 3
    assert [(each["viewerAnswer"] or {}).get("mood") for each in seen] == [5, None, 4]
    await invariants(community.database)


async def test_nobody_elses_wishes_and_avoid_lists_name_who_is_gone(served: Served, community: Community) -> None:
    """Tom wished for Maya and avoided Ada; Maya has deleted her account, and of his wishes the other one is left."""
    pair = await community.pair()
    other = await community.person("Mo")
    await other.do(JOIN_GROUP, input={"groupId": pair.group})
    offers = [pair.sign_ups["MENTOR"], await community.sign_up(other, pair.program, "MENTOR")]
    for person, offer in ((pair.mentor, offers[0]), (other, offers[1])):
        await person.do(UPDATE_SIGN_UP, input={"signUpId": offer, "isShown": True})
    wishes = {"wishedSignUpIds": [shown_as(offer) for offer in offers], "avoidUserIds": [pair.mentor.id, pair.admin.id]}
    await pair.mentee.do(UPDATE_SIGN_UP, input={"signUpId": pair.sign_ups["MENTEE"]} | wishes)
    await delete(pair.mentor)
    served.clock.advance(days=14)
    await erase_all(served, community)
    left = await community.database.fetchrow(
        "SELECT wished_sign_up_ids, avoid_user_ids FROM sign_ups WHERE id = $1", id_of(pair.sign_ups["MENTEE"])
    )
    assert [list(each) for each in left] == [[id_of(offers[1])], [id_of(pair.admin.id)]]


async def test_the_last_admin_is_told_what_to_do_first(community: Community) -> None:
    pair = await community.pair()
    async with community.nothing_changes():
        error = await pair.admin.refused(DELETE, input={"password": PASSWORD})
        assert error["code"] == "CONFLICT" and "Soap Makers" in error["message"]
        assert (await pair.mentor.refused(DELETE, input={"password": "wrong"}))["path"] == ["input", "password"]
        assert (await community.nobody.refused(DELETE, input={"password": "wrong"}))["code"] == "UNAUTHENTICATED"
        assert (await community.nobody.refused(CANCEL))["code"] == "UNAUTHENTICATED"
    alone = await community.person("Alone")
    await community.group(alone)
    await delete(alone)


async def test_a_deletion_is_begun_no_sooner_than_the_grace_says(community: Community) -> None:
    tom = await community.person("Tom")
    await delete(tom)
    with pytest.raises(asyncpg.CheckViolationError):
        await community.database.execute("UPDATE account_deletions SET begun_at = requested_at")


async def test_nobody_learns_that_an_account_is_to_be_deleted(community: Community) -> None:
    """The date stands on `Viewer` alone, and who looks at the person sees who was there before."""
    pair = await community.pair()
    await delete(pair.mentee)
    for person in (pair.mentor, pair.admin):
        assert (await person.do("{ viewer { erasesAt } }"))["erasesAt"] is None
    assert (await pair.mentor.do(SPACE, id=pair.id))["space"]["partner"]["name"] == "Tom"
