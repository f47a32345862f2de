"""Reactions: what the two set under each other's words, once each, and what becomes of it."""

import asyncio

from tests.community import Community
from tests.documents import (
    DELETE_COMMENT,
    DELETE_MESSAGE,
    DELETE_POST,
    EDIT_POST,
    END_MATCH,
    REACT,
    REMOVE_MEMBER,
    UNREACT,
)
from tests.invariants import invariants
from tests.racing import all_at_once
from tests.reacting import HEART, PARTY, THUMB, comment_of, message_of, post_of, react, seen

HEARD = """
subscription($matchId: ID!) { matchActivity(matchId: $matchId) {
  __typename actor { id }
  ... on PostChanged { post { id body deletedAt reactions { emoji users { name } } } }
  ... on CommentChanged { comment { id reactions { emoji users { name } } } }
  ... on MessageChanged { message { id reactions { emoji users { name } } } }
} }
"""


async def test_maya_celebrates_toms_post_and_he_sees_it_live(community: Community) -> None:
    pair = await community.pair()
    post_id = await post_of(pair.mentee, pair)
    async with pair.mentee.hears(HEARD, matchId=pair.id) as tom:
        await tom.silence(0.1)
        subject = await react(pair.mentor, post_id, PARTY)
        heard = await tom.next()
    expected = [{"emoji": PARTY, "users": [{"id": pair.mentor.id}]}]
    assert subject == {"__typename": "Post", "id": post_id, "reactions": expected}
    assert (heard["__typename"], heard["actor"]["id"]) == ("PostChanged", pair.mentor.id)
    assert heard["post"]["id"] == post_id and heard["post"]["body"] == "I gave my first talk"
    assert heard["post"]["reactions"] == [{"emoji": PARTY, "users": [{"name": "Maya"}]}]


async def test_a_comment_and_a_message_bear_reactions_too(community: Community) -> None:
    pair = await community.pair()
    comment_id = await comment_of(pair.mentor, await post_of(pair.mentee, pair))
    message_id = await message_of(pair.mentor, pair)
    async with pair.mentor.hears(HEARD, matchId=pair.id) as maya:
        await maya.silence(0.1)
        for kind, subject_id in (("comment", comment_id), ("message", message_id)):
            assert (await react(pair.mentee, subject_id, THUMB))["__typename"] == kind.title()
            heard = await maya.next()
            assert (heard["__typename"], heard[kind]["id"]) == (f"{kind.title()}Changed", subject_id)
            assert heard[kind]["reactions"] == [{"emoji": THUMB, "users": [{"name": "Tom"}]}]
            assert await seen(pair.mentor, subject_id) == [(THUMB, [pair.mentee.id])]


async def test_emojis_stand_by_their_first_use_and_people_by_when_they_came(community: Community) -> None:
    pair = await community.pair()
    maya, tom = pair.mentor, pair.mentee
    post_id = await post_of(tom, pair)
    for person, emoji in ((maya, PARTY), (tom, THUMB), (maya, THUMB), (tom, PARTY), (tom, HEART)):
        await react(person, post_id, emoji)
    expected = [(PARTY, [maya.id, tom.id]), (THUMB, [tom.id, maya.id]), (HEART, [tom.id])]
    assert await seen(maya, post_id) == await seen(tom, post_id) == expected


async def test_again_changes_nothing_and_tells_nobody(community: Community) -> None:
    pair = await community.pair()
    post_id = await post_of(pair.mentee, pair)
    first = await react(pair.mentor, post_id, HEART)
    async with pair.mentee.hears(HEARD, matchId=pair.id) as tom:
        await tom.silence(0.1)
        async with community.nothing_changes():
            assert await react(pair.mentor, post_id, HEART) == first
            assert await react(pair.mentor, post_id, "❤") == first, "the same heart, as another phone spells it"
            for emoji in (THUMB, PARTY):
                await pair.mentor.do(UNREACT, input={"subjectId": post_id, "emoji": emoji})
            await pair.mentee.do(UNREACT, input={"subjectId": post_id, "emoji": HEART})
        await tom.silence()


async def test_one_takes_back_ones_own_and_leaves_the_others(community: Community) -> None:
    pair = await community.pair()
    post_id = await post_of(pair.mentee, pair)
    for person in (pair.mentor, pair.mentee):
        await react(person, post_id, HEART)
    async with pair.mentee.hears(HEARD, matchId=pair.id) as tom:
        await tom.silence(0.1)
        subject = (await pair.mentor.do(UNREACT, input={"subjectId": post_id, "emoji": "❤"}))["subject"]
        assert subject["reactions"] == [{"emoji": HEART, "users": [{"id": pair.mentee.id}]}]
        assert (await tom.next())["post"]["reactions"] == [{"emoji": HEART, "users": [{"name": "Tom"}]}]
    assert await seen(pair.mentee, post_id) == [(HEART, [pair.mentee.id])]


async def test_two_at_once_with_the_same_emoji_are_both_counted_and_once_each(community: Community) -> None:
    pair = await community.pair()
    post_id = await post_of(pair.mentee, pair)
    people = [pair.mentor, pair.mentee, pair.mentor, pair.mentee]
    async with pair.mentor.hears(HEARD, matchId=pair.id) as maya:
        await maya.silence(0.1)
        async with all_at_once(community, "matches", 4):
            racing = [asyncio.create_task(react(person, post_id, HEART)) for person in people]
        await asyncio.gather(*racing)
        heard = [await maya.next(), await maya.next()]
        await maya.silence()
    ((emoji, users),) = await seen(pair.mentor, post_id)
    assert (emoji, sorted(users)) == (HEART, sorted([pair.mentor.id, pair.mentee.id]))
    assert [each["actor"]["id"] for each in heard] == users, "people stand in the order of the events"
    await invariants(community.database)


async def test_a_tombstone_bears_no_reactions_and_takes_none(community: Community) -> None:
    pair = await community.pair()
    post_id = await post_of(pair.mentee, pair)
    comment_id, message_id = await comment_of(pair.mentee, post_id), await message_of(pair.mentee, pair)
    for subject_id in (post_id, comment_id, message_id):
        for person in (pair.mentor, pair.mentee):
            await react(person, subject_id, HEART)
    async with pair.mentor.hears(HEARD, matchId=pair.id) as maya:
        await maya.silence(0.1)
        await pair.mentee.do(DELETE_POST, input={"postId": post_id})
        heard = (await maya.next())["post"]
        assert heard["deletedAt"] and heard["reactions"] == []
    assert await seen(pair.mentor, comment_id) == [(HEART, [pair.mentor.id, pair.mentee.id])], "the comment's stay"
    await pair.mentee.do(DELETE_COMMENT, input={"commentId": comment_id})
    await pair.mentee.do(DELETE_MESSAGE, input={"messageId": message_id})
    async with community.nothing_changes():
        for subject_id in (post_id, comment_id, message_id):
            assert await seen(pair.mentor, subject_id) == []
            for document in (REACT, UNREACT):
                error = await pair.mentor.refused(document, input={"subjectId": subject_id, "emoji": HEART})
                assert (error["code"], error["path"]) == ("READ_ONLY", ["input", "subjectId"])


async def test_no_reaction_is_left_when_a_post_is_deleted_at_the_same_moment(community: Community) -> None:
    pair = await community.pair()
    left = "SELECT count(*) FROM post_reactions JOIN posts ON posts.id = subject_id WHERE deleted_at IS NOT NULL"
    for _ in range(2):
        post_id = await post_of(pair.mentee, pair)
        async with all_at_once(community, "matches", 3):
            racing = [
                asyncio.create_task(pair.mentor.ask(REACT, input={"subjectId": post_id, "emoji": THUMB})),
                asyncio.create_task(pair.mentee.ask(DELETE_POST, input={"postId": post_id})),
                asyncio.create_task(pair.mentor.ask(REACT, input={"subjectId": post_id, "emoji": HEART})),
            ]
        await asyncio.gather(*racing)
        assert await seen(pair.mentor, post_id) == []
        assert await community.database.fetchval(left) == 0


async def test_reactions_stay_when_the_text_is_changed(community: Community) -> None:
    pair = await community.pair()
    post_id = await post_of(pair.mentee, pair)
    await react(pair.mentor, post_id, HEART)
    await pair.mentee.do(EDIT_POST, input={"postId": post_id, "body": "I gave my first talk!"})
    assert await seen(pair.mentor, post_id) == [(HEART, [pair.mentor.id])]


async def test_nobody_but_the_two_reacts_or_tells_a_post_from_none(community: Community) -> None:
    pair, other = await community.pair(), await community.pair("Nia", "Olu")
    post_id = await post_of(pair.mentee, pair)
    await react(pair.mentor, post_id, HEART)
    absent = post_id[:-4] + "AAAA"
    async with community.nothing_changes():
        for document in (REACT, UNREACT):
            for person in (pair.admin, other.mentor):
                refusals = [
                    await person.refused(document, input={"subjectId": subject_id, "emoji": HEART})
                    for subject_id in (post_id, absent, pair.id, person.id, "garbage", "")
                ]
                assert refusals == [refusals[0]] * 6
                assert (refusals[0]["code"], refusals[0]["path"]) == ("NOT_FOUND", ["input", "subjectId"])
            given = {"subjectId": post_id, "emoji": HEART}
            assert (await community.nobody.refused(document, input=given))["code"] == "UNAUTHENTICATED"


async def test_after_the_end_reactions_are_seen_and_not_changed(community: Community) -> None:
    pair = await community.pair()
    post_id = await post_of(pair.mentee, pair)
    await react(pair.mentor, post_id, HEART)
    await pair.mentee.do(END_MATCH, input={"matchId": pair.id, "reason": "GOAL_REACHED"})
    async with community.nothing_changes():
        for document, emoji in ((REACT, THUMB), (REACT, HEART), (UNREACT, HEART)):
            for person in (pair.mentor, pair.mentee):
                error = await person.refused(document, input={"subjectId": post_id, "emoji": emoji})
                assert error["code"] == "READ_ONLY"
    assert await seen(pair.mentee, post_id) == [(HEART, [pair.mentor.id])]


async def test_who_was_removed_or_is_under_18_reacts_to_nothing(community: Community) -> None:
    pair, other = await community.pair(), await community.pair("Nia", "Olu")
    removed, minors = await post_of(pair.mentee, pair), await post_of(other.mentee, other)
    await pair.admin.do(REMOVE_MEMBER, input={"groupId": pair.group, "userId": pair.mentor.id})
    birthday = "UPDATE users SET birth_date = '2010-01-01' WHERE email = $1"
    await community.database.execute(birthday, other.mentor.email)
    async with community.nothing_changes():
        for person, post_id in ((pair.mentor, removed), (other.mentor, minors)):
            error = await person.refused(REACT, input={"subjectId": post_id, "emoji": HEART})
            assert error["code"] == "NOT_FOUND"
