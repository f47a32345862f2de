"""PostgreSQL through asyncpg: as many connections as this project's server has in all, and prepared statements."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg

POOL_SIZE = 14

_TEXT = (Path(__file__).parents[1] / "statements.sql").read_text(encoding="utf-8")
STATEMENTS: dict[str, str] = {
    name: statement.strip()
    for name, statement in re.findall(r"^-- name: (\w+)\n(.*?)(?=^-- name:|\Z)", _TEXT, re.M | re.S)
}


class Database:
    """Runs the statements of statements.sql by their names."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    @classmethod
    @asynccontextmanager
    async def opened(cls, url: str) -> AsyncIterator["Database"]:
        """A pool for the length of a `with` block."""
        # Its sessions hold no state: nothing needs resetting when a connection goes back.
        async with asyncpg.create_pool(url, min_size=1, max_size=POOL_SIZE, reset=_nothing) as pool:
            yield cls(pool)

    async def rows(self, name: str, *values: Any) -> list[dict[str, Any]]:
        """The rows of a named statement."""
        return [dict(row) for row in await self._pool.fetch(STATEMENTS[name], *values)]

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator["Transaction"]:
        """One transaction."""
        async with self._pool.acquire() as connection, connection.transaction():
            yield Transaction(connection)


class Transaction:
    """Runs named statements in one transaction."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    async def rows(self, name: str, *values: Any) -> list[dict[str, Any]]:
        """The rows of a named statement."""
        return [dict(row) for row in await self._connection.fetch(STATEMENTS[name], *values)]


async def _nothing(connection: object) -> None:
    pass
