"""Writing the audit log, in the transaction of the act that it tells of."""

from datetime import datetime
from typing import Any
from uuid import UUID

from models.audit import AuditEntry
from models.base import Row
from models.enums import AuditAct
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
