"""Messages: what the two say to each other directly, and what nobody else can do to it."""

import asyncio
from typing import Any

import pytest

from tests.community import Community, Pair, Person
from tests.documents import (
    CREATE_POST,
    DELETE_MESSAGE,
    EDIT_MESSAGE,
    END_MATCH,
    MARK_READ,
    MATCH_ACTIVITY,
    SEND_MESSAGE,
    SPACE,
)
from tests.invariants import invariants

PAGE = """
query($id: ID!, $first: Int, $after: String, $last: Int, $before: String) {
  match(id: $id) { space { messages(first: $first, after: $after, last: $last, before: $before) {
    edges { cursor node { body author { id } seen } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  } } }
}
"""


async def say(person: Person, pair: Pair, body: str) -> dict[str, Any]:
    return (await person.do(SEND_MESSAGE, input={"matchId": pair.id, "body": body}))["message"]


async def messages_of(person: Person, pair: Pair, **arguments: Any) -> dict[str, Any]:
    return (await person.do(PAGE, id=pair.id, **arguments))["space"]["messages"]


def bodies(page: dict[str, Any]) -> list[str | None]:
    return [edge["node"]["body"] for edge in page["edges"]]


async def test_maya_writes_tom_a_message_and_he_hears_reads_and_hears_every_change(community: Community) -> None:
    pair = await community.pair()
    async with (
        pair.mentee.hears(MATCH_ACTIVITY, matchId=pair.id) as tom,
        pair.mentee.hears_events(MATCH_ACTIVITY, matchId=pair.id) as also,
    ):
        await asyncio.gather(tom.silence(0.2), also.silence(0.2))
        message = await say(pair.mentor, pair, "Are you *there*?")
        assert message["bodyHtml"] == "<p>Are you <em>there</em>?</p>\n"
        assert (message["author"]["id"], message["seen"]) == (pair.mentor.id, False)
        for ears in (tom, also):
            changed, added = await ears.next(), await ears.next()
            assert (changed["__typename"], changed["match"]["state"]) == ("MatchChanged", "ACTIVE")
            assert (added["__typename"], added["actor"]["id"]) == ("MessageAdded", pair.mentor.id)
            assert (added["message"]["id"], added["message"]["body"]) == (message["id"], "Are you *there*?")

        mine = {"messageId": message["id"]}
        edited = (await pair.mentor.do(EDIT_MESSAGE, input=mine | {"body": "Are you at home?"}))["message"]
        assert edited["body"] == "Are you at home?" and edited["editedAt"]
        heard = await tom.next()
        assert (heard["__typename"], heard["message"]["body"]) == ("MessageChanged", "Are you at home?")

        gone = (await pair.mentor.do(DELETE_MESSAGE, input=mine))["message"]
        assert gone["body"] is None and gone["bodyHtml"] is None and gone["deletedAt"]
        heard = await tom.next()
        assert heard["__typename"] == "MessageChanged" and heard["message"]["body"] is None
        async with community.nothing_changes():
            assert (await pair.mentor.do(DELETE_MESSAGE, input=mine))["message"] == gone, "again changes nothing"
            error = await pair.mentor.refused(EDIT_MESSAGE, input=mine | {"body": "Back"})
            assert (error["code"], error["path"]) == ("READ_ONLY", ["input", "messageId"])
        await tom.silence()
    assert bodies(await messages_of(pair.mentee, pair)) == [None], "a tombstone keeps its place"
    await invariants(community.database)


@pytest.mark.parametrize("body", ["", " \n", "x" * 10_001, "nul \x00 byte"])
async def test_a_text_that_is_none_is_refused_and_leaves_nothing(community: Community, body: str) -> None:
    pair = await community.pair()
    message = await say(pair.mentee, pair, "Hi")
    async with pair.mentor.hears(MATCH_ACTIVITY, matchId=pair.id) as maya:
        await maya.silence(0.1)
        async with community.nothing_changes():
            for document, id_ in ((SEND_MESSAGE, {"matchId": pair.id}), (EDIT_MESSAGE, {"messageId": message["id"]})):
                error = await pair.mentee.refused(document, input=id_ | {"body": body})
                assert (error["code"], error["path"]) == ("INVALID_INPUT", ["input", "body"])
        await maya.silence()


async def test_only_the_two_send_and_only_its_author_changes_one(community: Community) -> None:
    pair, other = await community.pair(), await community.pair("Nia", "Olu")
    message = await say(pair.mentee, pair, "Hi")
    acts = [
        (SEND_MESSAGE, "matchId", pair.id, {"body": "Let me in"}),
        (EDIT_MESSAGE, "messageId", message["id"], {"body": "Let me in"}),
        (DELETE_MESSAGE, "messageId", message["id"], {}),
    ]
    async with pair.mentor.hears(MATCH_ACTIVITY, matchId=pair.id) as maya:
        await maya.silence(0.1)
        async with community.nothing_changes():
            for document, name, id_, more in acts:
                refusals = [
                    await each.refused(document, input={name: id_} | more) for each in (pair.admin, other.mentor)
                ]
                refusals.append(await other.mentor.refused(document, input={name: other.sign_ups["MENTOR"]} | more))
                assert refusals == [refusals[0]] * 3
                assert (refusals[0]["code"], refusals[0]["path"]) == ("NOT_FOUND", ["input", name])
                assert (await community.nobody.refused(document, input={name: id_} | more))["code"] == "UNAUTHENTICATED"
            for document, name, id_, more in acts[1:]:
                error = await pair.mentor.refused(document, input={name: id_} | more)
                assert (error["code"], error["path"]) == ("FORBIDDEN", ["input", "messageId"]), "the partner's"
        await maya.silence()


async def test_messages_are_paged_newest_first_and_do_not_shift(community: Community) -> None:
    pair = await community.pair()
    for number in range(5):
        await say(pair.mentee, pair, f"Message {number}")
    first = await messages_of(pair.mentor, pair, first=2)
    assert bodies(first) == ["Message 4", "Message 3"]
    assert first["pageInfo"]["hasNextPage"] and not first["pageInfo"]["hasPreviousPage"]
    await say(pair.mentor, pair, "Just now")
    second = await messages_of(pair.mentor, pair, first=4, after=first["pageInfo"]["endCursor"])
    assert bodies(second) == ["Message 2", "Message 1", "Message 0"] and not second["pageInfo"]["hasNextPage"]
    newer = await messages_of(pair.mentor, pair, last=3, before=second["pageInfo"]["startCursor"])
    assert bodies(newer) == ["Just now", "Message 4", "Message 3"]
    assert bodies(await messages_of(pair.mentor, pair, last=1)) == ["Message 0"]
    answer = await pair.mentor.ask(PAGE, id=pair.id, first=101)
    assert answer["errors"][0]["extensions"]["code"] == "INVALID_INPUT"


async def test_both_see_one_order_of_posts_and_messages_however_fast_they_write(community: Community) -> None:
    pair = await community.pair()
    async with (
        pair.mentor.hears(MATCH_ACTIVITY, matchId=pair.id) as maya,
        pair.mentee.hears_events(MATCH_ACTIVITY, matchId=pair.id) as tom,
    ):
        await asyncio.gather(maya.silence(0.2), tom.silence(0.2))
        acts = [(who, what) for who in (pair.mentor, pair.mentee) for what in (SEND_MESSAGE, CREATE_POST)] * 8
        await asyncio.gather(
            *(who.do(what, input={"matchId": pair.id, "body": f"{i}"}) for i, (who, what) in enumerate(acts))
        )
        heard = [[await ears.next() for _ in range(33)] for ears in (maya, tom)]
    assert [each["cursor"] for each in heard[0]] == [each["cursor"] for each in heard[1]]
    sent = [each["message"]["body"] for each in heard[0] if each["__typename"] == "MessageAdded"]
    assert bodies(await messages_of(pair.mentor, pair, first=50)) == sent[::-1], "the list has the stream's order"
    assert len(sent) == 16
    await invariants(community.database)


async def test_after_the_end_messages_are_read_and_not_sent(community: Community) -> None:
    pair = await community.pair()
    given = {"matchId": pair.id, "body": "Sent just before", "idempotencyKey": "k-3"}
    message = (await pair.mentee.do(SEND_MESSAGE, input=given))["message"]
    await pair.mentor.do(END_MATCH, input={"matchId": pair.id, "reason": "GOAL_REACHED"})
    async with community.nothing_changes():
        for document, given_now in (
            (SEND_MESSAGE, {"matchId": pair.id, "body": "One more"}),
            (EDIT_MESSAGE, {"messageId": message["id"], "body": "Better"}),
            (DELETE_MESSAGE, {"messageId": message["id"]}),
        ):
            assert (await pair.mentee.refused(document, input=given_now))["code"] == "READ_ONLY"
        again = (await pair.mentee.do(SEND_MESSAGE, input=given))["message"]
        assert again == message, "a retry is still answered with what it wrote"
    assert bodies(await messages_of(pair.mentor, pair)) == ["Sent just before"]


async def test_a_message_is_seen_once_the_other_one_has_read_up_to_it(community: Community) -> None:
    """Both know: Maya that hers was seen, Tom which of hers he has seen. A later one is not seen yet."""
    pair = await community.pair()
    await say(pair.mentor, pair, "First")
    cursor = (await pair.mentee.do(SPACE, id=pair.id))["space"]["activityCursor"]
    await say(pair.mentor, pair, "Second")
    await say(pair.mentee, pair, "An answer marks nothing as read")

    async def seen() -> list[list[bool]]:
        pages = [await messages_of(person, pair) for person in (pair.mentor, pair.mentee)]
        return [[edge["node"]["seen"] for edge in reversed(page["edges"])] for page in pages]

    assert await seen() == [[False] * 3] * 2
    await pair.mentee.do(MARK_READ, input={"matchId": pair.id, "upTo": cursor})
    assert await seen() == [[True, False, False]] * 2
    async with pair.mentor.hears(MATCH_ACTIVITY, matchId=pair.id, after=cursor) as maya:
        heard = await maya.next()
        assert (heard["message"]["body"], heard["message"]["seen"]) == ("Second", False)
        await pair.mentee.do(MARK_READ, input={"matchId": pair.id, "upTo": heard["cursor"]})
    assert await seen() == [[True, True, False]] * 2
