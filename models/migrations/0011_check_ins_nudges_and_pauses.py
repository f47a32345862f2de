"""Weekly check-ins, nudges in a long silence, pauses until a day, and asking for help."""

from typing import Any

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index, PartialIndex
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from uuid_utils.compat import uuid7

from models.enums import CheckInState, Weekday

WHOEVER_IS_UNDER_WAY_HAS_BEGUN = """
UPDATE matches SET active_at = started_at, silent_since = started_at
WHERE state IN ('ACTIVE', 'PAUSED') AND active_at IS NULL
"""

# The ticker looks at each pair under way once, and finds out when it has to look again.
LOOK_AT_ALL = "UPDATE matches SET next_check_in_at = now(), next_nudge_at = now() WHERE state = 'ACTIVE'"

# What the log still knows of: a week counts once, if somebody wrote or got on with a step in it.
WEEKS_IN_TOUCH = """
UPDATE matches SET weeks_in_touch = touched.weeks, touched_week = touched.last FROM (
    SELECT stream_id, count(DISTINCT week) AS weeks, max(week) AS last FROM (
        SELECT stream_id, floor(extract(epoch FROM occurred_at - active_at) / 604800 + 1) AS week
        FROM activity JOIN matches ON matches.id = stream_id
        WHERE occurred_at >= active_at AND actor_id IS NOT NULL
        AND kind IN ('POST_ADDED', 'COMMENT_ADDED', 'MESSAGE_ADDED', 'STEP_PROGRESSED')
    ) AS contact GROUP BY stream_id
) AS touched WHERE matches.id = touched.stream_id
"""

MATCH = {"model_name": "Match"}


def _side(side: str) -> list[tuple[str, fields.Field[Any]]]:
    return [
        (f"{side}_due_at", fields.DatetimeField()),
        (f"{side}_told_at", fields.DatetimeField(null=True)),
        (f"{side}_mood", fields.SmallIntField(null=True)),
        (f"{side}_body", fields.TextField(null=True)),
        (f"{side}_next_action", fields.TextField(null=True)),
        (f"{side}_answered_at", fields.DatetimeField(null=True)),
        (f"{side}_edited_at", fields.DatetimeField(null=True)),
    ]


def _belongs_to(model: str, related_name: str) -> fields.Field[Any]:
    return fields.ForeignKeyField(
        f"models.{model}",
        source_field=f"{model.lower()}_id",
        db_constraint=True,
        to_field="id",
        related_name=related_name,
        on_delete=OnDelete.CASCADE,
    )


class Migration(migrations.Migration):
    dependencies = [("models", "0010_weeks_and_completion")]

    initial = False

    operations = [
        ops.CreateModel(
            name="CheckIn",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ("match", _belongs_to("Match", "check_ins")),
                ("week_number", fields.SmallIntField()),
                ("state", fields.CharEnumField(default=CheckInState.OPEN, enum_type=CheckInState, max_length=8)),
                ("opened_at", fields.DatetimeField()),
                ("tell_at", fields.DatetimeField(null=True)),
                *_side("mentor"),
                *_side("mentee"),
            ],
            options={"table": "check_ins", "app": "models", "indexes": [Index(fields=["tell_at"])], "pk_attr": "id"},
            bases=["Row"],
        ),
        ops.AddConstraint(
            model_name="CheckIn",
            constraint=UniqueConstraint(fields=("match_id", "week_number"), name="one_check_in_a_week"),
        ),
        ops.AddConstraint(
            model_name="CheckIn",
            constraint=CheckConstraint(
                check="mentor_mood BETWEEN 1 AND 5 AND mentee_mood BETWEEN 1 AND 5", name="a_mood_is_1_to_5"
            ),
        ),
        ops.AddConstraint(
            model_name="CheckIn",
            constraint=CheckConstraint(
                check="(mentor_mood IS NULL) = (mentor_answered_at IS NULL)"
                " AND (mentee_mood IS NULL) = (mentee_answered_at IS NULL)",
                name="an_answer_has_a_mood",
            ),
        ),
        ops.AddConstraint(
            model_name="CheckIn",
            constraint=CheckConstraint(
                check="CASE num_nonnulls(mentor_mood, mentee_mood) WHEN 2 THEN state = 'DONE'"
                " WHEN 1 THEN state IN ('PARTIAL', 'MISSED') ELSE state IN ('OPEN', 'MISSED') END",
                name="a_check_in_is_as_far_as_its_answers",
            ),
        ),
        ops.CreateModel(
            name="Nudge",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ("match", _belongs_to("Match", "nudges")),
                ("user", _belongs_to("User", "nudges")),
                ("silent_since", fields.DatetimeField()),
                ("level", fields.SmallIntField()),
                ("created_at", fields.DatetimeField()),
            ],
            options={"table": "nudges", "app": "models", "pk_attr": "id"},
            bases=["Row"],
        ),
        ops.AddConstraint(
            model_name="Nudge",
            constraint=UniqueConstraint(
                fields=("match_id", "user_id", "silent_since", "level"), name="one_nudge_a_person_silence_and_level"
            ),
        ),
        ops.AddConstraint(
            model_name="Nudge",
            constraint=CheckConstraint(check="level IN (7, 14, 21, 28)", name="a_nudge_has_a_level"),
        ),
        ops.AddField(
            model_name="User",
            name="check_in_weekday",
            field=fields.IntEnumField(enum_type=Weekday, default=Weekday.SUNDAY, db_default=Weekday.SUNDAY),
        ),
        ops.AddField(model_name="User", name="check_in_hour", field=fields.SmallIntField(default=18, db_default=18)),
        ops.AddConstraint(
            model_name="User",
            constraint=CheckConstraint(
                check="check_in_weekday BETWEEN 0 AND 6 AND check_in_hour BETWEEN 0 AND 23",
                name="a_check_in_is_due_at_an_hour_of_the_week",
            ),
        ),
        ops.AddField(**MATCH, name="paused_until", field=fields.DateField(null=True)),
        ops.AddField(**MATCH, name="resumes_at", field=fields.DatetimeField(null=True)),
        ops.AddField(**MATCH, name="weeks_in_touch", field=fields.SmallIntField(default=0, db_default=0)),
        ops.AddField(**MATCH, name="touched_week", field=fields.SmallIntField(default=0, db_default=0)),
        ops.AddField(**MATCH, name="next_check_in_at", field=fields.DatetimeField(null=True)),
        ops.AddField(**MATCH, name="next_nudge_at", field=fields.DatetimeField(null=True)),
        ops.AddField(**MATCH, name="offered_at", field=fields.DatetimeField(null=True)),
        ops.AddField(**MATCH, name="mentor_asked_help_at", field=fields.DatetimeField(null=True)),
        ops.AddField(**MATCH, name="mentee_asked_help_at", field=fields.DatetimeField(null=True)),
        ops.AddIndex(
            **MATCH,
            index=PartialIndex(fields=["next_check_in_at"], name="matches_to_check_in", condition={"state": "ACTIVE"}),
        ),
        ops.AddIndex(
            **MATCH,
            index=PartialIndex(fields=["next_nudge_at"], name="matches_to_nudge", condition={"state": "ACTIVE"}),
        ),
        ops.AddIndex(
            **MATCH,
            index=PartialIndex(fields=["resumes_at"], name="matches_to_resume", condition={"state": "PAUSED"}),
        ),
        ops.AddConstraint(
            **MATCH,
            constraint=CheckConstraint(check="state <> 'PAUSED' OR paused_at IS NOT NULL", name="a_pause_has_its_time"),
        ),
        ops.AddConstraint(
            **MATCH,
            constraint=CheckConstraint(
                check="(paused_until IS NULL) = (resumes_at IS NULL)", name="a_pause_until_a_day_ends_at_a_moment"
            ),
        ),
        ops.AddConstraint(
            **MATCH,
            constraint=CheckConstraint(
                check="offered_at IS NULL OR state <> 'PAUSED'", name="a_pause_answers_the_offers"
            ),
        ),
        ops.RunSQL(WHOEVER_IS_UNDER_WAY_HAS_BEGUN, reverse_sql=ops.RunSQL.noop),
        ops.RunSQL(LOOK_AT_ALL, reverse_sql=ops.RunSQL.noop),
        ops.RunSQL(WEEKS_IN_TOUCH, reverse_sql=ops.RunSQL.noop),
    ]
