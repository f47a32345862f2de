"""Guessing is slowed down, for each account and each address, without locking the owner out (decision 22).

Counted in the database, since all workers have to count together, and Redis may be down.
"""

import hashlib
import hmac
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from tortoise.connection import get_connection
from uuid_utils.compat import uuid7

from models.accounts import Attempts
from models.enums import AccountLetterKind
from models.errors import ErrorCode, Refused
from models.sessions import Session
from resolvers import passwords, text
from resolvers.access import Viewer

_PURPOSE = b"mentorship: attempts"


@dataclass(frozen=True, slots=True)
class Pace:
    """So many attempts at once, and then one in each `every`."""

    burst: int
    every: timedelta


ACCOUNT = Pace(10, timedelta(minutes=5))
"""At one account, by all addresses together from which nobody ever logged in to it."""

KNOWN = Pace(10, timedelta(minutes=1))
"""At one account, from one address from which its owner has logged in before."""

LETTERS = Pace(3, timedelta(minutes=20))
"""Letters with a link to one address."""

# As in resolvers/rate_limits.py, in one statement: two workers that count at once wait for each other's row. What is
# more than an hour further ahead than attempts can bring it was counted by a wrong clock, and counts no more.
_SPEND = """
INSERT INTO attempts AS old (id, key, full_at) VALUES ($1, $2, $3::timestamptz + $4::interval)
ON CONFLICT (key) DO UPDATE SET full_at = CASE
    WHEN old.full_at > $3 + $5::interval + interval '1 hour' THEN $3 ELSE greatest(old.full_at, $3)
END + $4
WHERE old.full_at > $3 + $5 + interval '1 hour' OR greatest(old.full_at, $3) + $4 <= $3 + $5
RETURNING full_at
"""
_FULL_AT = "SELECT full_at FROM attempts WHERE key = $1"
_GIVE_BACK = "UPDATE attempts SET full_at = full_at - $2::interval WHERE key = $1"

_IS_KNOWN = """
SELECT EXISTS (
    SELECT 1 FROM sessions JOIN users ON users.id = sessions.user_id
    WHERE email = $1 AND address_mark = ANY($2::bytea[])
) AS known
"""

Spent = Sequence[tuple[bytes, Pace]]
"""What was counted, to be given back to who turns out to be no guesser."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Where somebody who is not signed in yet calls from. `network` is None where that is not known, as in commands.

    The first key marks, and all are looked for, as with tokens.
    """

    keys: Sequence[str] = field(repr=False)
    network: str | None
    by_address: Pace

    def mark(self, email: str) -> bytes | None:
        """What a session of this account keeps of the address that it is opened from."""
        return None if self.network is None else self._marks(email)[0]

    async def log_in(self, email: str, now: datetime) -> Spent:
        """Count an attempt at an account, whether there is one or not. Raises Refused RATE_LIMITED."""
        marks = [] if self.network is None else self._marks(email)
        (row,) = await _rows(_IS_KNOWN, email, marks)
        pace, who = (KNOWN, self.network or "") if row["known"] else (ACCOUNT, "")
        spent = [(self._key("log in", email, who), pace)]
        await _spend(*spent[0], now, "Or try where you have logged in before, or ask for a link to a new password.")
        return [*spent, *await self.come(now)]

    async def come(self, now: datetime) -> Spent:
        """Count an attempt of this address at anything. Raises Refused RATE_LIMITED."""
        if self.network is None:
            return []
        spent = (self._key("come", self.network), self.by_address)
        await _spend(*spent, now)
        return [spent]

    async def write_to(self, email: str, kind: AccountLetterKind, now: datetime) -> None:
        """Count a letter to an address, whether it has an account or not. Raises Refused RATE_LIMITED."""
        await _spend(self._key("write to", email, kind), LETTERS, now, "Look for the last e-mail, also among the spam.")

    async def prove(self, user_id: UUID, now: datetime) -> Spent:
        """Count an attempt of somebody signed in to say the account's password. Raises Refused RATE_LIMITED."""
        spent = (self._key("prove", str(user_id)), KNOWN)
        await _spend(*spent, now)
        return [spent]

    def _key(self, *words: str) -> bytes:
        return _keyed(self.keys[0], *words)

    def _marks(self, email: str) -> list[bytes]:
        return [_keyed(key, "known", email, self.network or "") for key in self.keys]


async def give_back(spent: Spent) -> None:
    """It was no guess."""
    for key, pace in spent:
        await _rows(_GIVE_BACK, key, pace.every)


async def prove(viewer: Viewer, caller: Caller, now: datetime, password: str, path: Sequence[str]) -> None:
    """Refuses with INVALID_INPUT whoever does not know the viewer's password, and RATE_LIMITED who tries often."""
    spent = await caller.prove(viewer.id, now)
    if not await passwords.matches(viewer.user.password_hash, password):
        raise text.invalid("This is not your password. Type it again.", path)
    await give_back(spent)


async def due(now: datetime, limit: int) -> list[UUID]:
    """Counts that say nothing any more."""
    rows = await _rows("SELECT id FROM attempts WHERE full_at < $1 ORDER BY full_at LIMIT $2", now, limit)
    return [row["id"] for row in rows]


async def forget(attempts_id: UUID, now: datetime) -> bool:
    """Delete a count that says nothing any more; False when it does again, or somebody was faster."""
    return await Attempts.filter(id=attempts_id, full_at__lt=now).delete() > 0


async def forget_account_marks(user_id: UUID) -> None:
    """No address counts as known any more: whoever had the password may have logged in from one of them."""
    await Session.filter(user_id=user_id).update(address_mark=None)


async def _spend(key: bytes, pace: Pace, now: datetime, advice: str = "") -> None:
    if await _rows(_SPEND, uuid7(), key, now, pace.every, pace.burst * pace.every):
        return
    (row,) = await _rows(_FULL_AT, key) or [{"full_at": now}]
    wait = row["full_at"] + pace.every - pace.burst * pace.every - now
    minutes = max(1, math.ceil(wait / timedelta(minutes=1)))
    message = f"That was tried too often. Wait {minutes} minute{'s'[: minutes > 1]}, then try again. {advice}".strip()
    raise Refused(ErrorCode.RATE_LIMITED, message)


def _keyed(key: str, *words: str) -> bytes:
    return hmac.digest(hmac.digest(key.encode(), _PURPOSE, hashlib.sha256), "\0".join(words).encode(), hashlib.sha256)


async def _rows(statement: str, *values: object) -> list[dict[str, Any]]:
    return await get_connection("default").execute_query_dict(statement, list(values))
