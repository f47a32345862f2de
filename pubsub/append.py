"""A transaction of one statement: a pair's next number, a row written under it, and the row of the log, or nothing."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from tortoise.connection import get_connection

from models.enums import ActivityKind
from pubsub import live
from pubsub.streams import match_stream
from pubsub.transaction import BUSY, busy, in_a_transaction


def appending(
    table: str, columns: Mapping[str, str], kind: ActivityKind, *, match: str, guard: str, also: str = ""
) -> str:
    """The statement for `append` that writes into `table`: a constant, so that PostgreSQL plans it once a connection.

    Its parameters: $2 who writes, $3 the id of the new row, $4 the time, and what the pieces name besides. `columns`
    gives a value in SQL for each column, in which `took.id` is the match and `took.activity_head` the number. `match`
    is the match's id in SQL. `guard` is as for `Changed.take`; it may look at other rows only for what never changes.
    `also` is what else the match's row takes.

    The UPDATE locks the row and takes the number; the rest sees it as `took`. All of it commits or nothing does, so a
    row that runs into a constraint leaves no hole in the stream.
    """
    return f"""
WITH took AS (
    UPDATE matches SET activity_head = activity_head + 1{also and ", "}{also}
    WHERE id = {match} AND {guard}
    RETURNING id, activity_head
), written AS (
    INSERT INTO {table} ({", ".join(columns)}) SELECT {", ".join(columns.values())} FROM took
), logged AS (
    INSERT INTO activity (stream_id, number, kind, subject_id, actor_id, occurred_at)
    SELECT took.id, took.activity_head, '{kind}', $3::uuid, $2::uuid, $4::timestamptz FROM took
)
SELECT id, activity_head FROM took
"""


async def append(statement: str, *values: Any) -> tuple[UUID, int] | None:
    """Run a statement of `appending` as a transaction of its own, and announce its number once it has committed.

    The match and the number; None where its guard failed, and always within a transaction, which may yet be undone and
    announces by itself. Raises IntegrityError where the row runs into a constraint, Refused CONFLICT after too long a
    wait. In each of these cases nothing has happened.
    """
    if in_a_transaction():
        return None
    try:
        rows = await get_connection("default").execute_query_dict(statement, list(values))
    except BUSY as error:
        raise busy() from error
    if not rows:
        return None
    match_id, number = rows[0]["id"], rows[0]["activity_head"]
    live.announce(match_stream(match_id), number)
    return match_id, number
