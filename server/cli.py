"""The command `mentorship`: its sub-commands, and how their expected failures are told."""

import sys

import typer

from models.errors import Refused
from server.commands import audit, data, keys, people, run, serve, settings
from server.commands.errors import CommandError
from server.local.errors import LocalServerError
from server.settings import SettingsError

app = typer.Typer(
    name="mentorship",
    help="Mentorship programs inside community groups: a GraphQL API with live subscriptions. It is set up by "
    "environment variables with the prefix MENTORSHIP_, which `mentorship settings` lists.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command()(run.run)
app.command()(serve.serve)
app.command()(data.migrate)
app.command()(data.demo)
app.command()(data.schema)
app.command()(people.create_moderator)
app.command()(people.suspend)
app.command()(people.restore)
app.command()(audit.audit)
app.command()(people.reset_link)
app.command()(keys.rotate_key)
app.command()(settings.settings)


def main() -> None:
    """Run the command line. Exits 1 for a refusal or an expected failure, 2 for wrong settings or usage."""
    try:
        app()
    except SettingsError as error:
        fail(str(error), 2)
    except Refused as error:
        fail(error.message, 1)
    except (CommandError, LocalServerError) as error:
        fail(str(error), 1)


def fail(message: str, code: int) -> None:
    """Print the message alone, without a traceback, and exit."""
    print(f"mentorship: {message}", file=sys.stderr)
    sys.exit(code)


if __name__ == "__main__":
    main()
