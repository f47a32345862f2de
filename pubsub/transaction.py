"""The one way to write: `async with transaction() as changed`, which numbers, logs and announces what changed."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any
from uuid import UUID

import asyncpg
from tortoise.backends.base.client import BaseDBAsyncClient, TransactionContextPooled
from tortoise.connection import get_connections
from tortoise.transactions import in_transaction

from models.base import Row
from models.enums import ActivityKind, StreamKind
from models.errors import ErrorCode, Refused
from models.matches import Match
from models.programs import Program
from models.users import User
from pubsub import live
from pubsub.streams import STREAM_ORDER, STREAM_TABLES, LogRow, Stream

Deferred = tuple[Stream, ActivityKind, UUID, UUID | None, datetime, int]
"""A change to be told at the end of a transaction: its stream, kind, subject, actor and time, and how many more
notifications are unread."""

_ROWS: dict[StreamKind, type[Row]] = {StreamKind.MATCH: Match, StreamKind.PROGRAM: Program, StreamKind.USER: User}


@dataclass
class Changed:
    """What a transaction has changed so far. `connection` runs SQL inside the transaction."""

    connection: BaseDBAsyncClient
    _taken: dict[Stream, int] = field(default_factory=dict)
    _rows: list[tuple[Stream, LogRow]] = field(default_factory=list)
    _deferred: list[Deferred] = field(default_factory=list)
    _heads: dict[Stream, int] = field(default_factory=dict)
    _users: set[UUID] = field(default_factory=set)
    _whispers: list[tuple[str, str]] = field(default_factory=list)

    async def sql(self, statement: str, *values: Any) -> list[dict[str, Any]]:
        """Run one statement with $1-style parameters; the rows that it returned."""
        return await self.connection.execute_query_dict(statement, list(values))

    async def take(self, stream: Stream, guard: str = "TRUE", *values: Any) -> dict[str, Any] | None:
        """Lock a stream's row and take its next number, if `guard` holds; check and number in one statement.

        `guard` is SQL over columns of that row only, its parameters numbered from $2: after a lock wait PostgreSQL
        looks at that row anew, but a subquery would keep its old snapshot. Returns the row, or None where the guard
        failed. A number taken must be logged, or given back, before the transaction ends.
        """
        if stream in self._taken:
            raise RuntimeError("The number taken before was not logged.")
        table = STREAM_TABLES[stream.kind]
        rows = await self.sql(
            f"UPDATE {table} SET activity_head = activity_head + 1 WHERE id = $1 AND ({guard})"
            f" RETURNING {_ROWS[stream.kind].columns()}",
            stream.id,
            *values,
        )
        if not rows:
            return None
        self._taken[stream] = self._heads[stream] = rows[0]["activity_head"]
        return rows[0]

    async def give_back(self, stream: Stream) -> int:
        """Return the number just taken, since the act turned out to change nothing; the head as it is again.

        The row stays locked. Raises KeyError when no number is taken.
        """
        head = self._taken.pop(stream) - 1
        if self._heads.pop(stream) != head + 1 or any(logged == stream for logged, _ in self._rows):
            raise RuntimeError("Only an act that has logged nothing can give its number back.")
        table = STREAM_TABLES[stream.kind]
        await self.sql(f"UPDATE {table} SET activity_head = activity_head - 1 WHERE id = $1", stream.id)
        return head

    async def log(self, stream: Stream, kind: ActivityKind, subject: UUID, *, actor: UUID | None, at: datetime) -> int:
        """Append to the log of a stream whose row this transaction has locked; the number under which it stands."""
        number = self._taken.pop(stream, None)
        if number is None:
            await self.take(stream)
            number = self._taken.pop(stream)
        self._rows.append((stream, LogRow(number, kind, subject, actor, at)))
        return number

    def tell(
        self,
        stream: Stream,
        kind: ActivityKind,
        subject: UUID,
        *,
        actor: UUID | None,
        at: datetime,
        unread: int = 0,
    ) -> None:
        """Append to a stream's log at the end of the transaction, when its row is locked in the order that all keep.

        `unread`, of a person's stream: how many more notifications are unread by this change, counted on the same row.
        """
        self._deferred.append((stream, kind, subject, actor, at, unread))

    def rights_changed(self, user_id: UUID) -> None:
        """Ask again for everything that this person follows, since a right of his may have ended."""
        self._users.add(user_id)

    def whisper(self, channel: str, message: str) -> None:
        """Say something, once this has committed, to whoever listens to a channel of the broker at that moment, here or
        elsewhere. It is not logged, and lost when nobody hears it. Ids and numbers only, never what people wrote."""
        self._whispers.append((channel, message))

    async def _finish(self) -> None:
        for stream, told in groupby(sorted(self._deferred, key=_lock_order), key=itemgetter(0)):
            await self._log_all(stream, list(told))
        if self._taken:
            raise RuntimeError(f"Numbers were taken and not logged: {', '.join(s.kind for s in self._taken)}.")
        if self._rows:
            await self._append()

    async def _log_all(self, stream: Stream, told: Sequence[Deferred]) -> None:
        """Log several changes of one stream, whose row is locked here at the latest, under numbers taken at once."""
        if stream in self._taken:
            raise RuntimeError("What a transaction has locked it logs itself.")
        changes, values = "activity_head = activity_head + $2", [len(told)]
        if unread := sum(each[-1] for each in told):
            changes += ", unread_notifications = unread_notifications + $3"
            values.append(unread)
        statement = f"UPDATE {STREAM_TABLES[stream.kind]} SET {changes} WHERE id = $1 RETURNING activity_head"
        (row,) = await self.sql(statement, stream.id, *values)
        self._heads[stream] = row["activity_head"]
        first = row["activity_head"] - len(told) + 1
        for number, (_, kind, subject, actor, at, _) in enumerate(told, first):
            self._rows.append((stream, LogRow(number, kind, subject, actor, at)))

    async def _append(self) -> None:
        streams, rows = zip(*self._rows, strict=True)
        await self.sql(
            "INSERT INTO activity (stream_id, number, kind, subject_id, actor_id, occurred_at)"
            " SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::text[], $4::uuid[], $5::uuid[], $6::timestamptz[])",
            [stream.id for stream in streams],
            [row.number for row in rows],
            [row.kind.value for row in rows],
            [row.subject_id for row in rows],
            [row.actor_id for row in rows],
            [row.occurred_at for row in rows],
        )

    def _announce(self) -> None:
        for stream, number in self._heads.items():
            live.announce(stream, number)
        for user_id in self._users:
            live.announce_rights(user_id)
        for channel, message in self._whispers:
            live.whisper(channel, message)


def _lock_order(deferred: Deferred) -> tuple[int, UUID]:
    stream = deferred[0]
    return STREAM_ORDER.index(stream.kind), stream.id


BUSY = (asyncpg.DeadlockDetectedError, asyncpg.LockNotAvailableError, asyncpg.QueryCanceledError)
"""What a transaction gets that was in another's way for too long. It was rolled back: nothing happened."""

_outer: ContextVar[Changed | None] = ContextVar("outer transaction", default=None)


def busy() -> Refused:
    """What somebody is told who was in another's way for too long."""
    return Refused(ErrorCode.CONFLICT, "Others are changing the same thing at this moment. Try again.")


def in_a_transaction() -> bool:
    """Whether a transaction is open around the caller."""
    return _outer.get() is not None


@asynccontextmanager
async def transaction() -> AsyncIterator[Changed]:
    """One database transaction. What it logged is announced after it has committed, and only then.

    An exception rolls back everything, numbers included, and tells nobody. Within another transaction it is a
    savepoint, and the outer one announces. Rows are locked in one order everywhere, so that no two transactions wait
    for each other: memberships, reports, matches, sign-ups, programs, users; within each by id. One that
    waited for too long all the same is rolled back and refused with CONFLICT.
    """
    outer = _outer.get()
    try:
        async with _begun() as connection:
            changed = Changed(connection)
            token = _outer.set(changed)
            try:
                yield changed
            finally:
                _outer.reset(token)
            await changed._finish()
    except BUSY as error:
        raise busy() from error
    if outer is None:
        changed._announce()
    else:
        outer._heads |= changed._heads
        outer._users |= changed._users
        outer._whispers += changed._whispers


@asynccontextmanager
async def _begun() -> AsyncIterator[BaseDBAsyncClient]:
    """A transaction of Tortoise's, which always gives its pooled connection back.

    Tortoise 1.1.9 alone keeps it when BEGIN fails or is cancelled, as by a client who leaves in that moment: after as
    many of them as the pool is large, nobody would be served any more.
    """
    context = in_transaction("default")
    try:
        connection = await context.__aenter__()
    except BaseException:
        if isinstance(context, TransactionContextPooled) and context.client._connection is not None:
            try:
                await context.client._parent._pool.release(context.client._connection)
            finally:
                get_connections().reset(context.token)
        raise
    async with AsyncExitStack() as stack:
        stack.push_async_exit(context)
        yield connection
