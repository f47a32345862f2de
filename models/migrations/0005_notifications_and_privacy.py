"""Notifications with their count on the person's row, and what people share of their being there."""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from uuid_utils.compat import uuid7

from models.enums import NotificationKind


class Migration(migrations.Migration):
    dependencies = [("models", "0004_reactions")]

    initial = False

    operations = [
        ops.CreateModel(
            name="Notification",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                (
                    "user",
                    fields.ForeignKeyField(
                        "models.User",
                        source_field="user_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="notifications",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("kind", fields.CharEnumField(enum_type=NotificationKind, max_length=32)),
                ("subject_id", fields.UUIDField()),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("read_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "notifications",
                "app": "models",
                "indexes": [Index(fields=["user_id", "id"])],
                "pk_attr": "id",
            },
            bases=["Row"],
        ),
        ops.AddConstraint(
            model_name="Notification",
            constraint=UniqueConstraint(
                fields=("user_id", "kind", "subject_id"),
                name="one_unread_notification_a_kind_and_subject",
                condition="read_at IS NULL",
            ),
        ),
        ops.AddField(
            model_name="User", name="shares_presence", field=fields.BooleanField(default=True, db_default=True)
        ),
        ops.AddField(model_name="User", name="shares_typing", field=fields.BooleanField(default=True, db_default=True)),
        ops.AddField(model_name="User", name="unread_notifications", field=fields.IntField(default=0, db_default=0)),
        ops.AddConstraint(
            model_name="User",
            constraint=CheckConstraint(check="unread_notifications >= 0", name="unread_notifications_never_negative"),
        ),
    ]
