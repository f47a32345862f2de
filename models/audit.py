"""The audit log: what moderators, reviewers and operators did, kept as it was written."""

from typing import Any
from uuid import UUID

from tortoise import fields

from models.base import Row
from models.enums import AuditAct


class AuditEntry(Row):
    """One act. A trigger refuses to change or delete it, so that no code of ours can.

    `actor_id` is the person who did it; None for an operator at the command line, and for a job. It and `subject_id`
    refer to no row, since an entry outlives what it is about. `detail` has ids, states and dates, and never a word that
    people wrote.
    """

    at = fields.DatetimeField()
    actor_id: UUID | None = fields.UUIDField(null=True)
    act = fields.CharEnumField(AuditAct, max_length=32)
    subject_type = fields.CharField(max_length=32)
    subject_id = fields.UUIDField()
    detail: dict[str, Any] = fields.JSONField(default=dict)

    class Meta:
        table = "audit_entries"
        indexes = (("subject_id",), ("actor_id",))
