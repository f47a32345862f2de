"""Many pairs at once, cut in SQL from one pair that was made through the API: registering hashes passwords, slowly."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
from uuid_utils.compat import uuid7

from pubsub.streams import Stream, match_stream
from resolvers.tokens import Tokens
from schema.node import parse_id
from tests.community import Pair
from tests.servers import SECRET_KEY

TOKENS = Tokens([SECRET_KEY], access_seconds=86_400)


@dataclass(frozen=True)
class Member:
    """One of the two, signed in for a day."""

    user_id: UUID
    token: str


@dataclass(frozen=True)
class Sown:
    """A fresh pair, INTRODUCED, with its own copy of the steps and nothing in its log."""

    match_id: UUID
    mentor: Member
    mentee: Member

    @property
    def id(self) -> str:
        """The match's global id."""
        return global_id("Match", self.match_id)

    @property
    def stream(self) -> Stream:
        """The stream of the pair's space."""
        return match_stream(self.match_id)

    @property
    def members(self) -> tuple[Member, Member]:
        """The two."""
        return self.mentor, self.mentee


def global_id(name: str, key: UUID) -> str:
    """The id under which clients know a row of the type called `name`."""
    return base64.urlsafe_b64encode(f"{name}:{key.hex}".encode()).decode().rstrip("=")


def key_of(value: str) -> UUID:
    """The key in a global id."""
    parsed = parse_id(value)
    assert parsed is not None, value
    return parsed[1]


async def sow(database: asyncpg.Connection, model: Pair, count: int) -> list[Sown]:
    """So many pairs of people of their own, in the group and the program of `model`, which stays as it is."""
    match = await database.fetchrow("SELECT * FROM matches WHERE id = $1", key_of(model.id))
    assert match is not None and match["activity_head"] == 0, "the model must be fresh"
    people = {side: [(uuid7(), uuid7()) for _ in range(count)] for side in ("mentor", "mentee")}
    made_matches = [uuid7() for _ in range(count)]
    async with database.transaction():
        for side, made in people.items():
            await _person(database, match[f"{side}_id"], match[f"{side}_sign_up_id"], made)
        changes = [
            {
                "id": match_id,
                "mentor_id": mentor,
                "mentor_sign_up_id": offer,
                "mentee_id": mentee,
                "mentee_sign_up_id": search,
            }
            for match_id, (mentor, offer), (mentee, search) in zip(made_matches, *people.values(), strict=True)
        ]
        await _copy(database, "matches", match["id"], changes)
        for (step_id,) in await database.fetch("SELECT id FROM step_progress WHERE match_id = $1", match["id"]):
            await _copy(
                database, "step_progress", step_id, [{"id": uuid7(), "match_id": each} for each in made_matches]
            )
        sides = [[await signed_in(database, user_id) for user_id, _ in made] for made in people.values()]
    return [Sown(match_id, *two) for match_id, *two in zip(made_matches, *sides, strict=True)]


async def _person(
    database: asyncpg.Connection, user_id: UUID, sign_up_id: UUID, made: Sequence[tuple[UUID, UUID]]
) -> None:
    users = [{"id": new, "email": f"{new}@example.org", "unread_notifications": 0} for new, _ in made]
    await _copy(database, "users", user_id, users)
    (membership,) = await database.fetchrow("SELECT id FROM memberships WHERE user_id = $1", user_id)
    await _copy(database, "memberships", membership, [{"id": uuid7(), "user_id": new} for new, _ in made])
    await _copy(database, "sign_ups", sign_up_id, [{"id": sign_up, "user_id": new} for new, sign_up in made])


async def _copy(database: asyncpg.Connection, table: str, original: UUID, changes: Sequence[dict[str, Any]]) -> None:
    await database.execute(
        f"INSERT INTO {table} SELECT (jsonb_populate_record(original, change)).*"
        f" FROM {table} AS original, jsonb_array_elements($2::jsonb) AS change WHERE original.id = $1",
        original,
        json.dumps(changes, default=str),
    )


async def signed_in(database: asyncpg.Connection, user_id: UUID) -> Member:
    """The person, with a new session."""
    session_id, now = uuid7(), datetime.now(UTC) - timedelta(seconds=1)
    await database.execute(
        "INSERT INTO sessions (id, user_id, created_at) VALUES ($1, $2, $3)", session_id, user_id, now
    )
    return Member(user_id, TOKENS.sign(user_id, session_id, now)[0])
