"""What the demo's tests share: a picture of all that it holds, and the way in for its people."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import asyncpg

from server.demo.content import Pair, read
from tests.community import Community, Person
from tests.documents import LOG_IN

PASSWORD = "demo-demo-demo"
COMMAND_SECONDS = 240
CONTENT = read()

BY_THE_CLOCKS = ("check_in_weekday", "mentor_due_at", "mentee_due_at", "tell_at", "next_check_in_at")
"""Columns that follow people's own clocks, which show another weekday and another season at another load."""

Picture = dict[str, list[dict[str, Any]]]


async def rows_of(url: str) -> Picture:
    """Every table as it is."""
    connection = await asyncpg.connect(url)
    try:
        tables = await connection.fetch(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'tortoise_migrations'"
        )
        return {table: [dict(row) for row in await connection.fetch(f"SELECT * FROM {table}")] for (table,) in tables}
    finally:
        await connection.close()


async def picture_of(url: str) -> Picture:
    """What the tables tell, the same for every load: ids by their order, times from the first day on, no hashes."""
    rows = await rows_of(url)
    names: dict[UUID, str] = {}
    for table, found in rows.items():
        ids = sorted(row["id"] for row in found if "id" in row)
        names |= {row_id: f"{table} {number}" for number, row_id in enumerate(ids)}
    first = min(row["created_at"] for row in rows["users"])

    def plain(column: str, value: object) -> object:
        if column in ("password_hash", "token_hash", *BY_THE_CLOCKS):
            return None
        if isinstance(value, UUID):
            return names[value]
        if isinstance(value, list):
            return [plain(column, each) for each in value]
        if isinstance(value, datetime):
            return value - first
        return value - first.date() if column != "birth_date" and isinstance(value, date) else value

    told = {
        table: [{column: plain(column, value) for column, value in row.items()} for row in found]
        for table, found in rows.items()
    }
    return {table: sorted(found, key=repr) for table, found in told.items()}


@dataclass(frozen=True)
class Demo:
    """The demo community, served in this process, and the picture of how it was when it had just been loaded."""

    people: Community
    picture: Picture
    hint: str

    async def log_in(self, key: str) -> Person:
        """One of its people, logged in with the password that everybody knows."""
        person = next(each for each in CONTENT.people if each.key == key)
        made = await self.people.nobody.do(LOG_IN, input={"email": person.email, "password": PASSWORD})
        session = made["session"]
        return Person(
            person.name, self.people.served, self.people.http, made["user"]["id"], person.email, session["accessToken"]
        )


def pair(key: str) -> Pair:
    """What the files say of a pair."""
    return next(each for each in CONTENT.pairs if each.key == key)
