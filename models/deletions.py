"""Accounts that are to be deleted: asked for, waiting for their grace to end, and how far their erasure is."""

from datetime import datetime
from uuid import UUID

from tortoise import fields
from tortoise.fields import OnDelete
from tortoise.migrations.constraints import CheckConstraint

from models.base import Row
from models.users import User


class AccountDeletion(Row):
    """That a person wants to be forgotten. Until `erases_at` it can be taken back, and the row goes with it.

    Once `begun_at` is set there is no way back. Matches are erased in the order of their ids, each as a whole before
    the next: `last_match_id` is the last that is done. With `erased_at` set nothing of the person is left but the id.
    """

    user: fields.OneToOneRelation[User] = fields.OneToOneField(
        "models.User", related_name="deletion", on_delete=OnDelete.CASCADE
    )
    user_id: UUID
    requested_at = fields.DatetimeField()
    erases_at = fields.DatetimeField()
    begun_at: datetime | None = fields.DatetimeField(null=True)
    last_match_id: UUID | None = fields.UUIDField(null=True)
    erased_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "account_deletions"
        indexes = (("erased_at", "erases_at"),)
        constraints = (
            CheckConstraint(check="begun_at >= erases_at", name="nothing_is_erased_before_the_grace_is_over"),
            CheckConstraint(
                check="erased_at IS NULL OR begun_at IS NOT NULL", name="an_erasure_begins_before_it_is_over"
            ),
        )
