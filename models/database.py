"""Opening the one database."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
from tortoise import Tortoise
from tortoise.backends.base.config_generator import expand_db_url
from tortoise.connection import get_connection

from models.postgres import Timed

LIVE_CONNECTIONS = 4
"""One for the reader, one for the ticker and the checks of rights, and two for the rows that events show."""

LIVE_SECONDS = 2
"""How long live delivery waits for an answer before it tries another connection: its statements take milliseconds."""


class PooledConnection(asyncpg.Connection):
    """A connection that goes back to its pool as it is, an open transaction rolled back.

    asyncpg would send a statement each time that undoes what nobody here does: settings, cursors and locks of a session
    (what is set is set LOCAL). It would be a second round trip after each statement.
    """

    __slots__ = ()

    def get_reset_query(self) -> str:
        """Nothing."""
        return ""


class ImpatientConnection(PooledConnection):
    """A connection that is dropped when a statement's time is up, or its reader has left.

    asyncpg 0.32 asks the server to cancel first and waits for the answer, without a bound when the connection goes back
    to its pool: one that has fallen silent would be waited for for ever.
    """

    __slots__ = ()

    def _cancel_current_command(self, *_: object) -> None:
        # A moment later: asyncpg is about to tell the statement's waiter that its time is up.
        asyncio.get_running_loop().call_soon(self.terminate)


ENGINE = "models.postgres"
"""The module of the client that Tortoise is to use."""

CLOSE_SECONDS = 0.5
"""What open statements have to end when the process does."""

MODEL_MODULES = [
    "models.users",
    "models.sessions",
    "models.groups",
    "models.programs",
    "models.sign_ups",
    "models.matches",
    "models.blocks",
    "models.check_ins",
    "models.nudges",
    "models.posts",
    "models.notifications",
    "models.accounts",
    "models.emails",
    "models.messages",
    "models.reactions",
    "models.insights",
    "models.jobs",
    "models.audit",
    "models.reports",
    "models.deletions",
    "models.exports",
]


LOCK_SECONDS = 5
"""How long an act waits for a row that others hold."""

STATEMENT_SECONDS = 10
"""How long a statement may run; the client gives up on one that does not even answer a little later."""


def tortoise_config(
    url: str, *, pool_size: int = 10, bounded: bool = True, timed: Timed | None = None
) -> dict[str, Any]:
    """Tortoise's configuration for the database at `url` (postgres://user:password@host:port/name).

    Acts and pages use the connection `default`. Live delivery reads over `live`, so that it goes on while all of the
    others wait for locks; its few statements are planned once. Unbounded: statements take the time that they take.
    `timed` is told how long each took.
    """
    bounds = {"lock_timeout": f"{LOCK_SECONDS}s", "statement_timeout": f"{STATEMENT_SECONDS}s"} if bounded else {}
    default, live = expand_db_url(url) | {"engine": ENGINE}, expand_db_url(url) | {"engine": ENGINE}
    default["credentials"].update(minsize=1, maxsize=pool_size, server_settings=bounds)
    live["credentials"].update(
        minsize=1, maxsize=LIVE_CONNECTIONS, server_settings=bounds | {"plan_cache_mode": "force_generic_plan"}
    )
    default["credentials"]["timed"] = live["credentials"]["timed"] = timed
    default["credentials"]["connection_class"] = live["credentials"]["connection_class"] = PooledConnection
    if bounded:
        default["credentials"]["command_timeout"] = STATEMENT_SECONDS + 2
        live["credentials"].update(command_timeout=LIVE_SECONDS, connection_class=ImpatientConnection)
    return {
        "connections": {"default": default, "live": live},
        "apps": {
            "models": {
                "models": MODEL_MODULES,
                "default_connection": "default",
                "migrations": "models.migrations",
            }
        },
        "use_tz": True,
        "timezone": "UTC",
    }


async def open_database(url: str, *, pool_size: int = 10, timed: Timed | None = None) -> None:
    """Make the models usable from every task of this process. Connections are made when first needed."""
    config = tortoise_config(url, pool_size=pool_size, timed=timed)
    await Tortoise.init(config=config, _enable_global_fallback=True)


async def close_database() -> None:
    """Give all connections back; the counterpart of `open_database`. A server that hangs is not waited for."""
    for name in ("default", "live"):
        pool = get_connection(name)._pool
        if pool is not None:
            try:
                await asyncio.wait_for(pool.close(), CLOSE_SECONDS)
            except TimeoutError:
                pool.terminate()
    await Tortoise.close_connections()


@asynccontextmanager
async def database(url: str) -> AsyncIterator[None]:
    """The database, open for the length of a `with` block: what commands need."""
    await open_database(url)
    try:
        yield
    finally:
        await close_database()


AUTODETECTOR = tortoise_config("postgres://nobody@127.0.0.1/none")
"""What `tortoise makemigrations` reads to compare the models with the migrations; it connects to nothing."""
