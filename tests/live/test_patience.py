"""Reads that the database goes away beneath: they are tried anew, for as long as was said."""

import asyncio
import time
from collections.abc import AsyncIterator

import asyncpg
import pytest
from tortoise.connection import get_connection

from models.database import close_database, open_database
from pubsub.patience import patiently

TERMINATE = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> $1"


@pytest.fixture
async def terminate(database_url: str) -> AsyncIterator[asyncpg.Connection]:
    """The database, open in this process, and a connection that can end all others."""
    await open_database(database_url, pool_size=4)
    connection = await asyncpg.connect(database_url)
    yield connection
    await connection.close()
    await close_database()


async def _read(seconds: float = 0.0) -> int:
    (row,) = await get_connection("default").execute_query_dict("SELECT 7 AS n, pg_sleep($1) AS slept", [seconds])
    return row["n"]


async def test_a_read_whose_backend_is_terminated_is_made_again(terminate: asyncpg.Connection) -> None:
    reading = asyncio.create_task(patiently(lambda: _read(0.3), seconds=5))
    await asyncio.sleep(0.1)
    await terminate.execute(TERMINATE, terminate.get_server_pid())
    assert await asyncio.wait_for(reading, 5) == 7


async def test_reads_go_on_while_connections_are_terminated_again_and_again(terminate: asyncpg.Connection) -> None:
    """Also idle ones, whose end is noticed only when they are used."""
    async with asyncio.timeout(30):
        for _ in range(60):
            await asyncio.gather(*(patiently(_read, seconds=5) for _ in range(4)))
            await terminate.execute(TERMINATE, terminate.get_server_pid())
            assert await asyncio.gather(*(patiently(_read, seconds=5) for _ in range(4))) == [7] * 4


async def test_patience_has_an_end_and_other_errors_are_raised_at_once() -> None:
    began = time.monotonic()

    async def refused() -> None:
        raise ConnectionRefusedError

    async def wrong() -> None:
        raise LookupError

    with pytest.raises(LookupError):
        await patiently(wrong, seconds=5)
    assert time.monotonic() - began < 0.5
    with pytest.raises(ConnectionRefusedError):
        await patiently(refused, seconds=0.5)
    assert 0.1 < time.monotonic() - began < 2
