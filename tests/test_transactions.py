"""One way to write: what is undone leaves nothing, nobody waits for ever, and no connection is lost on the way."""

import asyncio

import asyncpg
import pytest
from tortoise.connection import get_connection

from pubsub import live
from pubsub.streams import match_stream
from pubsub.transaction import transaction
from schema.node import parse_id
from tests.community import Community, Pair
from tests.documents import CREATE_POST, MATCH_ACTIVITY, SIGN_UP, WITHDRAW_SIGN_UP

GROUPS = "{ groups(first: 1) { edges { node { name } } } }"


def key(pair: Pair) -> object:
    parsed = parse_id(pair.id)
    assert parsed is not None
    return parsed[1]


async def free_connections() -> int:
    """How many of the pool's connections nobody holds, as its own queue says."""
    pool = get_connection("default")._pool
    return pool._queue.qsize() if pool else 0


async def test_whoever_leaves_while_a_transaction_begins_leaves_the_connection_behind(community: Community) -> None:
    """Tortoise 1.1.9 alone keeps a connection whose BEGIN is cancelled: ten such clients and nobody is served."""
    await community.person("Ada")
    size = await free_connections()

    async def begin() -> None:
        async with transaction():
            await asyncio.sleep(0)

    for step in range(200):
        task = asyncio.create_task(begin())
        for _ in range(step % 12):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    async with asyncio.timeout(5):
        while await free_connections() < size:  # noqa: ASYNC110 (a connection is given back a moment later)
            await asyncio.sleep(0.01)
    assert await community.nobody.do(GROUPS)


async def test_who_waits_too_long_is_refused_and_everybody_else_is_served_meanwhile(
    community: Community, database_url: str
) -> None:
    """Somebody holds Maya's match for long. Her posts wait and are refused; Nia and Olu talk, and hear each other."""
    stuck, other = await community.pair(), await community.pair("Nia", "Olu")
    holder = await asyncpg.connect(database_url)
    try:
        async with other.mentee.hears(MATCH_ACTIVITY, matchId=other.id) as olu:
            await olu.silence(0.2)
            await holder.execute("BEGIN")
            await holder.execute("SELECT 1 FROM matches WHERE id = $1 FOR UPDATE", key(stuck))
            given = {"matchId": stuck.id, "body": "Hello?"}
            waiting = [asyncio.create_task(stuck.mentor.refused(CREATE_POST, input=given)) for _ in range(8)]
            await asyncio.sleep(0.2)
            await other.mentor.do(CREATE_POST, input={"matchId": other.id, "body": "Hello!"})
            assert [(await olu.next(2))["__typename"] for _ in range(2)] == ["MatchChanged", "PostAdded"]
            errors = await asyncio.wait_for(asyncio.gather(*waiting), 15)
        assert {error["code"] for error in errors} == {"CONFLICT"}
        await holder.execute("ROLLBACK")
    finally:
        await holder.close()
    assert await community.database.fetchval("SELECT count(*) FROM posts WHERE match_id = $1", key(stuck)) == 0
    assert (await stuck.mentor.do(CREATE_POST, input=given))["post"]


async def test_withdrawing_and_signing_up_again_at_once_never_deadlock(community: Community) -> None:
    ada, tom = await community.people("Ada", "Tom")
    program_id = await community.program(ada, await community.group(ada, tom))
    answers = {
        "programId": program_id,
        "role": "MENTEE",
        "topics": [],
        "goals": "To learn.",
        "languages": ["en"],
        "timeZone": "UTC",
    }
    for _ in range(15):
        sign_up_id = (await tom.do(SIGN_UP, input=answers))["signUp"]["id"]
        withdrawn, again = await asyncio.gather(
            tom.ask(WITHDRAW_SIGN_UP, input={"signUpId": sign_up_id}), tom.ask(SIGN_UP, input=answers)
        )
        assert withdrawn["data"]["withdrawSignUp"]["errors"] == []
        payload = again["data"]["signUp"]
        assert payload["signUp"] or payload["errors"][0]["message"].startswith("You have an open sign-up")
        if payload["signUp"]:
            await tom.do(WITHDRAW_SIGN_UP, input={"signUpId": payload["signUp"]["id"]})


async def test_what_a_savepoint_tells_is_told_when_all_has_committed_and_not_before(community: Community) -> None:
    pair = await community.pair()
    announced: list[object] = []
    original = live.announce
    live.announce = lambda stream, number: announced.append((stream, number))
    try:
        with pytest.raises(ZeroDivisionError):
            async with transaction():
                async with transaction() as inner:
                    await inner.take(match_stream(key(pair)))
                    await inner.give_back(match_stream(key(pair)))
                    inner._heads[match_stream(key(pair))] = 1
                assert announced == []
                raise ZeroDivisionError
        assert announced == []
        async with transaction():
            async with transaction() as inner:
                inner._heads[match_stream(key(pair))] = 1
            assert announced == []
        assert announced == [(match_stream(key(pair)), 1)]
    finally:
        live.announce = original


async def test_a_number_that_is_taken_and_not_logged_undoes_everything(community: Community) -> None:
    pair = await community.pair()
    async with community.nothing_changes():
        with pytest.raises(RuntimeError, match="not logged"):
            async with transaction() as changed:
                await changed.take(match_stream(key(pair)))
