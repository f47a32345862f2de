"""Clients who leave in the middle of an act: the worker's connections to the database come back all the same."""

import asyncio
import random
from uuid import UUID

from tortoise.connection import get_connection

from models.database import close_database, open_database
from pubsub.transaction import transaction

CONNECTIONS = 4
ACTS = 600


async def test_acts_that_are_cancelled_at_any_moment_leave_no_connection_behind(database_url: str) -> None:
    """A socket that is cut cancels its operations, be it while a transaction begins."""
    choose = random.Random(7)
    await open_database(database_url, pool_size=CONNECTIONS)
    try:
        await _act()
        for _ in range(ACTS // CONNECTIONS):
            acts = [asyncio.create_task(_act()) for _ in range(CONNECTIONS)]
            for act in acts:
                await asyncio.sleep(choose.uniform(0, 0.001))
                act.cancel()
            async with asyncio.timeout(10):
                await asyncio.gather(*acts, return_exceptions=True)
        async with asyncio.timeout(10):
            await asyncio.gather(*(_act() for _ in range(CONNECTIONS * 2)))
        pool = get_connection("default")._pool
        assert pool.get_idle_size() == pool.get_size()
    finally:
        await close_database()


async def _act() -> None:
    async with transaction() as changed:
        await changed.sql("SELECT 1 FROM users WHERE id = $1", UUID(int=0))
