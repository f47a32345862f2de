"""Blocks: a person who wants nothing more to do with another one."""

from uuid import UUID

from tortoise import fields
from tortoise.fields import OnDelete
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint

from models.base import Row
from models.users import User


class Block(Row):
    """That one person has blocked another. It works in both directions, and only the blocker is ever shown it.

    Unblocking deletes the row. A match that it ended stays ended as SAFETY, which keeps the two from being matched
    again.
    """

    blocker: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="blocks_made", on_delete=OnDelete.CASCADE
    )
    blocker_id: UUID
    blocked: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="blocks_met", on_delete=OnDelete.CASCADE
    )
    blocked_id: UUID
    created_at = fields.DatetimeField()

    class Meta:
        table = "blocks"
        indexes = (("blocked_id", "blocker_id"),)
        constraints = (
            UniqueConstraint(fields=("blocker_id", "blocked_id"), name="one_block_a_person_and_other"),
            CheckConstraint(check="blocker_id <> blocked_id", name="nobody_blocks_himself"),
        )
