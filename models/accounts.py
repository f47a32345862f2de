"""What is written to people about their account itself, and how often somebody has tried to get into one."""

from datetime import datetime
from uuid import UUID

from tortoise import fields
from tortoise.fields import OnDelete
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint

from models.base import Row
from models.enums import AccountLetterKind
from models.users import User


class AccountLetter(Row):
    """Something to say to an address about an account, with a link where `expires_at` says until when it is good.

    The link's token is made from this row's id and the secret key, and kept nowhere: who reads the database has no
    token. `used_at` is when it was used, or another took its place. `user` is None where whoever asked was not signed
    in: the row then says nothing of whether the address has an account.
    """

    user: fields.ForeignKeyNullableRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="account_letters", on_delete=OnDelete.CASCADE, null=True
    )
    user_id: UUID | None
    kind = fields.CharEnumField(AccountLetterKind, max_length=20)
    address = fields.CharField(max_length=254)
    created_at = fields.DatetimeField(db_index=True)
    expires_at: datetime | None = fields.DatetimeField(null=True)
    used_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "account_letters"
        indexes = (("address",),)
        constraints = (
            CheckConstraint(
                check="user_id IS NOT NULL OR kind = 'RESET_PASSWORD'", name="only_a_reset_is_asked_by_anybody"
            ),
        )


class Attempts(Row):
    """How often something was tried, as the time at which all of it will be forgotten (resolvers/guessing.py).

    `key` is a keyed hash of what was tried and by whom or on whom: no address can be read from it.
    """

    key = fields.BinaryField()
    full_at = fields.DatetimeField(db_index=True)

    class Meta:
        table = "attempts"
        constraints = (UniqueConstraint(fields=("key",), name="one_count_of_attempts_a_key"),)
