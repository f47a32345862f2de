"""Sign-ups: who offers or looks for a mentorship in a program, and how many places are taken."""

from datetime import datetime

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.fields import OnDelete
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint

from models.base import Row
from models.enums import SignUpRole, SignUpState
from models.programs import Program
from models.users import User

MAX_CAPACITY = 5


class SignUp(Row):
    """One person's sign-up for one role in one program. `open_matches` counts the matches that take its places now.

    `waiting_since` is the place in the queue: it stays when a match ends and the sign-up goes back.
    """

    program: fields.ForeignKeyRelation[Program] = fields.ForeignKeyField(
        "models.Program", related_name="sign_ups", on_delete=OnDelete.RESTRICT
    )
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="sign_ups", on_delete=OnDelete.RESTRICT
    )
    role = fields.CharEnumField(SignUpRole, max_length=8)
    state = fields.CharEnumField(SignUpState, max_length=12, default=SignUpState.WAITING)
    topics: list[str] = ArrayField(element_type="text", default=list)
    goals = fields.TextField()
    experience: str | None = fields.TextField(null=True)
    languages: list[str] = ArrayField(element_type="text", default=list)
    time_zone = fields.CharField(max_length=64)
    capacity = fields.SmallIntField(default=1)
    open_matches = fields.SmallIntField(default=0)
    waiting_since: datetime = fields.DatetimeField()
    created_at = fields.DatetimeField()

    class Meta:
        table = "sign_ups"
        indexes = (("program_id", "id"), ("user_id",))
        constraints = (
            UniqueConstraint(
                fields=("program_id", "user_id", "role"),
                name="one_open_sign_up_a_role",
                condition="state IN ('WAITING', 'MATCHED')",
            ),
            CheckConstraint(check="capacity BETWEEN 1 AND 5", name="capacity_is_1_to_5"),
            CheckConstraint(check="role = 'MENTOR' OR capacity = 1", name="a_mentee_has_one_place"),
            CheckConstraint(check="open_matches >= 0", name="open_matches_never_negative"),
        )
