"""Reading the activity log: one statement for all streams that anybody in this process wants read now."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from tortoise.connection import get_connection

from models.enums import ActivityKind, StreamKind
from pubsub.patience import FIRST_PAUSE, LONGEST_PAUSE, PASSING
from pubsub.streams import STREAM_CLOSED, STREAM_TABLES, LogRow, Scope, Stream

logger = logging.getLogger(__name__)

BATCH_ROWS = 100
"""Rows that one reading holds at most; the follower asks again for more."""

MAX_WANTS = 500
"""Wants that one statement serves at most."""


@dataclass(frozen=True, slots=True)
class Want:
    """A wish to read `stream` after number `after` (None: only its head) for whom `scope` names."""

    stream: Stream
    scope: Scope
    after: int | None


@dataclass(frozen=True, slots=True)
class Reading:
    """What one snapshot of the database held. `closed` means that `head` is the stream's last number; all numbers up to
    and including `floor` are pruned."""

    head: int
    floor: int
    closed: bool
    rows: Sequence[LogRow]


class Reader:
    """Serves wants together: those that come while a statement runs are gathered into the next one."""

    def __init__(self) -> None:
        self.statements = 0
        self._pending: list[tuple[Want, asyncio.Future[Reading | None]]] = []
        self._task: asyncio.Task[None] | None = None

    async def read(self, want: Want) -> Reading | None:
        """The want's reading; None when its scope does not reach the stream (any more)."""
        future: asyncio.Future[Reading | None] = asyncio.get_running_loop().create_future()
        self._pending.append((want, future))
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._serve(), name="activity-reader")
        return await future

    async def heads(self, wants: Sequence[Want]) -> list[int | None]:
        """The head of each want's stream, None where the scope does not reach it; no rows are read."""
        found: list[int | None] = [None] * len(wants)
        for statement, indexes in _by_rule(wants, _HEADS):
            for record in await self._fetch(statement, [wants[i] for i in indexes], with_after=False):
                found[indexes[record["ord"] - 1]] = record["head"]
        return found

    async def close(self) -> None:
        """Stop serving; whoever still waits is cancelled."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task}, timeout=0.5)
        for _, future in self._pending:
            future.cancel()
        self._pending.clear()

    async def _serve(self) -> None:
        pause = FIRST_PAUSE
        while self._pending:
            batch = [item for item in self._pending[:MAX_WANTS] if not item[1].done()]
            try:
                readings = await self._readings([want for want, _ in batch])
            except PASSING as error:
                logger.warning(
                    "The activity log cannot be read (%s); trying again in %.2f s.", type(error).__name__, pause
                )
                await asyncio.sleep(pause)
                pause = min(LONGEST_PAUSE, pause * 2)
                continue
            except Exception as error:  # handed to everybody who waits for this statement
                for _, future in batch:
                    if not future.done():
                        future.set_exception(error)
                readings = []
            pause = FIRST_PAUSE
            for (_, future), reading in zip(batch, readings, strict=False):
                if not future.done():
                    future.set_result(reading)
            self._pending = [item for item in self._pending if not item[1].done()]

    async def _readings(self, wants: Sequence[Want]) -> list[Reading | None]:
        readings: list[Reading | None] = [None] * len(wants)
        for statement, indexes in _by_rule(wants, _ROWS):
            rows: dict[int, list[LogRow]] = defaultdict(list)
            for record in await self._fetch(statement, [wants[i] for i in indexes], with_after=True):
                index = indexes[record["ord"] - 1]
                if readings[index] is None:
                    readings[index] = Reading(record["head"], record["floor"], record["closed"], rows[index])
                if record["number"] is not None:
                    rows[index].append(_log_row(record))
        return readings

    async def _fetch(self, statement: str, wants: Sequence[Want], *, with_after: bool) -> list[dict[str, Any]]:
        self.statements += 1
        values: list[Any] = [
            [want.stream.id for want in wants],
            [want.scope.viewer_id for want in wants],
            [want.scope.session_id for want in wants],
        ]
        if with_after:
            values.append([want.after for want in wants])
        return await get_connection("live").execute_query_dict(statement, values)


def _log_row(record: dict[str, Any]) -> LogRow:
    return LogRow(
        record["number"],
        ActivityKind(record["kind"]),
        record["subject_id"],
        record["actor_id"],
        record["occurred_at"],
    )


def _by_rule(wants: Sequence[Want], template: str) -> Iterable[tuple[str, list[int]]]:
    """The statements that serve these wants, each with the wants' places: one for each kind of stream and rule."""
    groups: dict[tuple[StreamKind, str], list[int]] = defaultdict(list)
    for index, want in enumerate(wants):
        groups[want.stream.kind, want.scope.rule].append(index)
    for (kind, rule), indexes in groups.items():
        yield template.format(table=STREAM_TABLES[kind], closed=STREAM_CLOSED[kind], rule=rule), indexes


_HEADS = """
SELECT want.ord, stream.activity_head AS head
FROM unnest($1::uuid[], $2::uuid[], $3::uuid[]) WITH ORDINALITY AS want(stream, viewer, session, ord)
JOIN {table} AS stream ON stream.id = want.stream AND ({rule})
"""

_ROWS = (
    """
SELECT want.ord, stream.activity_head AS head, stream.activity_floor AS floor, {closed} AS closed,
    log.number, log.kind, log.subject_id, log.actor_id, log.occurred_at
FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::bigint[]) WITH ORDINALITY
    AS want(stream, viewer, session, after, ord)
JOIN {table} AS stream ON stream.id = want.stream AND ({rule})
LEFT JOIN LATERAL (
    SELECT * FROM activity
    WHERE activity.stream_id = want.stream AND activity.number > want.after
    ORDER BY activity.number LIMIT """
    + str(BATCH_ROWS)
    + """
) AS log ON TRUE
ORDER BY want.ord, log.number
"""
)
