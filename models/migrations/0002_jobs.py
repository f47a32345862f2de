"""What the jobs need: failures held back, and an index for each question of what is due."""

from tortoise import fields, migrations
from tortoise.indexes import Index, PartialIndex
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import UniqueConstraint
from uuid_utils.compat import uuid7


class Migration(migrations.Migration):
    dependencies = [("models", "0001_initial")]

    initial = False

    operations = [
        ops.CreateModel(
            name="JobFailure",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ("kind", fields.CharField(max_length=40)),
                ("item_id", fields.UUIDField()),
                ("attempts", fields.IntField(default=1)),
                ("error", fields.CharField(max_length=120)),
                ("next_try_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={"table": "job_failures", "app": "models", "pk_attr": "id"},
            bases=["Row"],
        ),
        ops.AddConstraint(
            model_name="JobFailure",
            constraint=UniqueConstraint(fields=("kind", "item_id"), name="one_failure_a_job_and_item"),
        ),
        ops.AddIndex(
            model_name="Match",
            index=PartialIndex(fields=["started_at"], name="matches_not_taken_up", condition={"state": "INTRODUCED"}),
        ),
        ops.AddIndex(model_name="RefreshToken", index=Index(fields=["session_id", "expires_at"])),
        ops.AddIndex(model_name="RefreshToken", index=Index(fields=["expires_at"])),
        ops.AddIndex(model_name="Session", index=Index(fields=["revoked_at"])),
        ops.RunSQL(
            "CREATE INDEX activity_by_age ON activity (occurred_at)",
            reverse_sql="DROP INDEX activity_by_age",
        ),
    ]
