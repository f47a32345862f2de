"""Reading the activity log: one statement for all streams that anybody in this process wants read now."""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from models.enums import ActivityKind, StreamKind
from models.postgres import client
from pubsub.gathering import Gatherer
from pubsub.patience import patiently
from pubsub.streams import STREAM_CLOSED, STREAM_TABLES, LogRow, Scope, Stream

BATCH_ROWS = 100
"""Rows that one reading holds at most; the follower asks again for more."""

MAX_WANTS = 500
"""Wants that one statement serves at most."""

MAX_ROWS = 2_000
"""Rows that one statement brings at most, but one for each want."""


@dataclass(frozen=True, slots=True)
class Want:
    """A wish to read at most `limit` numbers of `stream` after `after` (None: only its head) for whom `scope` names."""

    stream: Stream
    scope: Scope
    after: int | None
    limit: int = BATCH_ROWS


@dataclass(frozen=True, slots=True)
class Reading:
    """What one snapshot of the database held. `closed` means that `head` is the stream's last number; all numbers up to
    and including `floor` are pruned."""

    head: int
    floor: int
    closed: bool
    rows: Sequence[LogRow]


class Reader:
    """Serves wants together. `statements` counts what it has asked the database."""

    def __init__(self) -> None:
        self.statements = 0
        self._gatherer: Gatherer[Want, Reading | None] = Gatherer(self.read_all, most=MAX_WANTS)

    async def read(self, want: Want) -> Reading | None:
        """The want's reading; None when its scope does not reach the stream (any more)."""
        return await self._gatherer.ask(want)

    async def read_all(self, wants: Sequence[Want]) -> list[Reading | Exception | None]:
        """The readings of many wants, one statement a kind of stream; tried anew for as long as the database is away.

        An error of another kind is the answer to all whom its statement was to serve.
        """
        readings: list[Reading | Exception | None] = [None] * len(wants)
        # No more rows than that are in memory at once, however many have much to catch up with.
        share = max(1, MAX_ROWS // max(1, len(wants)))
        for statement, indexes in _by_rule(wants, _ROWS):
            asked = [wants[i] for i in indexes]
            try:
                records = await patiently(partial(self._fetch, statement, asked, share), seconds=math.inf)
            except Exception as error:
                for index in indexes:
                    readings[index] = error
                continue
            rows: dict[int, list[LogRow]] = defaultdict(list)
            for record in records:
                index = indexes[record["ord"] - 1]
                if readings[index] is None:
                    readings[index] = Reading(record["head"], record["floor"], record["closed"], rows[index])
                if record["number"] is not None:
                    rows[index].append(_log_row(record))
        return readings

    async def heads(self, wants: Sequence[Want]) -> list[tuple[int, int | None]]:
        """Of the wants whose stream's head is not at `after`, the place and the head: None where the scope ends.

        Those for whom all is as they know it, nearly all of them, cost no line of the answer.
        """
        found: list[tuple[int, int | None]] = []
        for statement, indexes in _by_rule(wants, _HEADS):
            records = await self._fetch(statement, [wants[i] for i in indexes])
            found += [(indexes[record["ord"] - 1], record["head"]) for record in records]
        return found

    async def close(self) -> None:
        """Stop serving; whoever still waits is cancelled."""
        await self._gatherer.close()

    async def _fetch(self, statement: str, wants: Sequence[Want], share: int | None = None) -> Sequence[Any]:
        self.statements += 1
        values: list[Any] = [
            [want.stream.id for want in wants],
            [want.scope.viewer_id for want in wants],
            [want.scope.session_id for want in wants],
            [want.after for want in wants],
        ]
        if share is not None:
            values.append([min(want.limit, share) for want in wants])
        return await client("live").execute_query_rows(statement, values)


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


# OFFSET 0 has each stream and session looked up by its key. Joined, the whole of a table that is not large is read.
_HEADS = """
SELECT want.ord, stream.activity_head AS head
FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::bigint[]) WITH ORDINALITY
    AS want(stream, viewer, session, after, ord)
LEFT JOIN LATERAL (
    SELECT activity_head FROM {table} AS stream WHERE stream.id = want.stream AND ({rule}) OFFSET 0
) AS stream ON TRUE
WHERE stream.activity_head IS DISTINCT FROM want.after
"""

_ROWS = """
SELECT want.ord, stream.activity_head AS head, stream.activity_floor AS floor, {closed} AS closed,
    log.number, log.kind, log.subject_id, log.actor_id, log.occurred_at
FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::bigint[], $5::bigint[]) WITH ORDINALITY
    AS want(stream, viewer, session, after, most, ord)
JOIN LATERAL (
    SELECT * FROM {table} AS stream WHERE stream.id = want.stream AND ({rule}) OFFSET 0
) AS stream ON TRUE
LEFT JOIN LATERAL (
    SELECT * FROM activity
    WHERE activity.stream_id = want.stream AND activity.number > want.after
        AND activity.number <= want.after + want.most
    ORDER BY activity.number
) AS log ON TRUE
ORDER BY want.ord, log.number
"""
