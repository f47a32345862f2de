"""Copies of their own data that people ask for, in parts, until they are fetched or expire."""

from datetime import datetime
from uuid import UUID

from tortoise import fields
from tortoise.fields import OnDelete
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint

from models.base import Row
from models.enums import DataExportState
from models.users import User


class DataExport(Row):
    """One person's export. `section` is the number of the one that is being read, and `last_id` the last row of it that
    stands in a part: whoever goes on after a crash goes on from there."""

    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="data_exports", on_delete=OnDelete.CASCADE
    )
    user_id: UUID
    state = fields.CharEnumField(DataExportState, max_length=8, default=DataExportState.WAITING)
    requested_at = fields.DatetimeField()
    section: int = fields.SmallIntField(default=0)
    last_id: UUID | None = fields.UUIDField(null=True)
    parts = fields.IntField(default=0)
    ready_at: datetime | None = fields.DatetimeField(null=True)
    expires_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "data_exports"
        indexes = (("user_id", "id"), ("state", "requested_at"), ("state", "expires_at"))
        constraints = (
            UniqueConstraint(fields=("user_id",), name="one_export_under_way", condition="state = 'WAITING'"),
            CheckConstraint(
                check="state <> 'READY' OR (ready_at IS NOT NULL AND expires_at > ready_at)",
                name="an_export_that_is_ready_expires",
            ),
        )


class DataExportPart(Row):
    """Some rows of one section, as JSON objects with commas between them, compressed by zlib."""

    export: fields.ForeignKeyRelation[DataExport] = fields.ForeignKeyField(
        "models.DataExport", related_name="pieces", on_delete=OnDelete.CASCADE
    )
    export_id: UUID
    number = fields.IntField()
    section: int = fields.SmallIntField()
    content = fields.BinaryField()

    class Meta:
        table = "data_export_parts"
        constraints = (UniqueConstraint(fields=("export_id", "number"), name="one_export_part_a_number"),)
