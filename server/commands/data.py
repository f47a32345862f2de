"""`mentorship migrate`, `after-restore`, `demo` and `schema`: the database's shape, its demo people, and the API's."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Annotated, TypeVar

import asyncpg
import typer

from server.commands.errors import CommandError
from server.settings import Settings, SettingsError, variable

Result = TypeVar("Result")
CONNECT_SECONDS = 10.0

# The commands import the domain when they are called: `--help`, `serve` and `run` do without it and stay quick.


def migrate() -> None:
    """Bring the database to the newest migration. It does nothing when it is there already.

    Servers of the last release may go on meanwhile. Where they, or a backup, hold a table, it waits and tries again,
    for some minutes.
    """
    from models.migrating import TablesTaken
    from models.migrating import migrate as apply

    url = Settings.from_environment().require_database_url()

    async def act() -> None:
        await reach(url)
        await apply(url, waiting=lambda: typer.echo("A table is taken; trying again ...", err=True))

    try:
        asyncio.run(act())
    except TablesTaken:
        raise CommandError(
            "Others held a table all along, such as a backup or a long report; the rest waits. Run it again."
        ) from None
    typer.echo("The database is up to date.")


def after_restore(
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask whether the servers are stopped.")] = False,
) -> None:
    """Prepare a database that was restored from a backup, before any server is started on it.

    Apps that were ahead of the backup are told to fetch anew instead of mistaking new events for those that they have,
    and everybody has to log in again: log-outs and changed passwords since the backup are lost.
    """
    from models.restoring import after_restore as act

    url = Settings.from_environment().require_database_url()
    if not yes:
        typer.confirm("Are all servers stopped, and is this the restored database?", abort=True)

    async def acted() -> int:
        await reach(url)
        return await act(url)

    typer.echo(f"The database is ready to be served from. Sessions ended: {asyncio.run(acted())}.")


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
