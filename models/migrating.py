"""Bringing a database up to date beside the workers that use it, and telling whether it is."""

import asyncio
import pkgutil
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
from tortoise import Tortoise
from tortoise.connection import get_connection
from tortoise.migrations.api.migrate import migrate as apply_migrations

from models import migrations
from models.database import tortoise_config

LOCK_MILLISECONDS = 500
"""How long a migration waits for a table, with everybody who asks for it later waiting behind it. Shorter than the
second after which PostgreSQL looks for a deadlock and ends one of the two: the migration is the one that gives way."""

PAUSE_SECONDS = 1.0
"""How long it lets the others go on before it tries again."""

PATIENCE_SECONDS = 300.0
"""How long it tries: a backup, or a report that reads for long, may hold a table."""

ONE_AT_A_TIME = 7_256_402_991
"""The advisory lock of whoever migrates: several machines may start at once."""


class TablesTaken(Exception):
    """Others held a table for so long that the database could not be changed. What was applied until then stays."""


def known_migrations() -> list[str]:
    """The migrations of this release, in their order."""
    return sorted(name for _, name, is_package in pkgutil.iter_modules(migrations.__path__) if not is_package)


def last_released() -> str:
    """The newest migration of the last release: what came later must let its workers go on."""
    return (Path(migrations.__file__).with_name("RELEASED")).read_text(encoding="utf-8").strip()


async def lacking() -> list[str]:
    """The migrations of this release that the open database does not have. One that has more is all right."""
    connection = get_connection("default")
    if not (await connection.execute_query_dict("SELECT to_regclass('tortoise_migrations') AS found"))[0]["found"]:
        return known_migrations()
    rows = await connection.execute_query_dict("SELECT name FROM tortoise_migrations WHERE app = 'models'")
    return [name for name in known_migrations() if name not in {row["name"] for row in rows}]


async def migrate(url: str, *, patience: float = PATIENCE_SECONDS, waiting: Callable[[], object] | None = None) -> None:
    """Bring the database at `url` to the newest migration. It does nothing when it is there already.

    Workers of the last release may go on meanwhile. A migration that does not get a table at once gives way and is
    tried again; `waiting` is called each time. Raises TablesTaken when that went on for `patience` seconds.
    """
    config = tortoise_config(url, pool_size=1, bounded=False)
    config["connections"]["default"]["credentials"]["server_settings"] = {"lock_timeout": f"{LOCK_MILLISECONDS}ms"}
    deadline = time.monotonic() + patience
    async with _alone(url):
        while True:
            try:
                await apply_migrations(config=config)
                return
            except asyncpg.LockNotAvailableError as error:
                if time.monotonic() > deadline:
                    raise TablesTaken from error
            finally:
                await Tortoise.close_connections()
            if waiting is not None:
                waiting()
            await asyncio.sleep(PAUSE_SECONDS)


@asynccontextmanager
async def _alone(url: str) -> AsyncIterator[None]:
    """Nobody else migrates this database in the block; whoever came first is waited for.

    By asking again: who waits inside a statement would be waited for by an index that is built beside the workers.
    """
    connection = await asyncpg.connect(url)
    try:
        while not await connection.fetchval("SELECT pg_try_advisory_lock($1)", ONE_AT_A_TIME):  # noqa: ASYNC110
            await asyncio.sleep(PAUSE_SECONDS)
        yield
    finally:
        await connection.close()
