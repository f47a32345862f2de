"""`mentorship migrate`, `demo` and `schema`: the database's shape, its demo people, and the API's."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import TypeVar

import asyncpg
import typer

from server.commands.errors import CommandError
from server.settings import Settings, SettingsError, variable

Result = TypeVar("Result")
CONNECT_SECONDS = 10.0

# The commands import the domain when they are called: `--help`, `serve` and `run` do without it and stay quick.


def migrate() -> None:
    """Bring the database to the newest migration. It does nothing when it is there already."""
    from models.database import migrate as apply

    url = Settings.from_environment().require_database_url()

    async def act() -> None:
        await reach(url)
        await apply(url)

    asyncio.run(act())
    typer.echo("The database is up to date.")


def demo() -> None:
    """Load the demo community into the database.

    Only where MENTORSHIP_DEMO=true says that this is no place for real people: everybody knows the demo's passwords.
    """
    settings = Settings.from_environment()
    if not settings.demo:
        raise SettingsError(
            f"Everybody knows the demo people's passwords. Where that does no harm, set {variable('demo')}=true."
        )
    from server.demo import load

    hint = with_database(settings, lambda: load(settings, datetime.now(UTC)))
    if hint:
        typer.echo(hint)


def schema() -> None:
    """Print the API's schema in GraphQL's schema language."""
    from schema.schema import schema as built

    typer.echo(built.as_str())


def with_database(settings: Settings, act: Callable[[], Awaitable[Result]]) -> Result:
    """Run `act` with the database open. Raises CommandError when the database cannot be reached."""
    from models.database import database

    url = settings.require_database_url()

    async def opened() -> Result:
        await reach(url)
        async with database(url):
            return await act()

    return asyncio.run(opened())


async def reach(url: str) -> None:
    """Raise CommandError when the database does not let us in: a common mistake, told apart from any other error."""
    try:
        connection = await asyncpg.connect(url, timeout=CONNECT_SECONDS)
        await connection.close(timeout=CONNECT_SECONDS)
    except (OSError, TimeoutError, ValueError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise CommandError(f"Could not reach the database that {variable('database_url')} names: {error}") from error
