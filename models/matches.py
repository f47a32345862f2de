"""Matches: a mentor and a mentee in a program, their introduction, and how far they are with the steps."""

from datetime import date, datetime, timedelta
from uuid import UUID

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.fields import OnDelete
from tortoise.indexes import PartialIndex
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint

from models.base import Row, nullable_enum
from models.enums import OPEN_MATCH, MatchEndReason, MatchState, SignUpRole, StepState
from models.programs import Program, StepText
from models.sign_ups import SignUp
from models.users import User


class Match(Row):
    """A pair. Its row is the lock, the counter and the guard of everything that the two write (DESIGN.md section 2).

    `mentor_reads` and `mentee_reads` turn false when a person's right to read the pair's space is cut, as by a
    removal; an ordinary end leaves both true.

    `paused_at` is since when it is PAUSED, `paused_seconds` how long it was so before: its weeks stand still meanwhile.
    Before `steps_due_at` no week begins that opens a step; it is None when no step waits for its week. It may lie too
    early, by a pause or a step opened before its week, and never too late. `…_completed_at` is when one of the two has
    said that the mentorship is complete; `farewell` is what they read when both have.

    `silent_since` is when the two were last in touch, or began, or went on after a pause; `weeks_in_touch` counts the
    weeks in which they were, of which `touched_week` is the last. `offered_at` is since when they are offered a way
    out of a long silence, and `…_asked_help_at` since when one of them asks for help. A pause ends at `resumes_at`,
    when the day `paused_until` begins for whoever chose it. `next_check_in_at` and `next_nudge_at` are when the ticker
    has to look at the pair again: they may lie too early, and never too late.

    `removal_told_at` is when the two were told that their words will be removed, `words_removed_at` when they were.

    `…_read_up_to` is how far each has read, as a number of the stream; it only goes forward. `…_unread_…` counts what
    the other one has written after it and not deleted: kept under the row's lock, so that nobody ever has to count.
    """

    program: fields.ForeignKeyRelation[Program] = fields.ForeignKeyField(
        "models.Program", related_name="matches", on_delete=OnDelete.RESTRICT
    )
    program_id: UUID
    mentor: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="matches_as_mentor", on_delete=OnDelete.RESTRICT
    )
    mentor_id: UUID
    mentee: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="matches_as_mentee", on_delete=OnDelete.RESTRICT
    )
    mentee_id: UUID
    mentor_sign_up: fields.ForeignKeyRelation[SignUp] = fields.ForeignKeyField(
        "models.SignUp", related_name="matches_as_mentor", on_delete=OnDelete.RESTRICT
    )
    mentor_sign_up_id: UUID
    mentee_sign_up: fields.ForeignKeyRelation[SignUp] = fields.ForeignKeyField(
        "models.SignUp", related_name="matches_as_mentee", on_delete=OnDelete.RESTRICT
    )
    mentee_sign_up_id: UUID
    state = fields.CharEnumField(MatchState, max_length=12, default=MatchState.INTRODUCED)
    mentor_reads = fields.BooleanField(default=True)
    mentee_reads = fields.BooleanField(default=True)
    introduction = fields.TextField()
    introduction_shared: list[str] = ArrayField(element_type="text", default=list)
    first_question = fields.TextField()
    mentor_acknowledged_at: datetime | None = fields.DatetimeField(null=True)
    mentee_acknowledged_at: datetime | None = fields.DatetimeField(null=True)
    started_at = fields.DatetimeField()
    active_at: datetime | None = fields.DatetimeField(null=True)
    silent_since: datetime | None = fields.DatetimeField(null=True)
    paused_at: datetime | None = fields.DatetimeField(null=True)
    paused_seconds: int = fields.BigIntField(default=0, db_default=0)
    paused_until: date | None = fields.DateField(null=True)
    resumes_at: datetime | None = fields.DatetimeField(null=True)
    weeks_in_touch: int = fields.SmallIntField(default=0, db_default=0)
    touched_week: int = fields.SmallIntField(default=0, db_default=0)
    next_check_in_at: datetime | None = fields.DatetimeField(null=True)
    next_nudge_at: datetime | None = fields.DatetimeField(null=True)
    offered_at: datetime | None = fields.DatetimeField(null=True)
    mentor_asked_help_at: datetime | None = fields.DatetimeField(null=True)
    mentee_asked_help_at: datetime | None = fields.DatetimeField(null=True)
    steps_due_at: datetime | None = fields.DatetimeField(null=True)
    mentor_completed_at: datetime | None = fields.DatetimeField(null=True)
    mentee_completed_at: datetime | None = fields.DatetimeField(null=True)
    farewell: str | None = fields.TextField(null=True)
    removal_told_at: datetime | None = fields.DatetimeField(null=True)
    words_removed_at: datetime | None = fields.DatetimeField(null=True)
    ended_at: datetime | None = fields.DatetimeField(null=True)
    ended_by: fields.ForeignKeyNullableRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="matches_ended", null=True, on_delete=OnDelete.SET_NULL
    )
    ended_by_id: UUID | None
    end_reason = nullable_enum(MatchEndReason, max_length=16)
    end_feedback: str | None = fields.TextField(null=True)
    activity_head: int = fields.BigIntField(default=0)
    activity_floor: int = fields.BigIntField(default=0)
    mentor_read_up_to: int = fields.BigIntField(default=0, db_default=0)
    mentee_read_up_to: int = fields.BigIntField(default=0, db_default=0)
    mentor_unread_posts = fields.IntField(default=0, db_default=0)
    mentee_unread_posts = fields.IntField(default=0, db_default=0)
    mentor_unread_messages = fields.IntField(default=0, db_default=0)
    mentee_unread_messages = fields.IntField(default=0, db_default=0)

    class Meta:
        table = "matches"
        indexes = (
            ("program_id", "id"),
            ("mentor_id", "id"),
            ("mentee_id", "id"),
            ("words_removed_at", "ended_at"),
            PartialIndex(fields=("started_at",), name="matches_not_taken_up", condition={"state": "INTRODUCED"}),
            PartialIndex(fields=("steps_due_at",), name="matches_by_their_weeks", condition={"state": "ACTIVE"}),
            PartialIndex(fields=("next_check_in_at",), name="matches_to_check_in", condition={"state": "ACTIVE"}),
            PartialIndex(fields=("next_nudge_at",), name="matches_to_nudge", condition={"state": "ACTIVE"}),
            PartialIndex(fields=("resumes_at",), name="matches_to_resume", condition={"state": "PAUSED"}),
        )
        constraints = (
            UniqueConstraint(
                fields=("program_id", "mentee_id"),
                name="one_open_match_a_mentee_and_program",
                condition="state IN ('INTRODUCED', 'ACTIVE', 'PAUSED')",
            ),
            CheckConstraint(check="mentor_id <> mentee_id", name="a_pair_is_two_people"),
            CheckConstraint(
                check="(ended_at IS NULL) = (state IN ('INTRODUCED', 'ACTIVE', 'PAUSED'))",
                name="an_end_has_its_time",
            ),
            CheckConstraint(
                check="mentor_read_up_to BETWEEN 0 AND activity_head AND mentee_read_up_to BETWEEN 0 AND activity_head",
                name="nobody_has_read_what_is_not_there",
            ),
            CheckConstraint(
                check="least(mentor_unread_posts, mentee_unread_posts, mentor_unread_messages, mentee_unread_messages)"
                " >= 0",
                name="unread_never_negative",
            ),
            CheckConstraint(check="paused_seconds >= 0", name="a_pause_takes_time"),
            CheckConstraint(check="state <> 'PAUSED' OR paused_at IS NOT NULL", name="a_pause_has_its_time"),
            CheckConstraint(
                check="(paused_until IS NULL) = (resumes_at IS NULL)", name="a_pause_until_a_day_ends_at_a_moment"
            ),
            CheckConstraint(check="offered_at IS NULL OR state <> 'PAUSED'", name="a_pause_answers_the_offers"),
            CheckConstraint(
                check="state <> 'COMPLETED'"
                " OR (mentor_completed_at IS NOT NULL AND mentee_completed_at IS NOT NULL AND farewell IS NOT NULL)",
                name="both_agree_that_it_is_complete",
            ),
        )

    def is_open(self) -> bool:
        """Whether the two may still write."""
        return self.state in OPEN_MATCH

    def begin(self, now: datetime) -> None:
        """Make it ACTIVE: its weeks, its check-ins and its silence begin. To be saved with BEGINNING."""
        self.state, self.active_at = MatchState.ACTIVE, now
        self.silent_since = self.next_check_in_at = self.next_nudge_at = now

    def welcomes_help(self) -> bool:
        """Whether it would welcome an admin's help: after a long silence, or since one of the two asks for it."""
        return self.is_open() and any((self.offered_at, self.mentor_asked_help_at, self.mentee_asked_help_at))

    def asks_for_help(self, user_id: object) -> bool:
        """Whether this one of the two asks for help."""
        return (self.mentor_asked_help_at if user_id == self.mentor_id else self.mentee_asked_help_at) is not None

    def role_of(self, user_id: object) -> SignUpRole | None:
        """The side that this person is on; None for anybody else."""
        if user_id == self.mentor_id:
            return SignUpRole.MENTOR
        return SignUpRole.MENTEE if user_id == self.mentee_id else None

    def sign_up_of(self, user_id: object) -> UUID | None:
        """The id of this person's sign-up that led to it; None for anybody else."""
        if user_id == self.mentor_id:
            return self.mentor_sign_up_id
        return self.mentee_sign_up_id if user_id == self.mentee_id else None

    def partner_of(self, user_id: object) -> UUID:
        """The id of the other one of the two."""
        return self.mentee_id if user_id == self.mentor_id else self.mentor_id

    @property
    def pair(self) -> tuple[UUID, UUID]:
        """The ids of the two."""
        return self.mentor_id, self.mentee_id

    def read_up_to(self, user_id: object) -> int:
        """The number up to which this one of the two has read."""
        return self.mentor_read_up_to if user_id == self.mentor_id else self.mentee_read_up_to

    def unread(self, user_id: object, what: str) -> int:
        """How many of the other one's `what` ("posts" or "messages") this one of the two has not read."""
        count: int = getattr(self, f"{'mentor' if user_id == self.mentor_id else 'mentee'}_unread_{what}")
        return count


BEGINNING = ("state", "active_at", "silent_since", "next_check_in_at", "next_nudge_at")
"""What `Match.begin` sets."""

WEEK = timedelta(days=7)


def week_of(match: Match, now: datetime) -> int:
    """The week of its mentorship in which a match is, from 1; 0 before it is ACTIVE, and the last one after its end.

    Weeks of seven days from the moment at which it became ACTIVE; they stand still while it is PAUSED.
    """
    if match.active_at is None:
        return 0
    until = min(now, match.paused_at or now, match.ended_at or now)
    return (until - match.active_at - timedelta(seconds=match.paused_seconds)) // WEEK + 1


def week_begins(match: Match, week: int) -> datetime:
    """When this week of a match that is under way begins, or began, if it is not PAUSED any more."""
    assert match.active_at is not None
    return match.active_at + timedelta(seconds=match.paused_seconds) + (week - 1) * WEEK


class StepProgress(StepText):
    """A pair's own copy of a step. Which of the two has completed it so far says `done_by_…_at`."""

    match: fields.ForeignKeyRelation[Match] = fields.ForeignKeyField(
        "models.Match", related_name="steps", on_delete=OnDelete.CASCADE
    )
    match_id: UUID
    state = fields.CharEnumField(StepState, max_length=12, default=StepState.LOCKED)
    done_by_mentor_at: datetime | None = fields.DatetimeField(null=True)
    done_by_mentee_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "step_progress"
        constraints = (UniqueConstraint(fields=("match_id", "position"), name="one_step_progress_a_position"),)
