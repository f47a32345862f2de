"""Races that are run for real: everybody waits for the same row before anybody goes on."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from tests.community import Community


@asynccontextmanager
async def all_at_once(community: Community, table: str, people: int) -> AsyncIterator[None]:
    """Hold a table's rows while `people` run up against one in the block; once all of them wait, they are let go."""
    holder = await asyncpg.connect(community.served.database_url)
    try:
        async with holder.transaction():
            await holder.execute(f"SELECT 1 FROM {table} FOR UPDATE")
            yield
            await until_waiting(community, people)
    finally:
        await holder.close()


async def until_waiting(community: Community, people: int) -> None:
    """Return as soon as so many wait for a row; they will get it in the order in which they came."""
    for _ in range(800):
        if (waiting := await _waiting(community)) == people:
            return
        await asyncio.sleep(0.01)
    raise AssertionError(f"{waiting} of {people} ran up against the row")


async def _waiting(community: Community) -> int:
    return await community.database.fetchval(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
