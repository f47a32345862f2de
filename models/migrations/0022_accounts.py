"""Letters about accounts, verified addresses, what a session was opened from, and counts of attempts."""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from uuid_utils.compat import uuid7

from models.enums import AccountLetterKind


class Migration(migrations.Migration):
    dependencies = [("models", "0021_reports")]

    initial = False

    operations = [
        ops.CreateModel(
            name="AccountLetter",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                (
                    "user",
                    fields.ForeignKeyField(
                        "models.User",
                        source_field="user_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="account_letters",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("kind", fields.CharEnumField(enum_type=AccountLetterKind, max_length=20)),
                ("address", fields.CharField(max_length=254)),
                ("created_at", fields.DatetimeField(db_index=True, auto_now=False, auto_now_add=False)),
                ("expires_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("used_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "account_letters",
                "app": "models",
                "indexes": [Index(fields=["address"])],
                "pk_attr": "id",
            },
            bases=["Row"],
        ),
        ops.AddConstraint(
            model_name="AccountLetter",
            constraint=CheckConstraint(
                check="user_id IS NOT NULL OR kind = 'RESET_PASSWORD'", name="only_a_reset_is_asked_by_anybody"
            ),
        ),
        ops.CreateModel(
            name="Attempts",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ("key", fields.BinaryField()),
                ("full_at", fields.DatetimeField(db_index=True, auto_now=False, auto_now_add=False)),
            ],
            options={"table": "attempts", "app": "models", "pk_attr": "id"},
            bases=["Row"],
        ),
        ops.AddConstraint(
            model_name="Attempts", constraint=UniqueConstraint(fields=("key",), name="one_count_of_attempts_a_key")
        ),
        ops.AlterField(
            model_name="Email",
            name="notification",
            field=fields.OneToOneField(
                "models.Notification",
                source_field="notification_id",
                null=True,
                db_constraint=True,
                to_field="id",
                related_name="email",
                on_delete=OnDelete.CASCADE,
            ),
        ),
        ops.AddField(
            model_name="Email",
            name="account_letter",
            field=fields.OneToOneField(
                "models.AccountLetter",
                source_field="account_letter_id",
                null=True,
                db_constraint=True,
                to_field="id",
                related_name="email",
                on_delete=OnDelete.CASCADE,
            ),
        ),
        ops.AddConstraint(
            model_name="Email",
            constraint=CheckConstraint(
                check="(notification_id IS NULL) <> (account_letter_id IS NULL)", name="an_email_says_one_thing"
            ),
        ),
        ops.AddField(model_name="Session", name="device", field=fields.CharField(null=True, max_length=80)),
        ops.AddField(
            model_name="Session",
            name="last_used_at",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(model_name="Session", name="address_mark", field=fields.BinaryField(null=True)),
        ops.AddField(
            model_name="User",
            name="email_verified_at",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
    ]
