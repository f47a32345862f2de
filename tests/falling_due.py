"""What falls due in stories: a ticker that ticks when told, and pairs by the hundred."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from uuid import UUID

import asyncpg

from schema.node import parse_id
from server.jobs import Job, Ticker, jobs_of
from server.settings import Settings
from tests.community import Community, Pair
from tests.invariants import invariants
from tests.servers import Served

ONCE = [("MATCH_CHANGED", None)]
"""The whole log of a match that expired before anybody said a word."""

_USERS = """
INSERT INTO users (id, email, password_hash, name, birth_date, time_zone, locale, is_moderator, created_at,
    activity_head, activity_floor)
SELECT gen_random_uuid(), gen_random_uuid() || '@example.org', '-', 'Crowd', birth_date, time_zone, locale, FALSE,
    created_at, 0, 0
FROM users, generate_series(1, $2) WHERE users.id = $1 RETURNING id
"""
_MEMBERSHIPS = """
INSERT INTO memberships (id, group_id, user_id, role, joined_at)
SELECT gen_random_uuid(), group_id, person, 'MEMBER', programs.created_at
FROM programs, unnest($2::uuid[]) AS person WHERE programs.id = $1
"""
_SIGN_UPS = """
INSERT INTO sign_ups (id, program_id, user_id, role, state, topics, goals, languages, time_zone, capacity,
    open_matches, waiting_since, created_at)
SELECT gen_random_uuid(), program_id, person, role, state, topics, goals, languages, time_zone, capacity, open_matches,
    waiting_since, created_at
FROM sign_ups, unnest($2::uuid[]) AS person WHERE sign_ups.id = $1 RETURNING id
"""
_MATCHES = """
INSERT INTO matches (id, program_id, mentor_id, mentee_id, mentor_sign_up_id, mentee_sign_up_id, state, mentor_reads,
    mentee_reads, introduction, introduction_shared, first_question, started_at, activity_head, activity_floor)
SELECT gen_random_uuid(), program_id, mentor, mentee, offer, seek, 'INTRODUCED', TRUE, TRUE, introduction,
    introduction_shared, first_question, started_at, 0, 0
FROM matches, unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[]) AS pair(mentor, mentee, offer, seek)
WHERE matches.id = $1 RETURNING id
"""


def id_of(global_id: str) -> UUID:
    """The database's id of what the API names so."""
    parsed = parse_id(global_id)
    assert parsed is not None
    return parsed[1]


def ticker_on(served: Served, *kinds: str) -> Ticker:
    """Jobs of these kinds, or all, in this process and by the server's clock; they do what is due at `tick()`."""
    return Ticker([job for job in jobs_of(Settings()) if job.kind in kinds or not kinds], served.clock)


async def pairs_like(community: Community, pair: Pair, many: int) -> list[UUID]:
    """The match ids of `many` more pairs, of people of their own, in the program of a pair that is INTRODUCED."""
    database = community.database
    mentors, mentees = [
        [row["id"] for row in await database.fetch(_USERS, id_of(person.id), many)]
        for person in (pair.mentor, pair.mentee)
    ]
    await database.execute(_MEMBERSHIPS, id_of(pair.program), mentors + mentees)
    offers, seeks = [
        [row["id"] for row in await database.fetch(_SIGN_UPS, id_of(pair.sign_ups[role]), people)]
        for role, people in (("MENTOR", mentors), ("MENTEE", mentees))
    ]
    rows = await database.fetch(_MATCHES, id_of(pair.id), mentors, mentees, offers, seeks)
    return [row["id"] for row in rows]


async def states(community: Community) -> dict[UUID, str]:
    """The state of each match there is."""
    return dict(await community.database.fetch("SELECT id, state FROM matches"))


async def last_words(community: Community, match_id: UUID) -> list[tuple[str, UUID | None]]:
    """A match's whole log: what happened, and who said so."""
    rows = await community.database.fetch(
        "SELECT kind, actor_id FROM activity WHERE stream_id = $1 ORDER BY number", match_id
    )
    return [tuple(row) for row in rows]


async def fresh_pair(served: Served, community: Community) -> Pair:
    """A new pair, when nothing that earlier stories left is due any more."""
    served.clock.advance(days=15)
    while await ticker_on(served, "expire-match").tick():
        pass
    return await community.pair()


@asynccontextmanager
async def held(served: Served, pair: Pair) -> AsyncIterator[None]:
    """Whoever ends a match of this pair's program gets as far as the program's row, and waits until the block ends."""
    holder = await asyncpg.connect(served.database_url)
    try:
        await holder.execute("BEGIN")
        await holder.execute("SELECT 1 FROM programs WHERE id = $1 FOR UPDATE", id_of(pair.program))
        yield
    finally:
        await holder.close()


async def each_expired_once(community: Community, match_ids: Sequence[UUID]) -> None:
    """All of them are EXPIRED, each was said so once, and nothing else is broken."""
    found = await states(community)
    assert {found[match_id] for match_id in match_ids} == {"EXPIRED"}
    for match_id in match_ids:
        assert await last_words(community, match_id) == ONCE
    await invariants(community.database)


async def failures(community: Community) -> list[tuple[UUID, int]]:
    """The items that are held back, and how often each was tried."""
    rows = await community.database.fetch("SELECT item_id, attempts FROM job_failures ORDER BY next_try_at, item_id")
    return [tuple(row) for row in rows]


async def none_left(community: Community) -> None:
    """Return as soon as no match is INTRODUCED."""
    async with asyncio.timeout(30):
        while "INTRODUCED" in (await states(community)).values():  # noqa: ASYNC110
            await asyncio.sleep(0.1)


class Chore:
    """A job with one item that is always due."""

    def __init__(self, kind: str, *, seconds: float = 0.0, broken: bool = False) -> None:
        self.runs = 0
        self._seconds = seconds
        self._broken = broken
        self.job = Job(kind, self.due, self.run)

    async def due(self, now: datetime, limit: int) -> list[UUID]:
        if self._broken:
            raise ValueError("what is due cannot be found out")
        return [UUID(int=7)]

    async def run(self, item_id: UUID, now: datetime) -> bool:
        await asyncio.sleep(self._seconds)
        self.runs += 1
        return True
