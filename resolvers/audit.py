"""Writing the audit log, in the transaction of the act that it tells of, and reading it for operators."""

from datetime import datetime
from typing import Any
from uuid import UUID

from tortoise.expressions import Q

from models.audit import AuditEntry
from models.base import Row
from models.enums import AuditAct
from models.errors import ErrorCode, Refused
from models.users import User
from pubsub.transaction import Changed


async def record(
    changed: Changed, act: AuditAct, subject: Row, *, actor: UUID | None, at: datetime, **detail: Any
) -> None:
    """Write down what was done, to which row, and by whom; None: by an operator or a job.

    It stands if the transaction does. `detail` is JSON: ids, states and dates, and never a word that people wrote.
    """
    await AuditEntry.create(
        using_db=changed.connection,
        at=at,
        actor_id=actor,
        act=act,
        subject_type=type(subject).__name__,
        subject_id=subject.id,
        detail=detail,
    )


async def entries(*, email: str | None, last: int) -> list[tuple[AuditEntry, str | None]]:
    """The last entries, newest first, each with the address of who did it; only those by or about a person if `email`
    is given. For the command line. Raises Refused NOT_FOUND for an address that nobody has."""
    query = AuditEntry.all()
    if email is not None:
        user = await User.get_or_none(email=email.strip().lower())
        if user is None:
            raise Refused(ErrorCode.NOT_FOUND, "There is no account with this e-mail address. Check its spelling.")
        query = query.filter(
            Q(actor_id=user.id) | Q(subject_id=user.id) | Q(detail__contains={"reported": str(user.id)})
        )
    found = await query.order_by("-id").limit(last)
    actors = dict(await User.filter(id__in=[each.actor_id for each in found]).values_list("id", "email"))
    return [(each, actors.get(each.actor_id)) for each in found]
