"""Loading the demo community: once, whole, and never among real people."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import asyncpg
import pytest
from pydantic import ValidationError
from tortoise.context import TortoiseContext

from models.database import tortoise_config
from models.errors import ErrorCode, Refused
from resolvers import accounts
from server import demo
from server.demo.content import Content, read
from tests.community import Community
from tests.demo_pictures import COMMAND_SECONDS, CONTENT, PASSWORD, Demo, picture_of, rows_of
from tests.servers import CHECKOUT, Clock, Databases, served_here, settings_for


@pytest.fixture(scope="module")
async def loaded(databases: Databases, redis_url: str) -> AsyncIterator[Demo]:
    """A database with the demo community, and a server on it."""
    async with databases.fresh() as url:
        settings = settings_for(url, redis_url, demo=True)
        hint = await demo.load(settings, Clock().now)
        picture = await picture_of(url)
        async with served_here(settings) as running, Community.on(running) as people:
            yield Demo(people, picture, hint)


# ------------------------------------------------------------------------------ once, whole, never among real people


async def test_on_another_day_it_is_the_same_story_and_none_of_it_lies_ahead(
    loaded: Demo, databases: Databases, redis_url: str
) -> None:
    """Loaded in the first minute of a leap day, all ends the day before; the picture is the one of any other day."""
    midnight = datetime(2028, 2, 29, 0, 0, 30, tzinfo=UTC)
    async with databases.fresh() as url:
        await demo.load(settings_for(url, redis_url, demo=True), midnight)
        assert await picture_of(url) == loaded.picture
        happened = [row["occurred_at"] for row in (await rows_of(url))["activity"]]
    yesterday = datetime.combine(midnight.date() - timedelta(days=1), time(0), UTC)
    assert yesterday <= max(happened) < midnight


async def test_two_operators_at_once_get_one_community(loaded: Demo, databases: Databases, redis_url: str) -> None:
    """Both are told how to log in; who came second found it there. A third later changes nothing either."""
    async with databases.fresh() as url:
        settings = settings_for(url, redis_url, demo=True)
        now = Clock().now
        assert await asyncio.gather(demo.load(settings, now), demo.load(settings, now)) == [loaded.hint, loaded.hint]
        assert await picture_of(url) == loaded.picture
        before = await rows_of(url)
        assert await demo.load(settings, now + timedelta(days=3)) == loaded.hint
        assert await rows_of(url) == before


async def test_no_demo_people_come_among_real_ones(databases: Databases, redis_url: str) -> None:
    """Ann has an account, and somebody has set MENTORSHIP_DEMO by mistake: it is refused and nothing is written."""
    async with databases.fresh() as url:
        async with TortoiseContext() as context:
            await context.init(config=tortoise_config(url))
            await accounts.create_moderator(email="ann@example.org", name="Ann", password=PASSWORD, now=Clock().now)
        before = await rows_of(url)
        with pytest.raises(Refused) as refused:
            await demo.load(settings_for(url, redis_url, demo=True), Clock().now)
        assert refused.value.code == ErrorCode.CONFLICT
        assert "empty" in refused.value.message
        assert await rows_of(url) == before
        assert [user["name"] for user in before["users"]] == ["Ann"]


async def test_a_killed_load_leaves_nothing_and_the_next_completes_it(loaded: Demo, databases: Databases) -> None:
    """`mentorship demo` is killed when it has come to the first comment. The next one tells the whole story."""
    async with databases.fresh() as url:
        empty = await rows_of(url)
        killed = _command(url)
        try:
            await _until_it_writes(url, "comments", killed)
        finally:
            killed.send_signal(signal.SIGKILL)
            killed.communicate(timeout=COMMAND_SECONDS)
        assert killed.returncode == -signal.SIGKILL
        assert await rows_of(url) == empty

        again = _command(url)
        printed, complaints = await asyncio.to_thread(again.communicate, timeout=COMMAND_SECONDS)
        assert (again.returncode, complaints) == (0, "")
        assert printed.strip() == loaded.hint
        assert await picture_of(url) == loaded.picture


def _command(url: str) -> subprocess.Popen[str]:
    """`mentorship demo`, started."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MENTORSHIP_")}
    return subprocess.Popen(
        [sys.executable, "-m", "server.cli", "demo"],
        cwd=CHECKOUT,
        env=kept | {"MENTORSHIP_DATABASE_URL": url, "MENTORSHIP_DEMO": "true"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


async def _until_it_writes(url: str, table: str, process: subprocess.Popen[str]) -> None:
    """Wait until some transaction has written to a table and not ended."""
    connection = await asyncpg.connect(url)
    # A table has the same number in every database that was cut from the template.
    holds = """SELECT EXISTS (
        SELECT 1 FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database
        WHERE datname = current_database() AND relation = $1::regclass AND mode = 'RowExclusiveLock'
    )"""
    try:
        async with asyncio.timeout(COMMAND_SECONDS):
            while not await connection.fetchval(holds, table):
                assert process.poll() is None, process.communicate()
                await asyncio.sleep(0.005)
    finally:
        await connection.close()


# --------------------------------------------------------------------------------------------------------- its files


def test_a_field_that_has_no_place_is_named(tmp_path: Path) -> None:
    """Whoever writes more of the story and misspells a field learns where, and loses no words in silence."""
    for path in sorted(Path(demo.__file__).parent.glob("*.toml")):
        (tmp_path / path.name).write_text(path.read_text())
    assert read(tmp_path) == CONTENT
    people = tmp_path / "people.toml"
    people.write_text(people.read_text().replace("joined_days_ago", "joined_day_ago", 1))
    with pytest.raises(ValidationError, match=r"people\.\d+\.joined_day_ago"):
        read(tmp_path)


def test_nobody_outside_is_meant() -> None:
    """Addresses are of a domain that nobody can own, and no two people or groups share a name."""
    content: Content = CONTENT
    assert all(person.email.endswith("@demo.example") for person in content.people)
    for named in ([person.name for person in content.people], [group.slug for group in content.groups]):
        assert len(set(named)) == len(named)
