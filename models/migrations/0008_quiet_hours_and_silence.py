"""Quiet hours of people, and since when a pair is silent: since they last wrote or became active."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint

LAST_WORD = """
UPDATE matches SET silent_since = greatest(active_at, (
    SELECT max(occurred_at) FROM activity WHERE stream_id = matches.id AND actor_id IS NOT NULL
)) WHERE active_at IS NOT NULL
"""


class Migration(migrations.Migration):
    dependencies = [("models", "0007_members_in_order")]

    initial = False

    operations = [
        ops.AddField(
            model_name="User",
            name="quiet_from",
            field=fields.SmallIntField(null=True, default=22 * 60, db_default=22 * 60),
        ),
        ops.AddField(
            model_name="User",
            name="quiet_until",
            field=fields.SmallIntField(null=True, default=8 * 60, db_default=8 * 60),
        ),
        ops.AddConstraint(
            model_name="User",
            constraint=CheckConstraint(
                check="(quiet_from IS NULL) = (quiet_until IS NULL)"
                " AND quiet_from BETWEEN 0 AND 1439 AND quiet_until BETWEEN 0 AND 1439 AND quiet_from <> quiet_until",
                name="quiet_hours_are_two_times_of_a_day",
            ),
        ),
        ops.AddField(model_name="Match", name="silent_since", field=fields.DatetimeField(null=True)),
        ops.RunSQL(LAST_WORD, reverse_sql=ops.RunSQL.noop),
    ]
