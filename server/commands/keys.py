"""The command that makes another secret key, and says how it takes the place of the one in use."""

import secrets

import typer

from server.settings import SECRET_KEY_LENGTH, Settings, variable


def rotate_key() -> None:
    """Make another secret key, and print the three values that the setting takes one after the other.

    The first key signs, and all are believed: so nobody is logged out as long as every machine has a value before any
    has the next one.
    """
    keys = Settings.from_environment().require_secret_keys()
    name, new = variable("secret_key"), secrets.token_urlsafe(SECRET_KEY_LENGTH)
    for value in (",".join([*keys, new]), ",".join([new, *keys]), new):
        typer.echo(f"{name}={value}")
    typer.echo(
        "Give each to all machines before the next, and leave three days before the last: links live on.", err=True
    )
