"""Who takes part where things break, and what must be true of it in the end: everybody heard of everything, once."""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from uuid import UUID

import asyncpg
import httpx

from tests.community import Community
from tests.live.client import Subscriber
from tests.live.pairs import Member, Sown, global_id, sow
from tests.live.writers import Writer
from tests.servers import Served

PAIRS = 3
SEED = 26
PATIENCE = 240.0
CALM_SECONDS = 60.0

NOUNS = {"POST": "Post", "COMMENT": "Comment", "STEP": "StepProgress", "MATCH": "Match"}

Logs = dict[UUID, list[tuple[int, str, str]]]


async def writers_of(
    pairs: Sequence[Sown], urls: Sequence[str], http: httpx.AsyncClient, database: asyncpg.Connection, seed: int
) -> list[Writer]:
    """Both members of each pair, with the ids of what they may write about."""
    made = []
    for number, pair in enumerate(pairs):
        rows = await database.fetch("SELECT id FROM step_progress WHERE match_id = $1 ORDER BY position", pair.match_id)
        steps, posts = [global_id("StepProgress", row["id"]) for row in rows], []
        for side, member in enumerate(pair.members):
            choose = random.Random(f"{seed} writer {number} {side}")
            made.append(Writer(pair, member, urls, http, choose, steps, posts))
    return made


def subscriber_of(pair: Sown, member: Member, urls: Sequence[str], http: httpx.AsyncClient, seed: int) -> Subscriber:
    """A member's app; one in four listens over server-sent events."""
    choose = random.Random(f"{seed} {member.user_id}")
    return Subscriber(pair, member, urls, http, choose, events=choose.random() < 0.25)


async def heads_of(database: asyncpg.Connection, pairs: Sequence[Sown]) -> dict[UUID, int]:
    """The last number of each pair's stream."""
    rows = await database.fetch(
        "SELECT id, activity_head FROM matches WHERE id = ANY($1)", [pair.match_id for pair in pairs]
    )
    return dict(rows)


async def logs_of(database: asyncpg.Connection, pairs: Sequence[Sown]) -> dict[UUID, list[tuple[int, str, str]]]:
    """Each pair's log as the database has it, after a look that its numbers have no hole."""
    logs = {}
    for match_id, head in (await heads_of(database, pairs)).items():
        rows = await database.fetch(
            "SELECT number, kind, subject_id FROM activity WHERE stream_id = $1 ORDER BY number", match_id
        )
        assert [row["number"] for row in rows] == list(range(1, head + 1)), "the log has a hole"
        logs[match_id] = [
            (row["number"], row["kind"], global_id(NOUNS[row["kind"].partition("_")[0]], row["subject_id"]))
            for row in rows
        ]
    return logs


def everybody_has_applied_the_log_once_and_in_order(subscribers: Sequence[Subscriber], logs: Logs) -> None:
    """What a member has applied is his pair's log, event by event; so nothing of another pair is among it either."""
    for each in subscribers:
        assert [tuple(heard[:3]) for heard in each.applied] == logs[each.pair.match_id], each.ends
        # graphql-ws takes an error for the operation's end, and does not come back from it.
        assert not any(end.startswith("failed") for end in each.ends), each.ends
    assert sum(each.duplicates + each.gaps + each.resyncs for each in subscribers) == 0


def every_acknowledged_change_is_in_the_log_once(writers: Sequence[Writer], logs: Logs) -> None:
    """A post or comment once, however often it was sent; an edit at least once, and at most once an attempt.

    Completing a step that is done already is acknowledged and changes nothing, so steps are told by the state alone.
    """
    for writer in writers:
        logged = Counter((kind, subject) for _, kind, subject in logs[writer.pair.match_id])
        acknowledged, attempts = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
        for ack in writer.acknowledged:
            acknowledged[ack.kind, ack.subject] += 1
            attempts[ack.kind, ack.subject] += ack.attempts
        for (kind, subject), times in acknowledged.items():
            if kind in ("POST_ADDED", "COMMENT_ADDED"):
                assert logged[kind, subject] == times == 1
            elif kind != "STEP_PROGRESSED":
                assert times <= logged[kind, subject] <= attempts[kind, subject]
    added = {ack.subject for writer in writers for ack in writer.acknowledged if ack.kind.endswith("_ADDED")}
    assert added == {subject for log in logs.values() for _, kind, subject in log if kind.endswith("_ADDED")}


async def going_on(
    served: Served, url: str, database: asyncpg.Connection, meanwhile: Callable[[list[Writer]], Awaitable[None]]
) -> list[Subscriber]:
    """Three pairs write and listen at `url` until `meanwhile` is over; each of the six hears of all, once, in order.

    One in three listens over server-sent events.
    """
    async with Community.on(served) as community, httpx.AsyncClient(timeout=5) as http, AsyncExitStack() as following:
        pairs = await sow(database, await community.pair(), PAIRS)
        writers = await writers_of(pairs, [url], http, database, SEED)
        members = [subscriber_of(pair, member, [url], http, SEED) for pair in pairs for member in pair.members]
        for number, each in enumerate(members):
            each.events = number % 3 == 2
            await each.fetch()
            await following.enter_async_context(each.following())
        over = asyncio.Event()
        writing = [asyncio.create_task(_write_until(over, writer)) for writer in writers]
        try:
            async with asyncio.timeout(PATIENCE):
                await asyncio.gather(*(each.reaches(1, PATIENCE) for each in members))
                await meanwhile(writers)
        finally:
            over.set()
            await asyncio.gather(*writing)  # each change is acknowledged, in the end
        heads = await heads_of(database, pairs)
        await asyncio.gather(*(each.reaches(heads[each.pair.match_id], CALM_SECONDS) for each in members))

        logs = await logs_of(database, pairs)
        everybody_has_applied_the_log_once_and_in_order(members, logs)
        every_acknowledged_change_is_in_the_log_once(writers, logs)
        assert all(len(writer.acknowledged) > 3 for writer in writers)
        return members


async def _write_until(over: asyncio.Event, writer: Writer) -> None:
    while not over.is_set():
        await writer.write()
        await asyncio.sleep(writer.choose.uniform(0.1, 0.5))
