"""`mentorship settings`: what may be set."""

import typer


def settings() -> None:
    """Print all settings with their meaning and defaults, in Markdown: docs/settings.md."""
    from server.settings_reference import reference

    typer.echo(reference(), nl=False)
