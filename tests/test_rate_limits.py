"""Rate limits: how fast one person may write, what he is told, and that nobody else is held up by him."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from models.errors import Refused
from resolvers import rate_limits
from resolvers.rate_limits import SWEEP_FROM, RateLimit
from tests.community import Community, Pair, Person
from tests.documents import (
    CREATE_COMMENT,
    CREATE_POST,
    DELETE_POST,
    EDIT_POST,
    MATCH_ACTIVITY,
    SEND_MESSAGE,
    SPACE,
)
from tests.servers import Databases, Served, served_here, settings_for
from tests.statements import counted

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
TWICE = """
mutation($input: SendMessageInput!) {
  one: sendMessage(input: $input) { message { id } errors { code } }
  two: sendMessage(input: $input) { message { id } errors { code } }
}
"""


@pytest.fixture(scope="module")
async def served(databases: Databases, redis_url: str) -> AsyncIterator[Served]:
    """A server where everybody may write three at once, and one every two seconds; its clock stands still."""
    async with databases.fresh() as url:
        settings = settings_for(url, redis_url, writes_per_second=0.5, writes_burst=3)
        async with served_here(settings) as running:
            yield running


async def say(person: Person, pair: Pair, body: str = "Hi") -> str:
    return (await person.do(SEND_MESSAGE, input={"matchId": pair.id, "body": body}))["message"]["id"]


async def test_who_writes_too_fast_is_told_how_long_to_wait_and_goes_on_then(community: Community) -> None:
    pair = await community.pair()
    for _ in range(3):
        await say(pair.mentor, pair)
    given = {"matchId": pair.id, "body": "One more", "idempotencyKey": "k-1"}
    async with pair.mentee.hears(MATCH_ACTIVITY, matchId=pair.id) as tom:
        await tom.silence(0.1)
        async with community.nothing_changes():
            error = await pair.mentor.refused(SEND_MESSAGE, input=given)
        await tom.silence()
    assert (error["code"], error["path"]) == ("RATE_LIMITED", None)
    assert "Wait 2 seconds" in error["message"]
    community.served.clock.advance(seconds=1)
    assert "Wait 1 second," in (await pair.mentor.refused(SEND_MESSAGE, input=given))["message"]
    community.served.clock.advance(seconds=1)
    assert (await pair.mentor.do(SEND_MESSAGE, input=given))["message"], "waiting was enough, and the key still free"
    assert (await pair.mentor.refused(SEND_MESSAGE, input=given | {"idempotencyKey": "k-2"}))["code"] == "RATE_LIMITED"


async def test_everything_one_writes_counts_together_in_all_of_ones_pairs_and_on_all_of_ones_devices(
    community: Community,
) -> None:
    pair = await community.pair()
    post = (await pair.mentor.do(CREATE_POST, input={"matchId": pair.id, "body": "Hi"}))["post"]["id"]
    await pair.mentor.do(CREATE_COMMENT, input={"postId": post, "body": "Hi"})
    await pair.mentor.do(EDIT_POST, input={"postId": post, "body": "Hello"})
    async with community.nothing_changes():
        for document, given in (
            (CREATE_POST, {"matchId": pair.id, "body": "Hi"}),
            (SEND_MESSAGE, {"matchId": pair.id, "body": "Hi"}),
            (CREATE_COMMENT, {"postId": post, "body": "Hi"}),
            (EDIT_POST, {"postId": post, "body": "Hi"}),
            (DELETE_POST, {"postId": post}),
        ):
            assert (await pair.mentor.refused(document, input=given))["code"] == "RATE_LIMITED"
    assert (await pair.mentor.do(SPACE, id=pair.id))["space"], "reading is not writing"
    await say(pair.mentee, pair)
    nobody = await community.nobody.refused(SEND_MESSAGE, input={"matchId": pair.id, "body": "Hi"})
    assert nobody["code"] == "UNAUTHENTICATED"


async def test_many_in_one_document_count_as_many(community: Community) -> None:
    pair = await community.pair()
    answers = []
    for _ in range(2):
        answer = await pair.mentor.ask(TWICE, input={"matchId": pair.id, "body": "Hi"})
        answers += [[error["code"] for error in payload["errors"]] for payload in answer["data"].values()]
    assert answers == [[], [], [], ["RATE_LIMITED"]]


async def test_a_flood_in_one_pair_reaches_no_table_and_holds_up_no_other(community: Community) -> None:
    """Maya's client runs wild while Nia and Olu talk. What is refused costs her recognition, and no other statement."""
    pair, other = await community.pair(), await community.pair("Nia", "Olu")
    async with other.mentee.hears(MATCH_ACTIVITY, matchId=other.id) as olu:
        await olu.silence(0.1)
        for _ in range(3):
            await say(pair.mentor, pair)
        given = {"matchId": pair.id, "body": "!"}
        with counted() as statements:
            flood = [asyncio.create_task(pair.mentor.refused(SEND_MESSAGE, input=given)) for _ in range(60)]
            errors = await asyncio.gather(*flood)
        assert {error["code"] for error in errors} == {"RATE_LIMITED"}
        # Who asks is looked up for all who ask at one moment together, and live delivery ticks on in the same way.
        assert statements and all("want.ord" in each for each in statements)

        flood = [asyncio.create_task(pair.mentor.refused(SEND_MESSAGE, input=given)) for _ in range(60)]
        sent = [await say(other.mentor, other, f"{n}") for n in range(3)]
        heard = [await olu.next() for _ in range(4)]
        await asyncio.gather(*flood)
    assert [each["message"]["id"] for each in heard[1:]] == sent


def test_a_bucket_fills_up_again_and_not_beyond_the_brim() -> None:
    limit = RateLimit(per_second=2, burst=4)

    def spend(at: datetime) -> bool:
        try:
            limit.spend("maya", at)
        except Refused:
            return False
        return True

    assert [spend(NOW) for _ in range(6)] == [True] * 4 + [False] * 2
    assert [spend(NOW + timedelta(seconds=1)) for _ in range(3)] == [True, True, False]
    assert [spend(NOW + timedelta(hours=1)) for _ in range(6)] == [True] * 4 + [False] * 2
    back = NOW + timedelta(minutes=1)
    assert [spend(back), spend(back + timedelta(seconds=0.5))] == [False, True], "a clock that was set back"
    assert spend(NOW - timedelta(days=1)), "what a wrong clock has counted"


def test_those_who_have_waited_long_enough_are_forgotten() -> None:
    """However many people write, no more are remembered than have written lately."""
    limit = RateLimit(per_second=1, burst=10)
    for number in range(10 * SWEEP_FROM):
        limit.spend(number, NOW + timedelta(seconds=number))
    assert len(limit) <= SWEEP_FROM


def test_a_million_addresses_at_one_moment_take_no_more_memory_than_there_is_for_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Who comes from ever new addresses is not counted for long, but whoever asks for most stays counted."""
    monkeypatch.setattr(rate_limits, "MOST_KEPT", 4 * SWEEP_FROM)
    limit = RateLimit(per_second=1, burst=10)
    assert limit.take("greedy", NOW, 10) == 0
    for number in range(20 * SWEEP_FROM):
        limit.take(number, NOW)
        assert len(limit) <= 4 * SWEEP_FROM
    assert limit.take("greedy", NOW) > 0
