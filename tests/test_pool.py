"""Connections come back to their pool whatever becomes of those who had them."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from tortoise.connection import get_connection
from tortoise.exceptions import IntegrityError, OperationalError

from models.database import close_database, open_database

SIZE = 2
WAIT = 10


@pytest.fixture
async def opened(database_url: str) -> AsyncIterator[None]:
    """A database of which two may have a connection at once."""
    await open_database(database_url, pool_size=SIZE)
    yield
    await close_database()


async def answers() -> bool:
    """Whether as many are served at once as there are connections."""

    async def one() -> int:
        return (await get_connection("default").execute_query_dict("SELECT 1 AS one"))[0]["one"]

    async with asyncio.timeout(WAIT):
        return await asyncio.gather(*(one() for _ in range(SIZE))) == [1] * SIZE


async def test_those_who_leave_in_the_middle_of_a_statement_leave_their_connection(opened: None) -> None:
    for pause in (0.0, 0.001, 0.01, 0.05) * 4:
        asking = asyncio.create_task(get_connection("default").execute_query("SELECT pg_sleep(5)"))
        await asyncio.sleep(pause)
        asking.cancel()
        await asyncio.wait([asking], timeout=WAIT)
        assert asking.cancelled()
    assert await answers()


async def test_who_is_told_to_leave_again_while_he_gives_it_back_costs_no_place(opened: None) -> None:
    assert await answers()
    pool = get_connection("default")._pool
    for _ in range(2 * SIZE):
        taken = await pool.acquire()
        await taken.execute("BEGIN")
        giving_back = asyncio.create_task(pool.release(taken))  # which rolls the transaction back
        await asyncio.sleep(0)
        giving_back.cancel()
        await asyncio.wait([giving_back], timeout=WAIT)
    assert await answers()


async def test_a_transaction_that_was_left_open_is_rolled_back(opened: None) -> None:
    assert await answers()
    pool = get_connection("default")._pool
    taken = await pool.acquire()
    await taken.execute("BEGIN")
    await taken.execute("CREATE TABLE forgotten (id int)")
    await pool.release(taken)
    await pool.release(taken)  # giving back twice is no error
    rows = await get_connection("default").execute_query_dict("SELECT to_regclass('forgotten') AS found")
    assert rows == [{"found": None}]


async def test_what_a_statement_runs_into_is_told_as_tortoise_tells_it(opened: None) -> None:
    connection = get_connection("default")
    with pytest.raises(OperationalError):
        await connection.execute_query("SELECT nothing_like_it")
    with pytest.raises(IntegrityError):
        await connection.execute_query_dict("INSERT INTO sessions (id) VALUES (gen_random_uuid()) RETURNING id")
    assert await answers()


@pytest.mark.parametrize("kind", ["uuid", "smallint", "text"])
@pytest.mark.parametrize("name", ["default", "live"])
async def test_a_new_connection_reads_arrays_within_the_rows_of_a_page(opened: None, name: str, kind: str) -> None:
    """Whom a person avoids, and a program's weeks, lie as arrays in records: an admin's page failed on them."""
    statement = f"SELECT ARRAY(SELECT ROW(1, ARRAY[]::{kind}[])) AS rows"
    (found,) = await get_connection(name).execute_query_dict(statement)
    assert [list(row) for row in found["rows"]] == [[1, []]]
