"""What is counted over a whole program for its admins."""

from tortoise import fields, migrations
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops
from uuid_utils.compat import uuid7


class Migration(migrations.Migration):
    dependencies = [("models", "0013_match_weights")]

    initial = False

    operations = [
        ops.CreateModel(
            name="ProgramInsight",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                (
                    "program",
                    fields.OneToOneField(
                        "models.Program",
                        source_field="program_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="insight",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("counted_at", fields.DatetimeField(db_index=True, auto_now=False, auto_now_add=False)),
                ("pairs", fields.IntField()),
                ("active_pairs", fields.IntField()),
                ("completed_pairs", fields.IntField()),
                ("mentors", fields.IntField()),
                ("mentees", fields.IntField()),
                ("matched_mentors", fields.IntField()),
                ("matched_mentees", fields.IntField()),
                ("median_days_to_match", fields.FloatField(null=True)),
                ("silent_percent", fields.SmallIntField(null=True)),
                ("steps_percent", ArrayField(default=list, element_type="smallint")),
                ("check_ins_percent", ArrayField(default=list, element_type="smallint")),
            ],
            options={"table": "program_insights", "app": "models", "pk_attr": "id"},
            bases=["Row"],
        ),
    ]
