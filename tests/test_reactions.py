"""Reactions: what the two set under each other's words, once each, and what nobody can set."""

import asyncio
from typing import Any

import pytest
from emoji import EMOJI_DATA

from models.reactions import MAX_EMOJIS
from resolvers.emojis import one_emoji
from tests.community import Community, Pair, Person
from tests.documents import (
    CREATE_COMMENT,
    CREATE_POST,
    DELETE_COMMENT,
    DELETE_MESSAGE,
    DELETE_POST,
    EDIT_POST,
    END_MATCH,
    REACT,
    REMOVE_MEMBER,
    SEND_MESSAGE,
    UNREACT,
)
from tests.invariants import invariants
from tests.racing import all_at_once

NODE = """
query($id: ID!) { node(id: $id) {
  ... on Post { reactions { emoji users { id } } } ... on Comment { reactions { emoji users { id } } }
  ... on Message { reactions { emoji users { id } } }
} }
"""
HEARD = """
subscription($matchId: ID!) { matchActivity(matchId: $matchId) {
  __typename actor { id }
  ... on PostChanged { post { id body deletedAt reactions { emoji users { name } } } }
  ... on CommentChanged { comment { id reactions { emoji users { name } } } }
  ... on MessageChanged { message { id reactions { emoji users { name } } } }
} }
"""
THUMB, HEART, PARTY = "👍", "❤️", "🎉"


async def post_of(person: Person, pair: Pair) -> str:
    return (await person.do(CREATE_POST, input={"matchId": pair.id, "body": "I gave my first talk"}))["post"]["id"]


async def comment_of(person: Person, post_id: str) -> str:
    given = {"postId": post_id, "body": "How did it go?"}
    return (await person.do(CREATE_COMMENT, input=given))["comment"]["id"]


async def message_of(person: Person, pair: Pair) -> str:
    return (await person.do(SEND_MESSAGE, input={"matchId": pair.id, "body": "Tell me more"}))["message"]["id"]


async def react(person: Person, subject_id: str, emoji: str) -> dict[str, Any]:
    return (await person.do(REACT, input={"subjectId": subject_id, "emoji": emoji}))["subject"]


async def seen(person: Person, subject_id: str) -> list[tuple[str, list[str]]]:
    reactions = (await person.do(NODE, id=subject_id))["reactions"]
    return [(each["emoji"], [user["id"] for user in each["users"]]) for each in reactions]


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


@pytest.mark.parametrize(
    "emoji",
    ["", " ", "x", "1", "thumbs up", ":thumbsup:", "👍👍", "👍 ", " 👍", "👍a", "🏽", "\u200d", "\ufe0f", "👩\u200d",
     "<b>", "👍<script>", "\x00", "🇩", "é", "中", "👍" * 10_000],
)  # fmt: skip
async def test_what_is_not_exactly_one_emoji_is_refused(community: Community, emoji: str) -> None:
    pair = await community.pair()
    post_id = await post_of(pair.mentee, pair)
    async with community.nothing_changes():
        for document in (REACT, UNREACT):
            error = await pair.mentor.refused(document, input={"subjectId": post_id, "emoji": emoji})
            assert (error["code"], error["path"]) == ("INVALID_INPUT", ["input", "emoji"])


@pytest.mark.parametrize("emoji", ["👍🏽", "👨‍👩‍👧‍👦", "🏳️‍🌈", "🇩🇪", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "1️⃣", "©️", "👩🏽‍❤️‍💋‍👨🏿"])
async def test_an_emoji_of_many_characters_is_one(community: Community, emoji: str) -> None:
    pair = await community.pair()
    post_id = await post_of(pair.mentee, pair)
    await react(pair.mentor, post_id, emoji)
    assert await seen(pair.mentee, post_id) == [(emoji, [pair.mentor.id])]


def test_every_emoji_has_one_spelling_and_room_in_its_column() -> None:
    parts = {"🏻", "🏼", "🏽", "🏾", "🏿", "🦰", "🦱", "🦲", "🦳"}
    spelt = {one_emoji(emoji, ()) for emoji in EMOJI_DATA if emoji not in parts}
    assert len(spelt) > 3_500
    assert {one_emoji(emoji, ()) for emoji in spelt} == spelt
    assert max(map(len, spelt)) <= 32


async def test_a_post_bears_twenty_emojis_and_not_one_more(community: Community) -> None:
    pair = await community.pair()
    post_id = await post_of(pair.mentee, pair)
    emojis = [chr(0x1F600 + number) for number in range(MAX_EMOJIS + 1)]
    for number, emoji in enumerate(emojis[:-1]):
        await react((pair.mentor, pair.mentee)[number % 2], post_id, emoji)
    async with community.nothing_changes():
        for person in (pair.mentor, pair.mentee):
            error = await person.refused(REACT, input={"subjectId": post_id, "emoji": emojis[-1]})
            assert (error["code"], error["path"]) == ("CAPACITY_REACHED", ["input", "emoji"])
            assert str(MAX_EMOJIS) in error["message"]
    await react(pair.mentee, post_id, emojis[0])  # one that is there already
    await pair.mentee.do(UNREACT, input={"subjectId": post_id, "emoji": emojis[1]})
    await react(pair.mentee, post_id, emojis[-1])
    assert [emoji for emoji, _ in await seen(pair.mentor, post_id)] == [emojis[0], *emojis[2:]]


async def test_two_at_once_reach_the_limit_and_do_not_pass_it(community: Community) -> None:
    pair = await community.pair()
    post_id = await post_of(pair.mentee, pair)
    emojis = [chr(0x1F600 + number) for number in range(MAX_EMOJIS + 3)]
    for emoji in emojis[: MAX_EMOJIS - 1]:
        await react(pair.mentor, post_id, emoji)
    async with all_at_once(community, "matches", 4):
        racing = [
            asyncio.create_task(person.ask(REACT, input={"subjectId": post_id, "emoji": emoji}))
            for person, emoji in zip([pair.mentor, pair.mentee] * 2, emojis[-4:], strict=True)
        ]
    errors = [answer["data"]["react"]["errors"] for answer in await asyncio.gather(*racing)]
    assert sorted(each[0]["code"] for each in errors if each) == ["CAPACITY_REACHED"] * 3
    assert len(await seen(pair.mentor, post_id)) == MAX_EMOJIS
    await invariants(community.database)


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
