"""A server dies between commit and answer: what was written is there once, however often the client tries again."""

import asyncio
from dataclasses import replace
from uuid import UUID

import httpx
import pytest

from tests.community import Community, Pair
from tests.documents import CREATE_COMMENT, CREATE_POST, MATCH_ACTIVITY, SEND_MESSAGE, SPACE
from tests.invariants import invariants
from tests.lines import Line
from tests.live.pairs import key_of
from tests.servers import Databases, served_apart

WORDS = "Once, whatever breaks"
DOCUMENTS = {"post": CREATE_POST, "comment": CREATE_COMMENT, "message": SEND_MESSAGE}


async def committed(community: Community, kind: str) -> UUID:
    """The id of what was written, as soon as others see it in the database."""
    async with asyncio.timeout(10):
        while True:
            row_id = await community.database.fetchval(f"SELECT id FROM {kind}s WHERE body = $1", WORDS)
            if row_id is not None:
                return row_id
            await asyncio.sleep(0.02)


async def written_and_not_answered(url: str, redis_url: str, kind: str) -> tuple[Pair, dict[str, str], str, UUID]:
    """Maya writes, the database commits, and its answer gets lost on the line; the server that waits for it is killed.

    The pair, her input, the cursor from before, and the id of what she wrote.
    """
    line = Line(url)
    await line.up()
    try:
        async with (
            served_apart(line.url, redis_url, workers=1) as doomed,
            Community.on(replace(doomed, database_url=url)) as community,
        ):
            pair = await community.pair()
            post = (await pair.mentee.do(CREATE_POST, input={"matchId": pair.id, "body": "Hello"}))["post"]
            cursor = (await pair.mentee.do(SPACE, id=pair.id))["space"]["activityCursor"]
            place = {"postId": post["id"]} if kind == "comment" else {"matchId": pair.id}
            given = place | {"body": WORDS, "idempotencyKey": "k"}
            line.answer_nothing_after(WORDS.encode())
            sending = asyncio.create_task(pair.mentor.ask(DOCUMENTS[kind], input=given))
            row_id = await committed(community, kind)
            assert not sending.done() and doomed.process is not None
            doomed.process.kill()
            with pytest.raises(httpx.TransportError):
                await asyncio.wait_for(sending, 10)
            return pair, given, cursor, row_id
    finally:
        line.cut()


@pytest.mark.parametrize("kind", list(DOCUMENTS))
async def test_a_server_that_dies_between_commit_and_answer_has_written_once(
    databases: Databases, redis_url: str, kind: str
) -> None:
    """Maya heard nothing, tries again at another server, and gets the row that is there. Tom hears of it once."""
    async with databases.fresh() as url:
        pair, given, cursor, row_id = await written_and_not_answered(url, redis_url, kind)
        async with served_apart(url, redis_url, workers=2) as served, Community.on(served) as community:
            maya, tom = (replace(each, served=served, http=community.http) for each in (pair.mentor, pair.mentee))
            async with tom.hears(MATCH_ACTIVITY, matchId=pair.id, after=cursor) as ears:
                again = [(await maya.do(DOCUMENTS[kind], input=given))[kind] for _ in range(3)]
                assert {key_of(each["id"]) for each in again} == {row_id}
                heard = await ears.next()
                assert (heard["__typename"], heard[kind]["id"]) == (f"{kind.title()}Added", again[0]["id"])
                await ears.silence()
            await invariants(community.database)
