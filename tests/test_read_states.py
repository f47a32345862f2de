"""Read state: how far each has read, what is unread, and that the counts are right whatever happens at once."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from pubsub import live
from pubsub.presence_voice import channel_of
from pubsub.streams import match_stream
from tests.community import Community, Pair, Person
from tests.documents import (
    CREATE_COMMENT,
    CREATE_MATCH,
    CREATE_POST,
    DELETE_MESSAGE,
    DELETE_POST,
    END_MATCH,
    JOIN_GROUP,
    MARK_READ,
    MATCH_ACTIVITY,
    READ_STATE,
    REMOVE_MEMBER,
    SEND_MESSAGE,
)
from tests.invariants import invariants
from tests.live.pairs import key_of

STATE = f"query($id: ID!) {{ match(id: $id) {{ space {{ activityCursor {READ_STATE} }} }} }}"
UNREAD = "{ viewer { unread { posts messages } } }"


async def state(person: Person, pair: Pair) -> dict[str, Any]:
    return (await person.do(STATE, id=pair.id))["space"]["readState"]


async def unread(person: Person, pair: Pair) -> tuple[int, int]:
    """A person's unread posts and messages in a pair, which are all that he has."""
    found = await state(person, pair)
    everywhere = (await person.do(UNREAD))["unread"]
    assert everywhere == {"posts": found["unreadPosts"], "messages": found["unreadMessages"]}
    return found["unreadPosts"], found["unreadMessages"]


async def head(person: Person, pair: Pair) -> str:
    return (await person.do(STATE, id=pair.id))["space"]["activityCursor"]


async def post(person: Person, pair: Pair) -> str:
    return (await person.do(CREATE_POST, input={"matchId": pair.id, "body": "A post"}))["post"]["id"]


async def say(person: Person, pair: Pair) -> str:
    return (await person.do(SEND_MESSAGE, input={"matchId": pair.id, "body": "A message"}))["message"]["id"]


async def read(person: Person, pair: Pair, cursor: str) -> dict[str, Any]:
    return (await person.do(MARK_READ, input={"matchId": pair.id, "upTo": cursor}))["readState"]


async def test_tom_sees_how_much_of_mayas_is_new_to_him_and_clears_it(community: Community) -> None:
    pair = await community.pair()
    nothing = {"viewerReadUpTo": None, "partnerReadUpTo": None, "unreadPosts": 0, "unreadMessages": 0}
    assert await state(pair.mentee, pair) == nothing
    first = await post(pair.mentor, pair)
    await say(pair.mentor, pair)
    until_here = await head(pair.mentee, pair)
    await say(pair.mentor, pair)
    await pair.mentor.do(CREATE_COMMENT, input={"postId": first, "body": "Comments do not count"})
    await post(pair.mentee, pair)
    assert await unread(pair.mentee, pair) == (1, 2), "his own do not count, and writing marks nothing as read"
    assert await unread(pair.mentor, pair) == (1, 0)

    found = await read(pair.mentee, pair, until_here)
    assert found == {"viewerReadUpTo": until_here, "partnerReadUpTo": None, "unreadPosts": 0, "unreadMessages": 1}
    assert (await state(pair.mentor, pair))["partnerReadUpTo"] == until_here
    await read(pair.mentee, pair, await head(pair.mentee, pair))
    assert await unread(pair.mentee, pair) == (0, 0)
    assert await unread(pair.mentor, pair) == (1, 0), "what one has read is one's own"
    await invariants(community.database)


async def test_what_is_deleted_is_unread_no_more(community: Community) -> None:
    pair = await community.pair()
    posts, messages = [await post(pair.mentor, pair) for _ in range(2)], [await say(pair.mentor, pair)]
    await read(pair.mentee, pair, await head(pair.mentee, pair))
    posts.append(await post(pair.mentor, pair))
    messages.append(await say(pair.mentor, pair))
    await pair.mentor.do(DELETE_POST, input={"postId": posts[0]})
    await pair.mentor.do(DELETE_MESSAGE, input={"messageId": messages[0]})
    assert await unread(pair.mentee, pair) == (1, 1), "he had read those"
    for _ in range(2):
        await pair.mentor.do(DELETE_POST, input={"postId": posts[2]})
        await pair.mentor.do(DELETE_MESSAGE, input={"messageId": messages[1]})
        assert await unread(pair.mentee, pair) == (0, 0)
    await invariants(community.database)


async def test_the_mark_only_goes_forward_and_takes_no_place_in_the_stream(community: Community) -> None:
    pair = await community.pair()
    await post(pair.mentor, pair)
    early = await head(pair.mentee, pair)
    await post(pair.mentor, pair)
    late = await head(pair.mentee, pair)
    async with pair.mentor.hears(MATCH_ACTIVITY, matchId=pair.id) as maya:
        await maya.silence(0.1)
        found = await read(pair.mentee, pair, late)
        async with community.nothing_changes():
            assert await read(pair.mentee, pair, early) == await read(pair.mentee, pair, late) == found
        await maya.silence()
    assert await head(pair.mentee, pair) == late


async def test_a_cursor_that_is_none_of_this_pair_is_refused(community: Community) -> None:
    pair, other = await community.pair(), await community.pair("Nia", "Olu")
    await post(pair.mentor, pair)
    await post(other.mentor, other)
    ahead = match_stream(key_of(pair.id)).cursor(99)
    async with community.nothing_changes():
        for cursor in ("", "garbage", "🧼", await head(other.mentee, other), ahead, pair.id):
            error = await pair.mentee.refused(MARK_READ, input={"matchId": pair.id, "upTo": cursor})
            assert (error["code"], error["path"]) == ("INVALID_INPUT", ["input", "upTo"])


async def test_to_everybody_else_there_is_nothing_to_read(community: Community) -> None:
    """Whatever the cursor: nobody learns from the refusal whether there is such a match, or how far its stream is."""
    pair, other = await community.pair(), await community.pair("Nia", "Olu")
    await post(pair.mentor, pair)
    cursor = await head(pair.mentor, pair)
    async with community.nothing_changes():
        answers = [
            await person.refused(MARK_READ, input={"matchId": match_id, "upTo": up_to})
            for person in (pair.admin, other.mentor)
            for match_id in (pair.id, "garbage", person.id)
            for up_to in (cursor, "garbage")
        ]
        assert answers == [answers[0]] * len(answers)
        assert (answers[0]["code"], answers[0]["path"]) == ("NOT_FOUND", ["input", "matchId"])
        error = await community.nobody.refused(MARK_READ, input={"matchId": pair.id, "upTo": cursor})
        assert error["code"] == "UNAUTHENTICATED"


async def test_after_the_end_the_last_words_can_still_be_marked_as_read(community: Community) -> None:
    pair = await community.pair()
    await say(pair.mentor, pair)
    await pair.mentor.do(END_MATCH, input={"matchId": pair.id, "reason": "GOAL_REACHED"})
    assert await unread(pair.mentee, pair) == (0, 1)
    await read(pair.mentee, pair, await head(pair.mentee, pair))
    assert await unread(pair.mentee, pair) == (0, 0)


async def test_who_was_removed_has_nothing_unread(community: Community) -> None:
    pair = await community.pair()
    await say(pair.mentor, pair)
    cursor = await head(pair.mentee, pair)
    await pair.admin.do(REMOVE_MEMBER, input={"groupId": pair.group, "userId": pair.mentee.id})
    assert (await pair.mentee.do(UNREAD))["unread"] == {"posts": 0, "messages": 0}
    async with community.nothing_changes():
        error = await pair.mentee.refused(MARK_READ, input={"matchId": pair.id, "upTo": cursor})
        assert error["code"] == "NOT_FOUND"


async def test_unread_adds_up_over_all_of_ones_pairs(community: Community) -> None:
    pair = await community.pair()
    tom, nia = pair.mentee, await community.person("Nia")
    await nia.do(JOIN_GROUP, input={"groupId": pair.group})
    program_id = await community.program(pair.admin, pair.group)
    sign_ups = {
        "mentorSignUpId": await community.sign_up(nia, program_id, "MENTOR"),
        "menteeSignUpId": await community.sign_up(tom, program_id, "MENTEE"),
    }
    await community.advance(pair.admin, program_id, "MATCHING")
    other = (await pair.admin.do(CREATE_MATCH, input=sign_ups))["match"]
    await post(pair.mentor, pair)
    await say(pair.mentor, pair)
    await say(nia, replace(pair, id=other["id"]))
    assert (await tom.do(UNREAD))["unread"] == {"posts": 1, "messages": 2}


@pytest.mark.parametrize("who", ["mentor", "mentee"])
async def test_unless_both_share_read_receipts_neither_sees_them(community: Community, who: str) -> None:
    pair = await community.pair()
    message = await say(pair.mentor, pair)
    cursor = await head(pair.mentee, pair)
    await read(pair.mentee, pair, cursor)
    await read(pair.mentor, pair, cursor)
    seen = "query($id: ID!) { node(id: $id) { ... on Message { seen } } }"
    assert (await pair.mentor.do(seen, id=message))["seen"] is True
    email = getattr(pair, who).email
    await community.database.execute("UPDATE users SET shares_read_receipts = false WHERE email = $1", email)
    for person in (pair.mentor, pair.mentee):
        found = await state(person, pair)
        assert (found["viewerReadUpTo"], found["partnerReadUpTo"]) == (cursor, None)
    assert (await pair.mentor.do(seen, id=message))["seen"] is False
    assert (await pair.mentee.do(seen, id=message))["seen"] is True, "what one has read oneself one knows"


async def test_a_mark_is_whispered_to_who_listens_once_it_stands_if_it_is_shared(community: Community) -> None:
    """Ids and a number travel over the broker; a mark that moves nothing, or is not shared, says nothing."""
    pair = await community.pair()
    await post(pair.mentor, pair)
    cursor = await head(pair.mentee, pair)
    match_key, user_key = key_of(pair.id), key_of(pair.mentee.id)
    async with live._live.broker.subscribe(channel_of(match_key)) as listening:
        await read(pair.mentee, pair, cursor)
        heard = await asyncio.wait_for(anext(aiter(listening)), 5)
        assert heard.message == f"read:{user_key.hex}:2"
        await read(pair.mentee, pair, cursor)
        await community.database.execute("UPDATE users SET shares_read_receipts = false WHERE id = $1", user_key)
        await post(pair.mentor, pair)
        await read(pair.mentee, pair, await head(pair.mentee, pair))
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(anext(aiter(listening)), 0.3)
