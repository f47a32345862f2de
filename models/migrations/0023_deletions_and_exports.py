"""Accounts that are to be deleted, copies of one's own data, and when the words of old pairs are removed."""

from typing import Any

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from uuid_utils.compat import uuid7

from models.enums import DataExportState


def _key() -> tuple[str, fields.Field[Any]]:
    return "id", fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)


class Migration(migrations.Migration):
    dependencies = [("models", "0022_accounts")]

    initial = False

    operations = [
        ops.CreateModel(
            name="AccountDeletion",
            fields=[
                _key(),
                (
                    "user",
                    fields.OneToOneField(
                        "models.User",
                        source_field="user_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="deletion",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("requested_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("erases_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("begun_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("last_match_id", fields.UUIDField(null=True)),
                ("erased_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "account_deletions",
                "app": "models",
                "indexes": [Index(fields=["erased_at", "erases_at"])],
                "pk_attr": "id",
            },
            bases=["Row"],
        ),
        ops.AddConstraint(
            model_name="AccountDeletion",
            constraint=CheckConstraint(
                check="begun_at >= erases_at", name="nothing_is_erased_before_the_grace_is_over"
            ),
        ),
        ops.AddConstraint(
            model_name="AccountDeletion",
            constraint=CheckConstraint(
                check="erased_at IS NULL OR begun_at IS NOT NULL", name="an_erasure_begins_before_it_is_over"
            ),
        ),
        ops.CreateModel(
            name="DataExport",
            fields=[
                _key(),
                (
                    "user",
                    fields.ForeignKeyField(
                        "models.User",
                        source_field="user_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="data_exports",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "state",
                    fields.CharEnumField(default=DataExportState.WAITING, enum_type=DataExportState, max_length=8),
                ),
                ("requested_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("section", fields.SmallIntField(default=0)),
                ("last_id", fields.UUIDField(null=True)),
                ("parts", fields.IntField(default=0)),
                ("ready_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("expires_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "data_exports",
                "app": "models",
                "indexes": [
                    Index(fields=["user_id", "id"]),
                    Index(fields=["state", "requested_at"]),
                    Index(fields=["state", "expires_at"]),
                ],
                "pk_attr": "id",
            },
            bases=["Row"],
        ),
        ops.AddConstraint(
            model_name="DataExport",
            constraint=UniqueConstraint(
                fields=("user_id",), name="one_export_under_way", condition="state = 'WAITING'"
            ),
        ),
        ops.AddConstraint(
            model_name="DataExport",
            constraint=CheckConstraint(
                check="state <> 'READY' OR (ready_at IS NOT NULL AND expires_at > ready_at)",
                name="an_export_that_is_ready_expires",
            ),
        ),
        ops.CreateModel(
            name="DataExportPart",
            fields=[
                _key(),
                (
                    "export",
                    fields.ForeignKeyField(
                        "models.DataExport",
                        source_field="export_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="pieces",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("number", fields.IntField()),
                ("section", fields.SmallIntField()),
                ("content", fields.BinaryField()),
            ],
            options={"table": "data_export_parts", "app": "models", "pk_attr": "id"},
            bases=["Row"],
        ),
        ops.AddConstraint(
            model_name="DataExportPart",
            constraint=UniqueConstraint(fields=("export_id", "number"), name="one_export_part_a_number"),
        ),
        ops.AddField(model_name="Match", name="removal_told_at", field=fields.DatetimeField(null=True)),
        ops.AddField(model_name="Match", name="words_removed_at", field=fields.DatetimeField(null=True)),
        ops.AddIndex(model_name="Match", index=Index(fields=["words_removed_at", "ended_at"])),
    ]
