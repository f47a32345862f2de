"""The outbox, and which kinds of notification people want by e-mail."""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import PartialIndex
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from uuid_utils.compat import uuid7

from models.enums import EmailState, NotificationKind


class Migration(migrations.Migration):
    dependencies = [("models", "0011_check_ins_nudges_and_pauses")]

    initial = False

    operations = [
        ops.AddField(model_name="User", name="wants_emails", field=fields.BooleanField(default=True, db_default=True)),
        ops.CreateModel(
            name="Email",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                (
                    "notification",
                    fields.OneToOneField(
                        "models.Notification",
                        source_field="notification_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="email",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("state", fields.CharEnumField(default=EmailState.WAITING, enum_type=EmailState, max_length=12)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("due_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("attempts", fields.IntField(default=0)),
                ("trouble", fields.CharField(null=True, max_length=60)),
                ("closed_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "emails",
                "app": "models",
                "indexes": [
                    PartialIndex(fields=["due_at"], name="emails_waiting", condition={"state": "WAITING"}),
                ],
                "pk_attr": "id",
            },
            bases=["Row"],
        ),
        ops.AddConstraint(
            model_name="Email",
            constraint=CheckConstraint(
                check="(closed_at IS NULL) = (state = 'WAITING')", name="an_email_waits_or_was_closed"
            ),
        ),
        ops.CreateModel(
            name="EmailChoice",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                (
                    "user",
                    fields.ForeignKeyField(
                        "models.User",
                        source_field="user_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="email_choices",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("kind", fields.CharEnumField(enum_type=NotificationKind, max_length=32)),
                ("is_wanted", fields.BooleanField()),
            ],
            options={"table": "email_choices", "app": "models", "pk_attr": "id"},
            bases=["Row"],
        ),
        ops.AddConstraint(
            model_name="EmailChoice",
            constraint=UniqueConstraint(fields=("user_id", "kind"), name="one_email_choice_a_kind"),
        ),
    ]
