"""A person's sessions, a device each: seeing them, and ending one or all."""

from datetime import datetime, timedelta
from uuid import UUID

from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from models.sessions import Session
from models.users import User
from pubsub.transaction import transaction
from resolvers import access, guessing, sessions
from resolvers.guessing import Caller
from resolvers.tokens import Tokens

MOST_SHOWN = 100


def standing_sessions(viewer: access.Viewer, tokens: Tokens, now: datetime) -> QuerySet[Session]:
    """The viewer's sessions that can go on, used last first."""
    since = now - timedelta(days=tokens.refresh_days)
    mine = Session.filter(user_id=viewer.id, revoked_at=None)
    return mine.filter(Q(last_used_at__gt=since) | Q(last_used_at=None, created_at__gt=since)).order_by(
        "-last_used_at", "-id"
    )


async def end_session(viewer: access.Viewer | None, now: datetime, *, session_id: UUID | None) -> access.Viewer:
    """End one of one's own sessions, on whatever device. Raises Refused NOT_FOUND for any other."""
    viewer = access.signed_in(viewer)
    async with transaction() as changed:
        mine = Session.filter(id=session_id, user_id=viewer.id, revoked_at=None)
        session = None if session_id is None else await mine.select_for_update(no_key=True).first()
        if session is None:
            raise access.not_found("session", ("input", "sessionId"))
        await sessions.revoke(changed, session, now)
    return viewer


async def log_out_everywhere(viewer: access.Viewer | None, caller: Caller, now: datetime, *, password: str) -> User:
    """End all of one's sessions, this one too. Raises Refused: INVALID_INPUT for a wrong password, RATE_LIMITED."""
    viewer = access.signed_in(viewer)
    await guessing.prove(viewer, caller, now, password, ("input", "password"))
    async with transaction() as changed:
        await User.select_for_update(no_key=True).get(id=viewer.id)
        await sessions.revoke_all(changed, viewer.id, now)
    return viewer.user
