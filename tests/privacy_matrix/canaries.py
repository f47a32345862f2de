"""Canaries: a word of its own in each text that the database keeps, by which it is known wherever it turns up."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple
from uuid import UUID

import asyncpg

from models.base import Row
from schema.node import NODES
from tests.privacy_matrix.relations import Relations
from tests.privacy_matrix.rules import readers

PLAIN = """slug time_zone locale template_key match_weights state role kind focus languages availability first_day
    idempotency_key wished_sign_up_ids avoid_user_ids introduction_shared step_opening rule visibility end_reason
    subject_type reason decision"""
"""Columns with words of ours, names of the system's, or ids, which are told from each other as they are."""

ELSEWHERE = {
    "users.email": ["Viewer.email"],
    "users.password_hash": [],
    "users.device": ["DeviceSession.device"],  # which lies in his sessions, and those are no nodes
    "sign_ups.topics": ["SignUp.topics", "ShownSignUp.topics", "Introduction.shared"],
    "sign_ups.goals": ["SignUp.goals", "Introduction.text"],
    "sign_ups.experience": ["SignUp.experience", "ShownSignUp.experience", "Introduction.text"],
    "matches.introduction": ["Introduction.text"],
    "matches.first_question": ["Introduction.firstQuestion"],
    "matches.farewell": ["PairSpace.farewell"],
    "matches.end_feedback": [],
    "reports.decision_note": ["ReportReview.decisionNote"],
    "step_progress.mentor_guidance": ["StepProgress.guidance"],
    "step_progress.mentee_guidance": ["StepProgress.guidance"],
} | {
    f"check_ins.{side}_{column}": [f"CheckInAnswer.{field}"]
    for side in ("mentor", "mentee")
    for column, field in (("body", "body"), ("next_action", "nextAction"))
}
"""Columns that another field shows than the one of the same name; or none at all, and so nobody may read them."""

_FOUND = re.compile(r"canary[ _-]([a-z_]+)-([a-z_]+)-([0-9a-f]{32})")
_BORN = re.compile(r"(?<!\d)19[0-4]\d-\d\d-\d\d(?!\d)")
_FIRST_DAY = date(1940, 1, 1)


class Canary(NamedTuple):
    """Where a word came from."""

    column: str
    name: str
    """Of the type whose row it is."""
    key: UUID


async def let_loose(database: asyncpg.Connection) -> dict[str, UUID]:
    """Write one into each text of each node's row. The birth dates are all different, too: whose each is."""
    for name, model in NODES.items():
        table = model._meta.db_table
        if name not in ("ShownSignUp", "ReportItem"):  # the one is a part of a row; the other is sealed, see below
            for column, kind in await _texts(database, table):
                word = f"'canary-{table}-{column}-' || replace(id::text, '-', '')"
                value = f"array_append({column}, {word})" if kind == "ARRAY" else f"{word} || '@example.org'"
                await database.execute(f"UPDATE {table} SET {column} = {value} WHERE {column} IS NOT NULL")
    people = [row["id"] for row in await database.fetch("SELECT id FROM users ORDER BY id")]
    born = {_FIRST_DAY + timedelta(days=number): person for number, person in enumerate(people)}
    await database.executemany("UPDATE users SET birth_date = $1 WHERE id = $2", list(born.items()))
    return {day.isoformat(): person for day, person in born.items()}


async def seal(database: asyncpg.Connection) -> None:
    """One more item in each report that has any, with a canary: what is sealed takes none later on."""
    await database.execute(
        "INSERT INTO report_items (id, report_id, match_id, kind, item_id, author_id, body, written_at, edited_at)"
        " SELECT fresh, report_id, match_id, kind, item_id, author_id,"
        " 'canary-report_items-body-' || replace(fresh::text, '-', ''), written_at, edited_at FROM (SELECT DISTINCT ON"
        " (report_id) report_id, match_id, kind, gen_random_uuid() AS item_id, author_id, written_at, edited_at,"
        " gen_random_uuid() AS fresh FROM report_items) AS one"
    )


async def _texts(database: asyncpg.Connection, table: str) -> list[tuple[str, str]]:
    rows = await database.fetch(
        "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = $1"
        " AND data_type IN ('text', 'character varying', 'ARRAY', 'jsonb') AND is_generated = 'NEVER'",
        table,
    )
    return [(row["column_name"], row["data_type"]) for row in rows if row["column_name"] not in PLAIN.split()]


def shown_by(column: str, model: type[Row]) -> list[tuple[str, str]]:
    """The fields that show a column: those named in ELSEWHERE, or the one of the same name."""
    first, *rest = column.partition(".")[2].split("_")
    named = ELSEWHERE.get(column, [f"{model.__name__}.{first}{''.join(map(str.capitalize, rest))}"])
    return [(each.partition(".")[0], each.partition(".")[2]) for each in named]


def escaped(text: str, born: dict[str, UUID], person: UUID | None, relations: Relations) -> Iterator[Canary]:
    """The canaries in an answer to this person that the table keeps from him."""
    tables = {model._meta.db_table: name for name, model in NODES.items() if name != "ShownSignUp"}
    for table, column, key in set(_FOUND.findall(text)):
        canary = Canary(f"{table}.{column}", tables[table], UUID(hex=key))
        if not _may_know(canary, person, relations):
            yield canary
    for day in set(_BORN.findall(text)):
        if day in born and born[day] != person:
            yield Canary("users.birth_date", "User", born[day])


def _may_know(canary: Canary, person: UUID | None, relations: Relations) -> bool:
    for type_name, field in shown_by(canary.column, NODES[canary.name]):
        things = [(type_name if type_name in NODES else canary.name, canary.key)]
        if type_name == "Introduction" and canary.name == "SignUp":  # and the farewell quotes it once more
            things = [("Match", match) for match in relations.matches_of(canary.key)]
        if any(readers(type_name, field) & relations.of(person, *thing) for thing in things):
            return True
    return False
