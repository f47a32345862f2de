"""The client through which Tortoise talks to PostgreSQL: its own, on a shorter way for what is sent all the time."""

from collections.abc import Sequence
from typing import Any

import asyncpg
from tortoise.backends.asyncpg.client import AsyncpgDBClient
from tortoise.connection import get_connection


class Pool(asyncpg.Pool):
    """A pool that takes a connection back in the task that gives it back.

    asyncpg makes a task of its own each time, so that a cancellation cannot strike while the connection is reset. Ours
    is reset without waiting (`PooledConnection`), but for an open transaction that is rolled back; a cancellation then
    closes the connection, and its place in the pool is free all the same.
    """

    async def release(self, connection: Any, *, timeout: float | None = None) -> None:  # noqa: ASYNC109
        """Take a connection back; one that was taken back already is left alone."""
        if connection._con is not None:
            connection._con._on_release()
            await connection._holder.release(timeout)


async def learn_arrays(connection: Any) -> None:
    """Have a new connection find out how the arrays that our tables have are read.

    asyncpg finds it out where one is a column of the answer, and fails where one lies within a record, as in the nested
    rows of a page. It knows text[] by itself.
    """
    await connection.fetch("SELECT NULL::uuid[], NULL::smallint[]")


class Client(AsyncpgDBClient):
    """Statements that read go to a connection of the pool on the shortest way."""

    async def create_pool(self, **kwargs: Any) -> asyncpg.Pool:
        """As asyncpg.create_pool, with its defaults."""
        usual: dict[str, Any] = {
            "max_queries": 50_000,
            "max_inactive_connection_lifetime": 300.0,
            "record_class": asyncpg.Record,
        }
        return await Pool(None, **usual | {"init": learn_arrays} | kwargs)

    async def execute_query(self, query: str, values: list[Any] | None = None) -> tuple[int, list[Any]]:
        """As Tortoise's; a SELECT gives its records."""
        if not query.startswith("SELECT"):
            count, records = await super().execute_query(query, values)
            return count, records
        records = await self._fetch(query, values or ())
        return len(records), records

    async def execute_query_dict(self, query: str, values: list[Any] | None = None) -> list[dict[str, Any]]:
        """As Tortoise's: the rows that a statement returned."""
        return [dict(record) for record in await self._fetch(query, values or ())]

    async def execute_query_rows(self, query: str, values: list[Any]) -> list[Any]:
        """The same as asyncpg's records, which know the columns by their place as well."""
        return await self._fetch(query, values)

    async def _fetch(self, query: str, values: Sequence[Any]) -> list[Any]:
        self.log.debug("%s: %s", query, values)
        if self._pool is None:
            await self.acquire_connection().ensure_connection()
        pool: Any = self._pool
        connection = await pool.acquire()
        try:
            records: list[Any] = await connection.fetch(query, *values)
            return records
        except asyncpg.PostgresError as error:
            raise await self._translated(error) from error
        finally:
            await pool.release(connection)

    async def _translated(self, error: asyncpg.PostgresError) -> Exception:
        """The exception that Tortoise raises for one of asyncpg's."""

        async def raising(_: Any) -> None:
            raise error

        try:
            await self._translate_exceptions(raising)
        except Exception as translated:
            return translated
        return error


def client(name: str) -> Client:
    """The client of a connection by its name, outside of transactions."""
    found = get_connection(name)
    if not isinstance(found, Client):
        raise TypeError(f"{name} is inside a transaction, whose statements go to its own connection")
    return found


client_class = Client
"""What Tortoise looks for in a module that is named as its engine."""
