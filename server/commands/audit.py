"""`mentorship audit`: what moderators, reviewers and operators did."""

from datetime import UTC
from typing import Annotated

import typer

from server.commands.data import with_database
from server.settings import Settings

Email = Annotated[
    str | None, typer.Argument(help="Only what this person did, or what was done about him or her.", show_default=False)
]
Last = Annotated[int, typer.Option(min=1, max=1_000, help="How many entries to list, from the newest on.")]


def audit(email: Email = None, last: Last = 50) -> None:
    """List the audit log, the newest entry first: when, what, by whom, about what. Nothing changes it."""
    from resolvers.audit import entries

    found = with_database(Settings.from_environment(), lambda: entries(email=email, last=last))
    for entry, actor in found:
        by = "operator" if entry.actor_id is None else actor or str(entry.actor_id)
        detail = " ".join(f"{name}={value}" for name, value in sorted(entry.detail.items()))
        at = entry.at.astimezone(UTC).isoformat(timespec="seconds")
        typer.echo(f"{at}  {entry.act}  by {by}  {entry.subject_type} {entry.subject_id}  {detail}".rstrip())
