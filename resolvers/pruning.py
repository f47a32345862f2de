"""Forgetting what has served its time: old rows of the activity log, sessions that ended long ago, e-mails long sent.

Each question of what is due reads an index from its old end and passes over nothing but rows that are due themselves,
so that its cost follows what is due and not what is kept.
"""

from datetime import datetime, timedelta
from uuid import UUID

from tortoise.connection import get_connection

from models.emails import Email
from models.sessions import RefreshToken, Session
from pubsub.streams import STREAM_TABLES
from pubsub.transaction import Changed, transaction

SLACK = timedelta(days=1)
"""How much longer than it must something may stay, so that a busy stream or session has its turn once a day, and not
whenever another row of it comes of age."""

SESSION_KEPT = timedelta(days=30)
"""How long a session is kept after its end, and a refresh token after its own."""

EMAIL_KEPT = timedelta(days=30)
"""How long the outbox remembers what became of an e-mail: for operators to whom somebody says that none came."""

BATCH_ROWS = 1_000
"""Rows that one transaction deletes at most; what is left stays due."""

_DUE_STREAMS = """
SELECT old.stream_id AS id FROM activity AS old
CROSS JOIN LATERAL (
    SELECT number FROM activity WHERE stream_id = old.stream_id ORDER BY number LIMIT 1
) AS oldest
WHERE old.occurred_at < $1 AND old.number = oldest.number
ORDER BY old.occurred_at LIMIT $2
"""

_TABLE_OF_STREAM = " UNION ALL ".join(
    f"SELECT '{table}' AS name FROM {table} WHERE id = $1" for table in STREAM_TABLES.values()
)

# Up to the first row that is young enough: a clock that was set back could have left an older one behind it.
_PRUNE_STREAM = """
WITH batch AS (SELECT number, occurred_at FROM activity WHERE stream_id = $1 ORDER BY number LIMIT $3),
gone AS (
    DELETE FROM activity WHERE stream_id = $1 AND number < coalesce(
        (SELECT min(number) FROM batch WHERE occurred_at >= $2), (SELECT max(number) + 1 FROM batch)
    ) RETURNING number
)
SELECT max(number) AS highest FROM gone
"""

_DUE_SESSIONS = """
(SELECT id FROM sessions WHERE revoked_at < $1 ORDER BY revoked_at LIMIT $3)
UNION
(
    SELECT old.session_id FROM refresh_tokens AS old
    CROSS JOIN LATERAL (
        SELECT id FROM refresh_tokens WHERE session_id = old.session_id ORDER BY expires_at, id LIMIT 1
    ) AS oldest
    WHERE old.expires_at < $2 AND old.id = oldest.id
    ORDER BY old.expires_at LIMIT $3
)
LIMIT $3
"""

_PRUNE_TOKENS = """
DELETE FROM refresh_tokens WHERE id IN (
    SELECT id FROM refresh_tokens WHERE session_id = $1 AND (expires_at < $2 OR $3) ORDER BY expires_at LIMIT $4
) RETURNING id
"""


async def due_streams(now: datetime, limit: int, *, kept: timedelta) -> list[UUID]:
    """The streams of any kind whose log reaches back further than it is kept, each once."""
    return await _ids(_DUE_STREAMS, now - kept - SLACK, limit)


async def prune_stream(stream_id: UUID, now: datetime, *, kept: timedelta) -> bool:
    """Delete a stream's oldest rows, BATCH_ROWS at most, and raise its floor with them: a cursor below it resyncs.

    False when there is nothing to delete, or when somebody else holds the stream's row.
    """
    async with transaction() as changed:
        tables = await changed.sql(_TABLE_OF_STREAM, stream_id)
        if tables and not await _hold(changed, tables[0]["name"], stream_id):
            return False
        (pruned,) = await changed.sql(_PRUNE_STREAM, stream_id, now - kept, BATCH_ROWS)
        if pruned["highest"] is None:
            return False
        if tables:
            floor = f"UPDATE {tables[0]['name']} SET activity_floor = $2 WHERE id = $1"
            await changed.sql(floor, stream_id, pruned["highest"])
    return True


async def due_sessions(now: datetime, limit: int) -> list[UUID]:
    """The sessions that were revoked long ago, or that have refresh tokens which expired long ago."""
    return await _ids(_DUE_SESSIONS, now - SESSION_KEPT, now - SESSION_KEPT - SLACK, limit)


async def prune_session(session_id: UUID, now: datetime) -> bool:
    """Delete a session's refresh tokens that expired long ago, all of them if it was revoked long ago, BATCH_ROWS at
    most; and the session itself once it has none left.

    False when there is nothing to delete, or when somebody else holds the session's row.
    """
    before = now - SESSION_KEPT
    async with transaction() as changed:
        session = await Session.filter(id=session_id).select_for_update(skip_locked=True).first()
        if session is None:
            return False
        ended = session.revoked_at is not None and session.revoked_at < before
        pruned = await changed.sql(_PRUNE_TOKENS, session_id, before, ended, BATCH_ROWS)
        if not pruned and not ended:
            return False
        if not await RefreshToken.exists(session_id=session_id):
            await session.delete()
    return True


async def due_emails(now: datetime, limit: int) -> list[UUID]:
    """The e-mails that were closed long ago."""
    closed = Email.filter(closed_at__lt=now - EMAIL_KEPT).order_by("closed_at")
    return [email.id for email in await closed.limit(limit).only("id")]


async def prune_email(email_id: UUID, now: datetime) -> bool:
    """Forget that an e-mail was sent; what it was about stays. False when somebody was faster."""
    return await Email.filter(id=email_id, closed_at__lt=now - EMAIL_KEPT).delete() > 0


async def _hold(changed: Changed, table: str, stream_id: UUID) -> bool:
    locked = f"SELECT id FROM {table} WHERE id = $1 FOR NO KEY UPDATE SKIP LOCKED"
    return bool(await changed.sql(locked, stream_id))


async def _ids(statement: str, *values: object) -> list[UUID]:
    return [record["id"] for record in await get_connection("default").execute_query_dict(statement, list(values))]
