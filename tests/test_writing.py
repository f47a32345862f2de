"""Writing in one statement: what it costs, that and that it costs no more in a long thread."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from uuid_utils.compat import uuid7

from resolvers import comments, messages, posts
from tests.community import Community, Pair, Person
from tests.documents import (
    COMMENT,
    CREATE_COMMENT,
    CREATE_POST,
    END_MATCH,
    MESSAGE,
    POST,
    SEND_MESSAGE,
    SPACE,
)
from tests.invariants import invariants
from tests.live.pairs import key_of
from tests.racing import until_waiting
from tests.statements import counted

KINDS = ("post", "comment", "message")
STATEMENTS = {"post": posts.POST, "comment": comments.COMMENT, "message": messages.MESSAGE}


@dataclass
class Thread:
    """A pair under way, with one post, and how to write into it."""

    pair: Pair
    post: str

    async def write(self, person: Person, kind: str, **more: Any) -> dict[str, Any]:
        """Write a post, a comment or a message; its row as it was answered."""
        document, place = self.place(kind)
        return (await person.do(document, input=place | {"body": "Words"} | more))[kind]

    def place(self, kind: str) -> tuple[str, dict[str, str]]:
        """The mutation, and where it goes."""
        if kind == "comment":
            return CREATE_COMMENT, {"postId": self.post}
        return CREATE_POST if kind == "post" else SEND_MESSAGE, {"matchId": self.pair.id}


@pytest.fixture
async def thread(community: Community) -> AsyncIterator[Thread]:
    pair = await community.pair()
    post = (await pair.mentee.do(CREATE_POST, input={"matchId": pair.id, "body": "Hello"}))["post"]["id"]
    yield Thread(pair, post)


@pytest.mark.parametrize("kind", KINDS)
async def test_writing_is_one_statement_that_numbers_writes_and_logs(thread: Thread, kind: str) -> None:
    for more in ({}, {"idempotencyKey": f"k-{kind}"}):
        with counted() as statements:
            await thread.write(thread.pair.mentor, kind, **more)
        theirs = [each for each in statements if "want.ord" not in each]  # not who asks, and live delivery's ticks
        assert len([each for each in theirs if re.search("INSERT|UPDATE", each)]) == 1
        assert len(theirs) <= 4, "the writing, and what the answer shows of others"


@pytest.mark.parametrize("kind", KINDS)
async def test_what_is_answered_is_what_is_in_the_database(thread: Thread, kind: str) -> None:
    """The row is not read back, so the answer must be what a read of it gives, field for field."""
    fields = {"post": POST, "comment": COMMENT, "message": MESSAGE}[kind]
    again = f"query($id: ID!) {{ node(id: $id) {{ ... on {kind.title()} {fields.removeprefix(kind)} }} }}"
    answered = await thread.write(thread.pair.mentor, kind, idempotencyKey="k")
    assert await thread.pair.mentor.do(again, id=answered["id"]) == answered


@pytest.mark.parametrize("kind", KINDS)
async def test_who_waited_for_the_end_is_refused_and_takes_no_number(
    community: Community, thread: Thread, kind: str
) -> None:
    """The match ends while Maya's statement waits for its row: she meets the match as it is, not as it was."""
    pair = thread.pair
    document, place = thread.place(kind)
    holder = await asyncpg.connect(community.served.database_url)
    try:
        async with holder.transaction():
            await holder.execute("SELECT 1 FROM matches FOR UPDATE")
            ending = asyncio.create_task(pair.mentee.do(END_MATCH, input={"matchId": pair.id, "reason": "OTHER"}))
            await until_waiting(community, 1)
            writing = asyncio.create_task(pair.mentor.refused(document, input=place | {"body": "Too late"}))
            await until_waiting(community, 2)
    finally:
        await holder.close()
    await ending
    assert (await writing)["code"] == "READ_ONLY"
    await invariants(community.database)


async def test_a_step_of_another_pair_is_none_of_this_one(community: Community, thread: Thread) -> None:
    other = await community.pair("Nia", "Olu")
    theirs = (await other.mentor.do(SPACE, id=other.id))["space"]["steps"][0]["id"]
    async with community.nothing_changes():
        given = {"matchId": thread.pair.id, "body": "Hi", "stepProgressId": theirs}
        error = await thread.pair.mentor.refused(CREATE_POST, input=given)
        assert (error["code"], error["path"]) == ("NOT_FOUND", ["input", "stepProgressId"])
    mine = (await thread.pair.mentor.do(SPACE, id=thread.pair.id))["space"]["steps"][0]["id"]
    assert (await thread.write(thread.pair.mentor, "post", stepProgressId=mine))["stepProgress"]["id"] == mine


@pytest.mark.parametrize("kind", KINDS)
async def test_writing_reads_as_much_in_a_thread_ten_times_as_long(
    community: Community, thread: Thread, kind: str
) -> None:
    """PostgreSQL's own count of the pages that the statement touches; an index may have become one level deeper."""
    few = await pages(community, thread, kind, grow_to=2_000)
    many = await pages(community, thread, kind, grow_to=20_000)
    assert few > 10
    assert many <= few + 4, f"{few} pages, then {many}"


async def pages(community: Community, thread: Thread, kind: str, *, grow_to: int) -> int:
    """Make the thread that long, and count what one more costs, in a transaction that is undone."""
    database, match_id = community.database, key_of(thread.pair.id)
    author, place = key_of(thread.pair.mentor.id), key_of(thread.post if kind == "comment" else thread.pair.id)
    await grow(database, match_id, kind, key_of(thread.post), grow_to)
    values = [[place], [author], [uuid7()], [datetime.now(UTC)], ["Words"], ["a key of its own"], [b"digest"]]
    if kind == "post":
        values.append([None])
    explain = f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {STATEMENTS[kind].append.statement}"
    found = []
    for _ in range(3):  # the first one to look at a page may have to tidy it up
        undone = database.transaction()
        await undone.start()
        try:
            (plan,) = json.loads(await database.fetchval(explain, *values))
        finally:
            await undone.rollback()
        assert plan["Plan"]["Actual Rows"] == 1
        # The plan counts what it waits for, and the two INSERTs beside it are run after that.
        parts = [each for each in plan["Plan"]["Plans"] if each.get("Subplan Name") in ("CTE written", "CTE logged")]
        assert len(parts) == 2
        found.append(sum(each["Shared Hit Blocks"] + each["Shared Read Blocks"] for each in (plan["Plan"], *parts)))
    return min(found)


async def grow(database: asyncpg.Connection, match_id: UUID, kind: str, post_id: UUID, to: int) -> None:
    """Fill a thread up to so many of a kind, all by the mentee, with their numbers, rows of the log and counts."""
    table, own = f"{kind}s", (", post_id", f", '{post_id}'") if kind == "comment" else ("", "")
    count = to - await database.fetchval(f"SELECT count(*) FROM {table} WHERE match_id = $1", match_id)
    head = await database.fetchval("SELECT activity_head FROM matches WHERE id = $1", match_id)
    author = "(SELECT mentee_id FROM matches WHERE id = $1)"
    await database.execute(
        f"INSERT INTO {table} (id, match_id, author_id, number, body, created_at{own[0]})"
        f" SELECT gen_random_uuid(), $1, {author}, n, 'Words', now(){own[1]} FROM generate_series($2::int, $3) AS n",
        match_id, head + 1, head + count,
    )  # fmt: skip
    await database.execute(
        "INSERT INTO activity (stream_id, number, kind, subject_id, actor_id, occurred_at) SELECT match_id, number, $2,"
        f" id, author_id, created_at FROM {table} WHERE match_id = $1 AND number > $3",
        match_id, f"{kind.upper()}_ADDED", head,
    )  # fmt: skip
    more = "" if kind == "comment" else f", mentor_unread_{table} = mentor_unread_{table} + $2"
    await database.execute(
        f"UPDATE matches SET activity_head = activity_head + $2{more} WHERE id = $1", match_id, count
    )
    for each in (table, "activity", "matches"):
        await database.execute(f"VACUUM ANALYZE {each}")
