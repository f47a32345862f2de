"""`mentorship create-moderator`, `suspend`, `restore` and `reset-link`: what an operator does to accounts."""

import sys
from datetime import UTC, datetime
from typing import Annotated

import typer

from server.commands.data import with_database
from server.settings import Settings

Email = Annotated[str, typer.Argument(help="The e-mail address that the person logs in with.", show_default=False)]
Name = Annotated[str, typer.Option(help="The name that people see.", show_default=False)]


def create_moderator(email: Email, name: Name) -> None:
    """Make an account that may withdraw a group's eligibility and review reports.

    Asks for the password; when standard input is no terminal, reads it there, from one line.
    """
    from resolvers.accounts import create_moderator as create

    settings = Settings.from_environment()
    settings.require_database_url()
    if sys.stdin.isatty():
        password = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    else:
        password = sys.stdin.readline().rstrip("\r\n")
    with_database(settings, lambda: create(email=email, name=name, password=password, now=datetime.now(UTC)))
    typer.echo(f"{email} is a moderator.")


def suspend(email: Email) -> None:
    """Suspend an account: every session ends, open sockets within a second or two."""
    from pubsub.live import telling
    from resolvers.accounts import suspend as act

    settings = Settings.from_environment()

    async def told() -> None:
        async with telling(settings.redis_url):
            await act(email=email, now=datetime.now(UTC))

    with_database(settings, told)
    typer.echo(f"{email} is suspended.")


def restore(email: Email) -> None:
    """Let a suspended account log in again, and notify its owner."""
    from pubsub.live import telling
    from resolvers.sanctions import restore as act

    settings = Settings.from_environment()

    async def told() -> None:
        async with telling(settings.redis_url):
            await act(email=email, now=datetime.now(UTC))

    with_database(settings, told)
    typer.echo(f"{email} may log in again.")


def reset_link(email: Email) -> None:
    """Print a link with which the person chooses a new password, once and within an hour.

    For who cannot be reached by e-mail, and where there is no mail server. Whoever has the link has the account: give
    it to nobody but its owner.
    """
    from resolvers.password_changes import reset_link as act

    settings = Settings.from_environment()
    keys = settings.require_secret_keys()
    token = with_database(settings, lambda: act(keys, email=email, now=datetime.now(UTC)))
    app_url = settings.app_url or settings.public_url or f"http://{settings.host}:{settings.port}"
    typer.echo(f"{app_url}/reset-password#token={token}")
    typer.echo("Without that page, give what stands behind #token= to the mutation resetPassword.", err=True)
