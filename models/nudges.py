"""Nudges: whom of a pair we have reminded of the other, in which silence, and after how many days of it."""

from datetime import timedelta
from uuid import UUID

from tortoise import fields
from tortoise.fields import OnDelete
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint

from models.base import Row
from models.enums import NotificationKind
from models.matches import Match
from models.users import User

OFFERS = 28
"""The level at which both are offered a pause, another match or a graceful end, and no more nudges follow."""

LEVELS: dict[int, NotificationKind] = {
    7: NotificationKind.NUDGE_7,
    14: NotificationKind.NUDGE_14,
    21: NotificationKind.NUDGE_21,
    OFFERS: NotificationKind.SILENT_28,
}
"""After how many days of silence the two are nudged, and what they are told then."""


def level_of(silence: timedelta) -> int | None:
    """The highest level that a silence has reached."""
    return max((days for days in LEVELS if silence >= timedelta(days=days)), default=None)


class Nudge(Row):
    """One person was nudged about one silence of a pair, which is known by its beginning. Each level comes once."""

    match: fields.ForeignKeyRelation[Match] = fields.ForeignKeyField(
        "models.Match", related_name="nudges", on_delete=OnDelete.CASCADE
    )
    match_id: UUID
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="nudges", on_delete=OnDelete.CASCADE
    )
    user_id: UUID
    silent_since = fields.DatetimeField()
    level: int = fields.SmallIntField()
    created_at = fields.DatetimeField()

    class Meta:
        table = "nudges"
        constraints = (
            UniqueConstraint(
                fields=("match_id", "user_id", "silent_since", "level"), name="one_nudge_a_person_silence_and_level"
            ),
            CheckConstraint(check="level IN (7, 14, 21, 28)", name="a_nudge_has_a_level"),
        )
