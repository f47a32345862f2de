"""What a page and a post cost does not depend on how much has been written: ten times the posts, the same reads."""

import json
from typing import Any

import asyncpg

from benchmarks import dataset
from benchmarks.community import Size, pairs
from benchmarks.documents import CREATE_POST, THREAD_PAGE
from benchmarks.floors.recorded import Recorded, record
from models.database import database
from tests.contenders import now
from tests.servers import Databases

# Both so large that their indexes are of two levels, and neither so large that they have a third one.
SOME, TEN_TIMES = Size(pairs=6, posts_a_pair=60), Size(pairs=6, posts_a_pair=600)


async def blocks(url: str, recorded: Recorded) -> list[int]:
    """How many blocks each of the statements looks at; what it writes is undone."""
    connection = await asyncpg.connect(url)
    try:
        found = []
        for text, values in recorded.for_pair(recorded.pair):
            transaction = connection.transaction()
            await transaction.start()
            explained = await connection.fetchval(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {text}", *values)
            await transaction.rollback()
            plan: dict[str, Any] = json.loads(explained)[0]["Plan"]
            found.append(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"])
        return found
    finally:
        await connection.close()


async def test_a_pair_that_has_written_ten_times_as_much_pays_no_more(databases: Databases) -> None:
    seen = []
    for size in (SOME, TEN_TIMES):
        async with databases.fresh() as url:
            await dataset.load(url, size, now())
            pair = next(pairs(size, now()))
            async with database(url):
                page = await record(THREAD_PAGE, {"id": pair.id}, pair)
                post = await record(CREATE_POST, {"input": {"matchId": pair.id, "body": "Hello."}}, pair)
            statements = [text for recorded in (page, post) for text, _ in recorded.statements]
            seen.append((statements, await blocks(url, page), await blocks(url, post)))
    few, many = seen
    assert many[0] == few[0], "the same statements"
    assert len(many[1]) == 2, "who asks, and the page"
    assert len(many[2]) == 2, "who asks, and the post"
    assert sum(many[1]) <= 1.1 * sum(few[1])
    assert sum(many[2]) <= 1.1 * sum(few[2])
