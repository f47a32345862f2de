"""A database that is there and does not answer: live delivery finds another way to it, and a restart does not wait."""

import asyncio
import time
from dataclasses import replace

import asyncpg

from pubsub.streams import match_stream
from schema.node import parse_id
from tests.community import Community
from tests.documents import CREATE_POST
from tests.lines import Line
from tests.servers import Databases, served_here, settings_for

WORDS = """
subscription($matchId: ID!) { matchActivity(matchId: $matchId) {
  __typename ... on PostAdded { post { id } } ... on PostChanged { post { id body } } } }
"""


async def test_connections_that_fell_silent_are_given_up_and_events_go_on(databases: Databases, redis_url: str) -> None:
    """All connections of the server are forgotten on the way; another process writes, and Tom hears."""
    async with databases.fresh() as url:
        line = Line(url)
        await line.up()
        try:
            settings = settings_for(line.url, redis_url)
            async with served_here(settings) as served, Community.on(replace(served, database_url=url)) as community:
                pair = await community.pair()
                async with pair.mentee.hears(WORDS, matchId=pair.id) as tom:
                    await tom.silence(0.2)
                    given = {"matchId": pair.id, "body": "Hello"}
                    post = (await pair.mentor.do(CREATE_POST, input=given))["post"]
                    assert [(await tom.next())["__typename"] for _ in range(2)] == ["MatchChanged", "PostAdded"]
                    line.forget()
                    await write_elsewhere(url, parse_id(pair.id)[1], parse_id(post["id"])[1])
                    heard = await tom.next(15)
                    assert (heard["__typename"], heard["post"]["body"]) == ("PostChanged", "Hello")
        finally:
            line.cut()


async def test_a_server_whose_database_hangs_ends_soon(databases: Databases, redis_url: str) -> None:
    async with databases.fresh() as url:
        line = Line(url)
        await line.up()
        try:
            async with served_here(settings_for(line.url, redis_url)) as served:
                async with Community.on(replace(served, database_url=url)) as community:
                    pair = await community.pair()
                    async with pair.mentee.hears(WORDS, matchId=pair.id) as tom:
                        await tom.silence(0.2)
                        line.hang()
                        await asyncio.sleep(1.2)
                began = time.monotonic()
            assert time.monotonic() - began < 8
        finally:
            line.cut()


async def write_elsewhere(url: str, match_id: object, post_id: object) -> None:
    """What another process would commit: an edit, with its number and its row in the log."""
    connection = await asyncpg.connect(url)
    try:
        async with connection.transaction():
            head = await connection.fetchval(
                "UPDATE matches SET activity_head = activity_head + 1 WHERE id = $1 RETURNING activity_head", match_id
            )
            await connection.execute(
                "INSERT INTO activity (stream_id, number, kind, subject_id, occurred_at)"
                " VALUES ($1, $2, 'POST_CHANGED', $3, now())",
                match_stream(match_id).id,
                head,
                post_id,
            )
    finally:
        await connection.close()
