"""What else people say when they sign up, who is kept apart, and the days on which sign-up opens and closes."""

from tortoise import fields, migrations
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.fields.base import OnDelete
from tortoise.fields.db_defaults import SqlDefault
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from uuid_utils.compat import uuid7

from models.enums import SignUpRole

NONE = SqlDefault("'{}'")

SHOWN = """
CREATE VIEW shown_sign_ups AS SELECT id, program_id, user_id, role, topics, experience, languages
FROM sign_ups WHERE is_shown AND state IN ('WAITING', 'MATCHED')
"""


class CreateViewedModel(ops.CreateModel):
    """A model whose table is a view, which SQL makes."""

    async def database_forward(self, *_: object) -> None:
        """Nothing."""

    async def database_backward(self, *_: object) -> None:
        """Nothing."""


class Migration(migrations.Migration):
    dependencies = [("models", "0008_quiet_hours_and_silence")]

    initial = False

    operations = [
        ops.AddField(
            model_name="SignUp",
            name="availability",
            field=ArrayField(default=list, db_default=NONE, element_type="TEXT"),
        ),
        ops.AddField(model_name="SignUp", name="paused_until", field=fields.DateField(null=True)),
        ops.AddField(model_name="SignUp", name="is_shown", field=fields.BooleanField(default=False, db_default=False)),
        ops.AddField(
            model_name="SignUp",
            name="wished_sign_up_ids",
            field=ArrayField(default=list, db_default=NONE, element_type="UUID"),
        ),
        ops.AddField(
            model_name="SignUp",
            name="avoid_user_ids",
            field=ArrayField(default=list, db_default=NONE, element_type="UUID"),
        ),
        ops.AddConstraint(
            model_name="SignUp",
            constraint=CheckConstraint(check="cardinality(wished_sign_up_ids) <= 10", name="wishes_are_few"),
        ),
        ops.AddConstraint(
            model_name="SignUp",
            constraint=CheckConstraint(check="cardinality(avoid_user_ids) <= 50", name="avoided_are_few"),
        ),
        ops.RunSQL(SHOWN, reverse_sql="DROP VIEW shown_sign_ups"),
        CreateViewedModel(
            name="ShownSignUp",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                (
                    "program",
                    fields.ForeignKeyField(
                        "models.Program",
                        source_field="program_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="shown_sign_ups",
                        on_delete=OnDelete.NO_ACTION,
                    ),
                ),
                (
                    "user",
                    fields.ForeignKeyField(
                        "models.User",
                        source_field="user_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="shown_sign_ups",
                        on_delete=OnDelete.NO_ACTION,
                    ),
                ),
                ("role", fields.CharEnumField(enum_type=SignUpRole, max_length=8)),
                ("topics", ArrayField(default=list, element_type="TEXT")),
                ("experience", fields.TextField(null=True, unique=False)),
                ("languages", ArrayField(default=list, element_type="TEXT")),
            ],
            options={"table": "shown_sign_ups", "app": "models", "pk_attr": "id"},
            bases=["Row"],
        ),
        ops.CreateModel(
            name="KeptApart",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                (
                    "program",
                    fields.ForeignKeyField(
                        "models.Program",
                        source_field="program_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="kept_apart",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "user_low",
                    fields.ForeignKeyField(
                        "models.User",
                        source_field="user_low_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="kept_apart_low",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "user_high",
                    fields.ForeignKeyField(
                        "models.User",
                        source_field="user_high_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="kept_apart_high",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={"table": "kept_apart", "app": "models", "pk_attr": "id"},
            bases=["Row"],
        ),
        ops.AddConstraint(
            model_name="KeptApart",
            constraint=UniqueConstraint(
                fields=("program_id", "user_low_id", "user_high_id"), name="kept_apart_once_a_program"
            ),
        ),
        ops.AddConstraint(
            model_name="KeptApart",
            constraint=CheckConstraint(check="user_low_id < user_high_id", name="kept_apart_lower_first"),
        ),
        ops.AddField(
            model_name="Group", name="topics_closed", field=fields.BooleanField(default=False, db_default=False)
        ),
        ops.AddField(model_name="Program", name="sign_up_opens_on", field=fields.DateField(null=True)),
        ops.AddField(model_name="Program", name="sign_up_closes_on", field=fields.DateField(null=True)),
        ops.AddField(
            model_name="Program",
            name="sign_up_closed_at",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddConstraint(
            model_name="Program",
            constraint=CheckConstraint(
                check="sign_up_opens_on <= sign_up_closes_on", name="sign_up_opens_before_it_closes"
            ),
        ),
    ]
