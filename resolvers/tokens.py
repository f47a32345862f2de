"""Access tokens: signing them, and reading what they say."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

import jwt

from models.errors import ErrorCode, Refused

ISSUER = AUDIENCE = "mentorship"
_ALGORITHM = "HS256"


@dataclass(frozen=True, slots=True)
class Claims:
    """What a signed access token says. It says nothing about whether the session still stands."""

    user_id: UUID
    session_id: UUID
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Tokens:
    """Signs and reads access tokens. The first key signs and all of them verify, so that a key can be replaced."""

    keys: Sequence[str] = field(repr=False)
    access_seconds: int = 900
    refresh_days: int = 30

    def __post_init__(self) -> None:
        if isinstance(self.keys, str) or not self.keys:
            raise ValueError("keys is a list of one key or more")

    def sign(self, user_id: UUID, session_id: UUID, now: datetime) -> tuple[str, datetime]:
        """A new access token, and when it ends (a whole second, as JWT counts)."""
        issued = int(now.timestamp())
        expires = issued + self.access_seconds
        claims = {"sub": str(user_id), "sid": str(session_id), "iat": issued, "exp": expires}
        claims |= {"iss": ISSUER, "aud": AUDIENCE}
        return jwt.encode(claims, self.keys[0], _ALGORITHM), datetime.fromtimestamp(expires, UTC)

    def read(self, token: str, now: datetime) -> Claims:
        """The claims of a token that one of the keys signed. Raises Refused UNAUTHENTICATED for others."""
        payload = _verified(tuple(self.keys), token)
        expires_at = datetime.fromtimestamp(payload["exp"], UTC)
        if expires_at <= now:
            message = "The access token has expired. Get a new one with refreshSession, or log in again."
            raise Refused(ErrorCode.UNAUTHENTICATED, message)
        return Claims(UUID(payload["sub"]), UUID(payload["sid"]), expires_at)


@lru_cache(maxsize=2_000)
def _verified(keys: Sequence[str], token: str) -> dict[str, Any]:
    """What a token says that one of the keys signed; kept, since it comes with each operation, and is true for ever.

    Time is left out here: PyJWT would look at the wall clock. What is refused is not kept.
    """
    if token.isascii():
        for key in keys:
            try:
                return jwt.decode(
                    token,
                    key,
                    algorithms=[_ALGORITHM],
                    issuer=ISSUER,
                    audience=AUDIENCE,
                    options={
                        "require": ["sub", "sid", "exp", "iss", "aud"],
                        "verify_exp": False,
                        "verify_iat": False,
                    },
                )
            except jwt.InvalidTokenError:
                continue
    raise not_good()


def not_good() -> Refused:
    """The refusal of a token that proves nothing, whatever the reason."""
    message = "The access token is not good, or not any more. Get a new one with refreshSession, or log in."
    return Refused(ErrorCode.UNAUTHENTICATED, message)
