"""Opening and migrating the one database."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from tortoise import Tortoise
from tortoise.backends.base.config_generator import expand_db_url
from tortoise.migrations.api.migrate import migrate as apply_migrations

MODEL_MODULES = [
    "models.users",
    "models.sessions",
    "models.groups",
    "models.programs",
    "models.sign_ups",
    "models.matches",
    "models.posts",
]


def tortoise_config(url: str, *, pool_size: int = 10) -> dict[str, Any]:
    """Tortoise's configuration for the database at `url` (postgres://user:password@host:port/name)."""
    connection = expand_db_url(url)
    connection["credentials"].update(minsize=1, maxsize=pool_size)
    return {
        "connections": {"default": connection},
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


async def open_database(url: str, *, pool_size: int = 10) -> None:
    """Make the models usable from every task of this process. Connections are made when first needed."""
    await Tortoise.init(config=tortoise_config(url, pool_size=pool_size), _enable_global_fallback=True)


async def close_database() -> None:
    """Give all connections back; the counterpart of `open_database`."""
    await Tortoise.close_connections()


@asynccontextmanager
async def database(url: str) -> AsyncIterator[None]:
    """The database, open for the length of a `with` block: what commands need."""
    await open_database(url)
    try:
        yield
    finally:
        await close_database()


async def migrate(url: str) -> None:
    """Bring the database at `url` to the newest migration. It does nothing when it is there already."""
    try:
        await apply_migrations(config=tortoise_config(url, pool_size=1))
    finally:
        await Tortoise.close_connections()


AUTODETECTOR = tortoise_config("postgres://nobody@127.0.0.1/none")
"""What `tortoise makemigrations` reads to compare the models with the migrations; it connects to nothing."""
