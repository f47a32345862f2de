"""Weekly check-ins of a pair: when each of the two is asked, and what they answered."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from tortoise import fields
from tortoise.fields import OnDelete
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint

from models.base import Row
from models.enums import CheckInState, SignUpRole
from models.matches import Match


class Answer(NamedTuple):
    """What one of the two answered: a mood from 1 to 5, and as much more as he liked."""

    mood: int
    body: str | None
    next_action: str | None
    answered_at: datetime
    edited_at: datetime | None


class CheckIn(Row):
    """One week's check-in of one pair. What either answered stands in his own half of the columns.

    `…_told_at` is when that one was told that it is due. `tell_at` is when the ticker has to look at it again, since
    somebody may be to be told then; None once nobody is.
    """

    match: fields.ForeignKeyRelation[Match] = fields.ForeignKeyField(
        "models.Match", related_name="check_ins", on_delete=OnDelete.CASCADE
    )
    match_id: UUID
    week_number: int = fields.SmallIntField()
    state = fields.CharEnumField(CheckInState, max_length=8, default=CheckInState.OPEN)
    opened_at = fields.DatetimeField()
    tell_at: datetime | None = fields.DatetimeField(null=True)
    mentor_due_at = fields.DatetimeField()
    mentor_told_at: datetime | None = fields.DatetimeField(null=True)
    mentor_mood: int | None = fields.SmallIntField(null=True)
    mentor_body: str | None = fields.TextField(null=True)
    mentor_next_action: str | None = fields.TextField(null=True)
    mentor_answered_at: datetime | None = fields.DatetimeField(null=True)
    mentor_edited_at: datetime | None = fields.DatetimeField(null=True)
    mentee_due_at = fields.DatetimeField()
    mentee_told_at: datetime | None = fields.DatetimeField(null=True)
    mentee_mood: int | None = fields.SmallIntField(null=True)
    mentee_body: str | None = fields.TextField(null=True)
    mentee_next_action: str | None = fields.TextField(null=True)
    mentee_answered_at: datetime | None = fields.DatetimeField(null=True)
    mentee_edited_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "check_ins"
        indexes = (("tell_at",),)
        constraints = (
            UniqueConstraint(fields=("match_id", "week_number"), name="one_check_in_a_week"),
            CheckConstraint(
                check="mentor_mood BETWEEN 1 AND 5 AND mentee_mood BETWEEN 1 AND 5", name="a_mood_is_1_to_5"
            ),
            CheckConstraint(
                check="(mentor_mood IS NULL) = (mentor_answered_at IS NULL)"
                " AND (mentee_mood IS NULL) = (mentee_answered_at IS NULL)",
                name="an_answer_has_a_mood",
            ),
            CheckConstraint(
                check="CASE num_nonnulls(mentor_mood, mentee_mood) WHEN 2 THEN state = 'DONE'"
                " WHEN 1 THEN state IN ('PARTIAL', 'MISSED') ELSE state IN ('OPEN', 'MISSED') END",
                name="a_check_in_is_as_far_as_its_answers",
            ),
        )

    def due_at(self, side: SignUpRole) -> datetime:
        """When it is due for this side of the pair."""
        due: datetime = getattr(self, f"{_of(side)}_due_at")
        return due

    def told_at(self, side: SignUpRole) -> datetime | None:
        """When this side was told that it is due."""
        told: datetime | None = getattr(self, f"{_of(side)}_told_at")
        return told

    def note_told(self, side: SignUpRole, now: datetime) -> None:
        """Remember that this side was told."""
        setattr(self, f"{_of(side)}_told_at", now)

    def answer_of(self, side: SignUpRole) -> Answer | None:
        """What this side of the pair answered, if it did."""
        mood, *more = (getattr(self, f"{_of(side)}_{name}") for name in Answer._fields)
        return None if mood is None else Answer(mood, *more)

    def answer(self, side: SignUpRole, answer: Answer) -> None:
        """Write down what this side answers. Late answers count: once both are there, it is DONE, MISSED or not."""
        for name, value in answer._asdict().items():
            setattr(self, f"{_of(side)}_{name}", value)
        if self.mentor_mood is not None and self.mentee_mood is not None:
            self.state = CheckInState.DONE
        elif self.state == CheckInState.OPEN:
            self.state = CheckInState.PARTIAL


def _of(side: SignUpRole) -> str:
    return side.value.lower()


def columns_of(side: SignUpRole) -> tuple[str, ...]:
    """The columns in which this side's answer stands."""
    return tuple(f"{_of(side)}_{name}" for name in Answer._fields)
