"""Who takes part where things break, and what must be true of it in the end: everybody heard of everything, once."""

import random
from collections import Counter
from collections.abc import Sequence
from uuid import UUID

import asyncpg
import httpx

from tests.live.client import Subscriber
from tests.live.pairs import Member, Sown, global_id
from tests.live.writers import Writer

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
