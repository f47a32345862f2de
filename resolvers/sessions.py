"""Sessions: opening, recognising, refreshing and ending them."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from tortoise.connection import get_connection

from models.errors import ErrorCode, Refused
from models.sessions import RefreshToken, Session
from models.users import User
from pubsub.gathering import Gatherer
from pubsub.patience import patiently
from pubsub.transaction import Changed, transaction
from resolvers import access
from resolvers.tokens import Claims, Tokens, not_good

GRACE = timedelta(seconds=10)
"""How long after its first use a refresh token still works, for two tabs that refresh at once (DESIGN.md section 4)."""

AUTHENTICATION_PATIENCE = 2.0
"""Seconds that somebody waits to be recognised while the database is away."""


@dataclass(frozen=True, slots=True)
class IssuedSession:
    """A new pair of tokens; `expires_at` is when the access token ends. The refresh token is kept nowhere but here."""

    access_token: str
    refresh_token: str
    expires_at: datetime


async def authenticate(tokens: Tokens, access_token: str, now: datetime) -> tuple[access.Viewer, datetime]:
    """Who an access token stands for, and when it ends. Raises Refused UNAUTHENTICATED.

    One message for a forged token, an ended session and a suspended account: a stranger cannot tell them apart.
    """
    claims = tokens.read(access_token, now)
    user = await _signed_in.ask(claims)
    if user is None:
        raise not_good()
    return access.Viewer(user, claims.session_id, user.is_adult(now)), claims.expires_at


async def _owners(asked: Sequence[Claims]) -> list[User | None]:
    """Whose sessions these are, where both the session and the account stand; one statement for all who ask at once."""
    records = await patiently(
        lambda: get_connection("default").execute_query_dict(
            _OWNERS.format(columns=User.columns("users")),
            [[claims.session_id for claims in asked], [claims.user_id for claims in asked]],
        ),
        seconds=AUTHENTICATION_PATIENCE,
    )
    found = {record.pop("ord"): User.from_record(record) for record in records}
    return [found.get(place) for place in range(1, len(asked) + 1)]


# OFFSET 0 keeps the planner from what it would do with few sessions in the table, or few asked for: read the whole
# table, or plan anew for each number of them. It takes a third of the time.
_OWNERS = """
SELECT want.ord, {columns}
FROM (SELECT $1::uuid[] AS sessions, $2::uuid[] AS people OFFSET 0) AS given,
    unnest(given.sessions, given.people) WITH ORDINALITY AS want(session, person, ord)
JOIN LATERAL (
    SELECT users.* FROM users JOIN sessions ON sessions.user_id = users.id
    WHERE sessions.id = want.session AND sessions.user_id = want.person AND revoked_at IS NULL AND suspended_at IS NULL
    OFFSET 0
) AS users ON TRUE
"""

_signed_in: Gatherer[Claims, User | None] = Gatherer(_owners, most=200, patience=0.5)
"""Whoever asks while a statement is under way is looked up by the next: each by what stands after he asked."""


async def open_session(
    tokens: Tokens, user: User, now: datetime, *, mark: bytes | None = None, device: str | None = None
) -> IssuedSession:
    """A new session, for use inside a transaction that has locked the user's row, or made it."""
    session = await Session.create(user_id=user.id, created_at=now, last_used_at=now, address_mark=mark, device=device)
    return await _issue(tokens, session, now)


async def refresh_session(tokens: Tokens, now: datetime, *, refresh_token: str) -> IssuedSession:
    """Exchange a refresh token for new tokens. Raises Refused UNAUTHENTICATED for one that is no good.

    A token that comes back later than GRACE after its first use was stolen, or its heir was: the whole session ends,
    and that is committed although the call is refused.
    """
    async with transaction() as changed:
        issued = await _rotate(changed, tokens, now, refresh_token)
    if issued is None:
        raise _unknown_refresh_token()
    return issued


async def log_out(now: datetime, *, refresh_token: str) -> User:
    """End the session of a refresh token, also of one that was exchanged already; the person whose session it was.

    The token is enough, since an access token may have expired. Raises Refused UNAUTHENTICATED when it is unknown or
    expired, or its session has ended.
    """
    async with transaction() as changed:
        taken = await _take(changed, now, refresh_token)
        if taken is None:
            raise _unknown_refresh_token()
        session, _ = taken
        await revoke(changed, session, now)
        return await User.get(id=session.user_id)


async def revoke_all(changed: Changed, user_id: UUID, now: datetime, *, but: UUID | None = None) -> None:
    """End every session of a person whose row is locked: no log-in slips through, and no two of these deadlock.

    `but` is the one that goes on.
    """
    standing = Session.filter(user_id=user_id, revoked_at=None)
    await (standing if but is None else standing.exclude(id=but)).update(revoked_at=now)
    changed.rights_changed(user_id)


async def _rotate(changed: Changed, tokens: Tokens, now: datetime, refresh_token: str) -> IssuedSession | None:
    taken = await _take(changed, now, refresh_token)
    if taken is None:
        return None
    session, token = taken
    if token.used_at is None:
        token.used_at = now
        await token.save(update_fields=("used_at",))
    elif now - token.used_at > GRACE:
        await revoke(changed, session, now)
        return None
    session.last_used_at = now
    await session.save(update_fields=("last_used_at",))
    return await _issue(tokens, session, now)


async def _take(changed: Changed, now: datetime, refresh_token: str) -> tuple[Session, RefreshToken] | None:
    """Lock the session of a refresh token, if both still stand. All that happens to them happens under this lock."""
    digest = _digest(refresh_token)
    locked = await changed.sql(
        f"SELECT {Session.columns('sessions')} FROM sessions"
        " JOIN refresh_tokens ON refresh_tokens.session_id = sessions.id"
        " WHERE token_hash = $1 FOR NO KEY UPDATE OF sessions",
        digest,
    )
    # A second statement: after a lock wait, the first would still see the token as it was before.
    token = f"SELECT {RefreshToken.columns()} FROM refresh_tokens WHERE token_hash = $1 AND expires_at > $2"
    found = await changed.sql(token, digest, now)
    if not locked or not found or locked[0]["revoked_at"] is not None:
        return None
    return Session.from_record(locked[0]), RefreshToken.from_record(found[0])


async def _issue(tokens: Tokens, session: Session, now: datetime) -> IssuedSession:
    refresh_token = secrets.token_urlsafe(32)
    await RefreshToken.create(
        session_id=session.id,
        token_hash=_digest(refresh_token),
        issued_at=now,
        expires_at=now + timedelta(days=tokens.refresh_days),
    )
    access_token, expires_at = tokens.sign(session.user_id, session.id, now)
    return IssuedSession(access_token, refresh_token, expires_at)


async def revoke(changed: Changed, session: Session, now: datetime) -> None:
    """End one session whose row is locked."""
    session.revoked_at = now
    await session.save(update_fields=("revoked_at",))
    changed.rights_changed(session.user_id)


def _digest(refresh_token: str) -> bytes:
    return hashlib.sha256(refresh_token.encode("utf-8", "surrogatepass")).digest()


def _unknown_refresh_token() -> Refused:
    message = "The refresh token is unknown, has expired, or its session has ended. Log in to start a new session."
    return Refused(ErrorCode.UNAUTHENTICATED, message, ("input", "refreshToken"))
