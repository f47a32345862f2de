"""A transaction of one statement: for each of those who write at once a pair's next number, a row written under it, and
the row of the log, or nothing."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from tortoise.exceptions import IntegrityError, OperationalError

from models.enums import ActivityKind
from models.postgres import client
from pubsub import live
from pubsub.gathering import Together
from pubsub.streams import match_stream
from pubsub.transaction import BUSY, busy, in_a_transaction

Taken = tuple[UUID, int]
"""The match that was written into, and the number under which."""

MOST_AT_ONCE = 50
"""Rows that one statement writes at most, and so the matches that it holds until it has committed."""

GIVEN = {"place": "uuid", "author": "uuid", "id": "uuid", "at": "timestamptz"}
"""What every row has that is written this way, by its name in `want`, and its type: where it goes, who writes it, its
own id, and the time."""


class Append:
    """Writes rows of one kind, each with its number and its row of the log.

    `columns` gives a value in SQL for each column of `table`, from what is given for the row: `want.place` and the
    others of GIVEN, and of `given`, which are named with their types; `want.match_id` and `want.number`, which are
    taken. `match` is the match's id in SQL. `guard` is as for `Changed.take`; it may look at other rows only for what
    never changes. `also` is what else the match's row takes.
    """

    def __init__(
        self,
        table: str,
        columns: Mapping[str, str],
        kind: ActivityKind,
        *,
        given: dict[str, str],
        match: str,
        guard: str,
        also: str,
    ) -> None:
        given = GIVEN | given
        written = _STATEMENT.format(
            arrays=", ".join(f"${place}::{given[name]}[] AS {name}" for place, name in enumerate(given, 1)),
            lists=", ".join(f"given.{name}" for name in given),
            names=", ".join(given),
            table=table,
            columns=", ".join(columns),
            values=", ".join(columns.values()),
            kind=kind,
            match=match,
            guard=guard,
            also=also,
            skip="{skip}",
        )
        self.statement = written.format(skip="")
        """Waits for a match that somebody holds. A constant, so that PostgreSQL plans it once a connection."""
        self._passing_over = written.format(skip=" SKIP LOCKED")
        self._together: Together[Sequence[Any], Taken | None] = Together(self._write_together, most=MOST_AT_ONCE)

    async def __call__(self, *values: Any) -> Taken | None:
        """Write a row as a transaction of its own, or with others' rows, and announce its number once it has committed.

        None where the guard failed, and always within a transaction, which may yet be undone and announces by itself.
        Raises IntegrityError where the row runs into a constraint, Refused CONFLICT after too long a wait. In each of
        these cases nothing has happened.
        """
        if in_a_transaction():
            return None
        taken = await self._together.ask(values)
        return await self._write_alone(values) if taken is None else taken

    async def _write_together(self, asked: Sequence[Sequence[Any]]) -> Sequence[Taken | None]:
        """What several write who come in one turn of the event loop. Nobody waits here for a match that is held, nor is
        undone for good by another's row: who is left without a number writes alone, and so finds out why."""
        taken: list[Taken | None] = [None] * len(asked)
        # One row for each place: of two in one statement, the later one might be written, and the other after it.
        first = {values[0]: place for place, values in reversed(list(enumerate(asked)))}
        if len(first) == 1:
            return taken
        places = sorted(first.values())
        try:
            found = await _run(self._passing_over, [asked[place] for place in places])
        except (IntegrityError, OperationalError, *BUSY):
            return taken
        for place, each in zip(places, found, strict=True):
            taken[place] = each
        return taken

    async def _write_alone(self, values: Sequence[Any]) -> Taken | None:
        try:
            return (await _run(self.statement, [values]))[0]
        except BUSY as error:
            raise busy() from error


async def _run(statement: str, asked: Sequence[Sequence[Any]]) -> list[Taken | None]:
    found: list[Taken | None] = [None] * len(asked)
    columns = [list(column) for column in zip(*asked, strict=True)]
    for place, match_id, number in await client("default").execute_query_rows(statement, columns):
        found[place - 1] = match_id, number
        live.announce(match_stream(match_id), number)
    return found


# The rows of `want` are locked before anything is taken, so that those held by others can be passed over. OFFSET 0
# hides how many there are from the planner, which would plan anew for each number of them. `asked` stands apart since
# a row that waits for a lock carries all rows with it that it was joined from: there it would be all arrays.
_STATEMENT = """
WITH asked AS MATERIALIZED (
    SELECT want.* FROM (SELECT {arrays} OFFSET 0) AS given, unnest({lists}) WITH ORDINALITY AS want({names}, ord)
), want AS (
    SELECT want.*, matches.id AS match_id
    FROM asked AS want JOIN matches ON matches.id = {match}
    WHERE {guard}
    FOR NO KEY UPDATE OF matches{skip}
), took AS (
    UPDATE matches SET activity_head = activity_head + 1, {also}
    FROM want WHERE matches.id = want.match_id
    RETURNING want.*, activity_head AS number
), written AS (
    INSERT INTO {table} ({columns}) SELECT {values} FROM took AS want
), logged AS (
    INSERT INTO activity (stream_id, number, kind, subject_id, actor_id, occurred_at)
    SELECT want.match_id, want.number, '{kind}', want.id, want.author, want.at FROM took AS want
)
SELECT ord, match_id, number FROM took
"""
