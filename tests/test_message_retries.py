"""Messages that are sent again: a retry, eight at once, and what a client wrote offline."""

import asyncio

import pytest

from tests.community import Community
from tests.documents import (
    CREATE_POST,
    EDIT_MESSAGE,
    MATCH_ACTIVITY,
    REMOVE_MEMBER,
    SEND_MESSAGE,
)
from tests.invariants import invariants
from tests.racing import all_at_once
from tests.test_messages import bodies, messages_of, say


async def test_a_retry_sends_nothing_twice(community: Community) -> None:
    pair = await community.pair()
    given = {"matchId": pair.id, "body": "Sent from a train", "idempotencyKey": "k-1"}
    await say(pair.mentee, pair, "Where are you?")
    async with community.nothing_changes():
        await pair.mentor.refused(SEND_MESSAGE, input=given | {"body": " "})
        await pair.mentor.refused(SEND_MESSAGE, input=given | {"matchId": "garbage"})
        for key in ("", " ", "x" * 101, "two\nlines"):
            error = await pair.mentor.refused(SEND_MESSAGE, input=given | {"idempotencyKey": key})
            assert (error["code"], error["path"]) == ("INVALID_INPUT", ["input", "idempotencyKey"])
    first = (await pair.mentor.do(SEND_MESSAGE, input=given))["message"]
    await pair.mentor.do(EDIT_MESSAGE, input={"messageId": first["id"], "body": "Edited since"})
    async with community.nothing_changes():
        again = (await pair.mentor.do(SEND_MESSAGE, input=given))["message"]
        assert again["id"] == first["id"] and again["body"] == "Edited since", "the row as it is now"
        error = await pair.mentor.refused(SEND_MESSAGE, input=given | {"body": "Another text"})
        assert (error["code"], error["path"]) == ("IDEMPOTENCY_MISMATCH", ["input", "idempotencyKey"])
    assert (await pair.mentor.do(CREATE_POST, input=given))["post"], "a post's key is not a message's"
    theirs = (await pair.mentee.do(SEND_MESSAGE, input=given))["message"]
    assert theirs["id"] != first["id"], "a key is its author's"


@pytest.mark.parametrize("under_way", [True, False])
async def test_eight_retries_at_once_are_one_message(community: Community, under_way: bool) -> None:
    """The unique key decides, also among those who make the match ACTIVE; the losers use up no number."""
    pair = await community.pair()
    if under_way:
        await say(pair.mentee, pair, "Where are you?")
    given = {"matchId": pair.id, "body": "Only once", "idempotencyKey": "k-2"}
    async with pair.mentee.hears(MATCH_ACTIVITY, matchId=pair.id) as tom:
        await tom.silence(0.2)
        async with all_at_once(community, "matches", 8):
            tasks = [asyncio.create_task(pair.mentor.do(SEND_MESSAGE, input=given)) for _ in range(8)]
        assert len({answer["message"]["id"] for answer in await asyncio.gather(*tasks)}) == 1
        if not under_way:
            assert (await tom.next())["__typename"] == "MatchChanged"
        assert (await tom.next())["__typename"] == "MessageAdded"
        await tom.silence()
    await invariants(community.database)


async def test_a_client_that_was_offline_sends_its_queue_again_and_nothing_comes_twice(community: Community) -> None:
    """Tom's telephone wrote three, lost the answers to two, and sends all of them again with two new ones, in order."""
    pair = await community.pair()
    queue = [{"matchId": pair.id, "body": f"Message {n}", "idempotencyKey": f"queue-{n}"} for n in range(5)]
    first = [(await pair.mentee.do(SEND_MESSAGE, input=each))["message"]["id"] for each in queue[:3]]
    again = [(await pair.mentee.do(SEND_MESSAGE, input=each))["message"]["id"] for each in queue]
    assert again[:3] == first
    assert bodies(await messages_of(pair.mentor, pair)) == [f"Message {n}" for n in (4, 3, 2, 1, 0)]
    await invariants(community.database)


async def test_a_retry_by_somebody_removed_meanwhile_finds_nothing(community: Community) -> None:
    pair = await community.pair()
    given = {"matchId": pair.id, "body": "Hello", "idempotencyKey": "k-4"}
    await pair.mentor.do(SEND_MESSAGE, input=given)
    await pair.admin.do(REMOVE_MEMBER, input={"groupId": pair.group, "userId": pair.mentor.id})
    async with community.nothing_changes():
        for changes in ({}, {"body": "Another text"}):
            assert (await pair.mentor.refused(SEND_MESSAGE, input=given | changes))["code"] == "NOT_FOUND"
