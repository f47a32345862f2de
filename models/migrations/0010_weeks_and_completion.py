"""The weeks of a pair, with its pauses; completion by both; when a program ends, and a group's time zone."""

from tortoise import fields, migrations
from tortoise.indexes import Index, PartialIndex
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint

from models.enums import StepOpening

# Too early for most, which the first tick sets right.
STEPS_ARE_DUE = """
UPDATE matches SET steps_due_at = started_at WHERE state IN ('INTRODUCED', 'ACTIVE', 'PAUSED')
AND EXISTS (SELECT 1 FROM step_progress WHERE match_id = matches.id AND state = 'LOCKED')
"""


class Migration(migrations.Migration):
    dependencies = [("models", "0009_sign_up_forms")]

    initial = False

    operations = [
        ops.AddField(
            model_name="Group",
            name="time_zone",
            field=fields.CharField(default="UTC", db_default="UTC", max_length=64),
        ),
        ops.AddField(model_name="Match", name="paused_at", field=fields.DatetimeField(null=True)),
        ops.AddField(model_name="Match", name="paused_seconds", field=fields.BigIntField(default=0, db_default=0)),
        ops.AddField(model_name="Match", name="steps_due_at", field=fields.DatetimeField(null=True)),
        ops.AddField(model_name="Match", name="mentor_completed_at", field=fields.DatetimeField(null=True)),
        ops.AddField(model_name="Match", name="mentee_completed_at", field=fields.DatetimeField(null=True)),
        ops.AddField(model_name="Match", name="farewell", field=fields.TextField(null=True)),
        ops.AddIndex(
            model_name="Match",
            index=PartialIndex(fields=["steps_due_at"], name="matches_by_their_weeks", condition={"state": "ACTIVE"}),
        ),
        ops.AddConstraint(
            model_name="Match",
            constraint=CheckConstraint(check="paused_seconds >= 0", name="a_pause_takes_time"),
        ),
        ops.AddConstraint(
            model_name="Match",
            constraint=CheckConstraint(
                check="state <> 'COMPLETED'"
                " OR (mentor_completed_at IS NOT NULL AND mentee_completed_at IS NOT NULL AND farewell IS NOT NULL)",
                name="both_agree_that_it_is_complete",
            ),
        ),
        ops.AddField(
            model_name="Program",
            name="step_opening",
            field=fields.CharEnumField(
                enum_type=StepOpening, max_length=12, default=StepOpening.BY_WEEK, db_default=StepOpening.BY_WEEK
            ),
        ),
        ops.AddField(model_name="Program", name="ends_on", field=fields.DateField(null=True)),
        ops.AddField(model_name="Program", name="closes_at", field=fields.DatetimeField(null=True)),
        ops.AddIndex(model_name="Program", index=Index(fields=["closes_at"])),
        ops.AddConstraint(
            model_name="Program",
            constraint=CheckConstraint(
                check="closes_at IS NULL OR ends_on IS NOT NULL", name="it_closes_after_its_last_day"
            ),
        ),
        ops.AddConstraint(
            model_name="Program",
            constraint=CheckConstraint(check="ends_on >= starts_on", name="a_program_starts_before_it_ends"),
        ),
        ops.RunSQL(STEPS_ARE_DUE, reverse_sql=ops.RunSQL.noop),
    ]
