"""Sessions, the families of refresh tokens that rotate within them."""

from datetime import datetime
from uuid import UUID

from tortoise import fields
from tortoise.fields import OnDelete
from tortoise.migrations.constraints import UniqueConstraint

from models.base import Row
from models.users import User


class Session(Row):
    """One log-in on one device. Once `revoked_at` is set, none of its tokens is good for anything.

    `device` is what the person calls it. `last_used_at` is when its tokens were last exchanged. `address_mark` is a
    keyed hash of the person and the address that it was opened from: who guesses elsewhere keeps nobody out there.
    """

    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="sessions", on_delete=OnDelete.CASCADE
    )
    user_id: UUID
    created_at = fields.DatetimeField()
    revoked_at: datetime | None = fields.DatetimeField(null=True)
    device = fields.CharField(max_length=80, null=True)
    last_used_at: datetime | None = fields.DatetimeField(null=True)
    address_mark: bytes | None = fields.BinaryField(null=True)

    class Meta:
        table = "sessions"
        indexes = (("user_id",), ("revoked_at",))


class RefreshToken(Row):
    """One refresh token of a session's family; only its SHA-256 is kept. `used_at` is when it was exchanged first."""

    session: fields.ForeignKeyRelation[Session] = fields.ForeignKeyField(
        "models.Session", related_name="refresh_tokens", on_delete=OnDelete.CASCADE
    )
    session_id: UUID
    token_hash = fields.BinaryField()
    issued_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()
    used_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "refresh_tokens"
        indexes = (("session_id", "expires_at"), ("expires_at",))
        constraints = (UniqueConstraint(fields=("token_hash",), name="one_refresh_token_a_hash"),)
