"""Mentorship programs and their own copies of a template's steps."""

from datetime import date, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from tortoise import fields
from tortoise.fields import OnDelete
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint

from models.base import Row
from models.enums import ProgramState, StepOpening, StepRule
from models.groups import Group
from models.wall_clock import DAY, moment


class Program(Row):
    """A program of a group. Its activity stream is read by the group's admins.

    `sign_up_opens_on` and `sign_up_closes_on` are the first and the last day of its sign-up window, by the clock of the
    group's time zone; either may be left open. `sign_up_closed_at` is when the window was closed by its date.
    `match_weights` are those that its admins have set (models/match_weights.py); None for the usual ones.
    `closes_at` is when `ends_on`, its last day, is over in the group's time zone; None once it is closed or cancelled.
    """

    group: fields.ForeignKeyRelation[Group] = fields.ForeignKeyField(
        "models.Group", related_name="programs", on_delete=OnDelete.RESTRICT
    )
    group_id: UUID
    template_key = fields.CharField(max_length=40)
    title = fields.CharField(max_length=120)
    description = fields.TextField()
    state = fields.CharEnumField(ProgramState, max_length=12, default=ProgramState.DRAFT)
    rolling = fields.BooleanField(default=False)
    weeks: int = fields.SmallIntField()
    step_opening = fields.CharEnumField(
        StepOpening, max_length=12, default=StepOpening.BY_WEEK, db_default=StepOpening.BY_WEEK
    )
    starts_on: date | None = fields.DateField(null=True)
    sign_up_opens_on: date | None = fields.DateField(null=True)
    sign_up_closes_on: date | None = fields.DateField(null=True)
    sign_up_closed_at: datetime | None = fields.DatetimeField(null=True)
    ends_on: date | None = fields.DateField(null=True)
    closes_at: datetime | None = fields.DatetimeField(null=True)
    match_weights: dict[str, float] | None = fields.JSONField(null=True)
    created_at = fields.DatetimeField()
    activity_head: int = fields.BigIntField(default=0)
    activity_floor: int = fields.BigIntField(default=0)

    class Meta:
        table = "programs"
        indexes = (("group_id", "id"), ("closes_at",))
        constraints = (
            CheckConstraint(check="closes_at IS NULL OR ends_on IS NOT NULL", name="it_closes_after_its_last_day"),
            CheckConstraint(check="ends_on >= starts_on", name="a_program_starts_before_it_ends"),
            CheckConstraint(check="sign_up_opens_on <= sign_up_closes_on", name="sign_up_opens_before_it_closes"),
        )

    def end_on(self, day: date | None, zone: ZoneInfo) -> None:
        """Make this its last day, by the clocks of `zone`; with None it has no last day, and is closed by hand."""
        self.ends_on = day
        self.closes_at = None if day is None else moment(day + DAY, time.min, zone)

    def is_gathering(self) -> bool:
        """Whether pairs are still to be made: while SIGN_UP or MATCHING, and while RUNNING if it is rolling."""
        return self.state in (ProgramState.SIGN_UP, ProgramState.MATCHING) or self._rolls()

    def takes_sign_ups(self) -> bool:
        """Whether people may sign up now: while it is gathering, until the last day for it is over. In a rolling
        program that day starts matching and closes nothing."""
        return self.is_gathering() and (self.rolling or self.sign_up_closed_at is None)

    def takes_matches(self) -> bool:
        """Whether the admin may pair people now: while MATCHING, and while RUNNING if the program is rolling."""
        return self.state == ProgramState.MATCHING or self._rolls()

    def _rolls(self) -> bool:
        return self.rolling and self.state == ProgramState.RUNNING


class StepText(Row):
    """The words and rule of one step; what a program's step and a pair's copy of it have in common."""

    position: int = fields.SmallIntField()
    week: int = fields.SmallIntField()
    title = fields.CharField(max_length=120)
    mentor_guidance = fields.TextField()
    mentee_guidance = fields.TextField()
    rule = fields.CharEnumField(StepRule, max_length=8)
    minutes: int = fields.SmallIntField()

    class Meta:
        abstract = True


STEP_TEXT_FIELDS = ("position", "week", "title", "mentor_guidance", "mentee_guidance", "rule", "minutes")


class ProgramStep(StepText):
    """A step of a program, copied from its template when the program was made."""

    program: fields.ForeignKeyRelation[Program] = fields.ForeignKeyField(
        "models.Program", related_name="steps", on_delete=OnDelete.CASCADE
    )
    program_id: UUID

    class Meta:
        table = "program_steps"
        constraints = (
            UniqueConstraint(fields=("program_id", "position"), name="one_program_step_a_position"),
            CheckConstraint(check="position >= 1 AND week >= 1 AND minutes >= 0", name="program_step_counts_from_one"),
        )
