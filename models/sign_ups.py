"""Sign-ups: who offers or looks for a mentorship in a program, and how many places are taken."""

from datetime import date, datetime
from uuid import UUID

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.fields import OnDelete
from tortoise.fields.db_defaults import SqlDefault
from tortoise.indexes import PartialIndex
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint

from models.base import Row
from models.enums import SignUpRole, SignUpState
from models.programs import Program
from models.users import User

MAX_CAPACITY = 5
MAX_WISHES = 10
MAX_AVOIDED = 50

_NONE = SqlDefault("'{}'")


class SignUp(Row):
    """One person's sign-up for one role in one program. `open_matches` counts the matches that take its places now.

    `waiting_since` is the place in the queue: it stays when a match ends and the sign-up goes back. Until the day
    `paused_until`, by the clock of `time_zone`, nobody is suggested for it; no `availability` means any waking hour.
    People of the other role see it if `is_shown`. `wished_sign_up_ids` are such sign-ups, the dearest first;
    `avoid_user_ids` are stated to nobody but the person.
    """

    program: fields.ForeignKeyRelation[Program] = fields.ForeignKeyField(
        "models.Program", related_name="sign_ups", on_delete=OnDelete.RESTRICT
    )
    program_id: UUID
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="sign_ups", on_delete=OnDelete.RESTRICT
    )
    user_id: UUID
    role = fields.CharEnumField(SignUpRole, max_length=8)
    state = fields.CharEnumField(SignUpState, max_length=12, default=SignUpState.WAITING)
    topics: list[str] = ArrayField(element_type="text", default=list)
    goals = fields.TextField()
    experience: str | None = fields.TextField(null=True)
    languages: list[str] = ArrayField(element_type="text", default=list)
    time_zone = fields.CharField(max_length=64)
    availability: list[str] = ArrayField(element_type="text", default=list, db_default=_NONE)
    paused_until: date | None = fields.DateField(null=True)
    is_shown = fields.BooleanField(default=False, db_default=False)
    wished_sign_up_ids: list[UUID] = ArrayField(element_type="uuid", default=list, db_default=_NONE)
    avoid_user_ids: list[UUID] = ArrayField(element_type="uuid", default=list, db_default=_NONE)
    capacity: int = fields.SmallIntField(default=1)
    open_matches: int = fields.SmallIntField(default=0)
    waiting_since: datetime = fields.DatetimeField()
    created_at = fields.DatetimeField()

    class Meta:
        table = "sign_ups"
        indexes = (
            ("program_id", "id"),
            ("user_id",),
            PartialIndex(
                fields=("program_id", "role", "waiting_since", "id"),
                name="sign_ups_that_wait",
                condition={"state": "WAITING"},
            ),
        )
        constraints = (
            UniqueConstraint(
                fields=("program_id", "user_id", "role"),
                name="one_open_sign_up_a_role",
                condition="state IN ('WAITING', 'MATCHED')",
            ),
            CheckConstraint(check="capacity BETWEEN 1 AND 5", name="capacity_is_1_to_5"),
            CheckConstraint(check="role = 'MENTOR' OR capacity = 1", name="a_mentee_has_one_place"),
            CheckConstraint(check="open_matches >= 0", name="open_matches_never_negative"),
            CheckConstraint(check=f"cardinality(wished_sign_up_ids) <= {MAX_WISHES}", name="wishes_are_few"),
            CheckConstraint(check=f"cardinality(avoid_user_ids) <= {MAX_AVOIDED}", name="avoided_are_few"),
        )

    def settle_state(self) -> None:
        """Make an open sign-up WAITING or MATCHED, as its places say: fewer may be left than are taken."""
        self.state = SignUpState.MATCHED if self.open_matches >= self.capacity else SignUpState.WAITING


class ShownSignUp(Row):
    """What other members see of an open sign-up whose person agreed to be shown. It is a view of the table `sign_ups`
    that has these columns and no other, so that nothing else can be read of it."""

    program: fields.ForeignKeyRelation[Program] = fields.ForeignKeyField(
        "models.Program", related_name="shown_sign_ups", on_delete=OnDelete.NO_ACTION
    )
    program_id: UUID
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="shown_sign_ups", on_delete=OnDelete.NO_ACTION
    )
    user_id: UUID
    role = fields.CharEnumField(SignUpRole, max_length=8)
    topics: list[str] = ArrayField(element_type="text", default=list)
    experience: str | None = fields.TextField(null=True)
    languages: list[str] = ArrayField(element_type="text", default=list)

    class Meta:
        table = "shown_sign_ups"


class KeptApart(Row):
    """Two people who are not suggested to each other again in a program, said to nobody: one of them ended their match
    as not a good fit. The id that sorts first is `user_low`."""

    program: fields.ForeignKeyRelation[Program] = fields.ForeignKeyField(
        "models.Program", related_name="kept_apart", on_delete=OnDelete.CASCADE
    )
    program_id: UUID
    user_low: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="kept_apart_low", on_delete=OnDelete.CASCADE
    )
    user_low_id: UUID
    user_high: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="kept_apart_high", on_delete=OnDelete.CASCADE
    )
    user_high_id: UUID
    created_at = fields.DatetimeField()

    class Meta:
        table = "kept_apart"
        constraints = (
            UniqueConstraint(fields=("program_id", "user_low_id", "user_high_id"), name="kept_apart_once_a_program"),
            CheckConstraint(check="user_low_id < user_high_id", name="kept_apart_lower_first"),
        )

    @classmethod
    async def keep(cls, program_id: UUID, one: UUID, other: UUID, now: datetime) -> None:
        """Keep these two apart from now on; if they are already, nothing changes."""
        low, high = sorted((one, other))
        apart = cls(program_id=program_id, user_low_id=low, user_high_id=high, created_at=now)
        await cls.bulk_create([apart], ignore_conflicts=True)
