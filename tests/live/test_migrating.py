"""The next release's migrations run beside this release's workers, and nobody who writes has to wait for them."""

import asyncio
import shutil
import sys
from pathlib import Path

import asyncpg
import pytest

from models import migrating, migrations
from models.database import tortoise_config
from server.local.redis import LocalRedis
from tests.live.outcomes import PATIENCE, going_on
from tests.live.writers import Writer
from tests.servers import Databases, served_apart

EXPAND = """
ALTER TABLE matches ADD COLUMN weather text NOT NULL DEFAULT 'sunny';
ALTER TABLE posts ADD COLUMN weather text, ADD CONSTRAINT a_weather_is_a_word CHECK (length(weather) < 20) NOT VALID;
CREATE TABLE weathers (id uuid PRIMARY KEY, post_id uuid NOT NULL REFERENCES posts);
"""
VALIDATE = "ALTER TABLE posts VALIDATE CONSTRAINT a_weather_is_a_word"
INDEX = "CREATE INDEX CONCURRENTLY posts_by_weather ON posts (weather)"

pytestmark = pytest.mark.timeout(600)


@pytest.fixture
def next_release(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two more migrations, as the next release would bring them: one adds, one looks through what is there."""
    package = tmp_path / "migrations_of_the_next_release"
    shutil.copytree(Path(migrations.__file__).parent, package, ignore=shutil.ignore_patterns("__pycache__"))
    after = migrating.known_migrations()[-1]
    for name, atomic, statements in (("9998_expand", True, [EXPAND]), ("9999_look", False, [VALIDATE, INDEX])):
        operations = ", ".join(f"ops.RunSQL({each!r}, reverse_sql=ops.RunSQL.noop)" for each in statements)
        (package / f"{name}.py").write_text(
            "from tortoise import migrations\nfrom tortoise.migrations import operations as ops\n\n\n"
            f"class Migration(migrations.Migration):\n    dependencies = [('models', '{after}')]\n"
            f"    atomic = {atomic}\n    operations = [{operations}]\n"
        )
        after = name

    def config(url: str, **more: object) -> dict[str, object]:
        made = tortoise_config(url, **more)
        made["apps"]["models"]["migrations"] = package.name
        return made

    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(migrating, "tortoise_config", config)


async def test_pairs_write_on_while_a_backup_keeps_the_next_release_waiting(
    next_release: None, own_database: str, own_redis: LocalRedis
) -> None:
    """The migration wants a table that a long transaction reads: it gives way again and again, and whoever writes does
    not queue up behind it. Then it gets through, and the workers that know nothing of it go on."""
    async with served_apart(own_database, own_redis.url, workers=1, cost_burst="1000000000") as served:
        database = await asyncpg.connect(own_database)
        gave_way = asyncio.Event()

        async def upgrade(writers: list[Writer]) -> None:
            backup = await asyncpg.connect(own_database)
            try:
                async with backup.transaction():
                    await backup.execute("LOCK TABLE matches, posts IN ACCESS SHARE MODE")
                    running = asyncio.create_task(migrating.migrate(own_database, waiting=gave_way.set))
                    for _ in range(3):
                        gave_way.clear()
                        await gave_way.wait()
                        await _write_one_more(writers)
                    assert not running.done()
            finally:
                await backup.close()
            await running
            await _write_one_more(writers)
            await database.execute("SELECT weather FROM matches")

        try:
            await going_on(served, served.url, database, upgrade)
            assert await database.fetchval("SELECT count(*) FROM tortoise_migrations WHERE name > '9'") == 2
            assert await database.fetchval(
                "SELECT indisvalid FROM pg_index WHERE indexrelid = 'posts_by_weather'::regclass"
            )
        finally:
            await database.close()


async def _write_one_more(writers: list[Writer]) -> None:
    """Each has one more change acknowledged."""
    before = [len(writer.acknowledged) for writer in writers]
    async with asyncio.timeout(PATIENCE / 4):
        while any(len(writer.acknowledged) <= count for writer, count in zip(writers, before, strict=True)):  # noqa: ASYNC110
            await asyncio.sleep(0.05)


async def test_two_machines_that_migrate_at_once_take_turns(databases: Databases) -> None:
    """Each finds the database up to date in the end; none trips over what another has just made."""
    async with databases.fresh(migrated=False) as url:
        await asyncio.gather(*(_migrates_apart(url) for _ in range(2)))


async def _migrates_apart(url: str) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "server.cli", "migrate", env={"MENTORSHIP_DATABASE_URL": url}
    )
    assert await asyncio.wait_for(process.wait(), PATIENCE) == 0
