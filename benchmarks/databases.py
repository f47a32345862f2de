"""PostgreSQL and Redis for a run, and databases cut from a template that holds the data set, which is kept."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import redis

from benchmarks import dataset
from benchmarks.community import Size
from server.local.postgres import LocalPostgres
from server.local.redis import LocalRedis

CHECKOUT = Path(__file__).resolve().parents[1]
PLACE = CHECKOUT / ".data" / "benchmarks"
SETTINGS = {
    # Enough for the data set. Commits wait for the disk: fsync and synchronous_commit stay on, as in production.
    "shared_buffers": "512MB",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "30min",
    "autovacuum": "off",
}
"""What differs from PostgreSQL's defaults: no checkpoint or vacuum falls into one server's time and not another's."""


@dataclass(frozen=True)
class Servers:
    """A PostgreSQL on which databases may be made, and a Redis."""

    postgres_url: str
    redis_url: str
    pids: tuple[int, int]

    def named(self, name: str) -> str:
        """The address of a database."""
        return self.postgres_url.rpartition("/")[0] + "/" + name

    async def template(self, size: Size) -> str:
        """The name of a database that holds the data set, for `fresh` to copy: this week's, made if it is not there."""
        monday = _monday()
        name = f"bench_template_{_fingerprint(size, monday)}"
        found = {row["datname"] for row in await self._run("SELECT datname FROM pg_database")}
        for other in sorted(found):
            if other.startswith("bench_") and other != name:
                await self._run(f"DROP DATABASE {other} WITH (FORCE)")
        if name not in found:
            # Under another name until it is whole.
            await self._run("CREATE DATABASE bench_filling")
            await dataset.load(self.named("bench_filling"), size, monday)
            await self._run(f"ALTER DATABASE bench_filling RENAME TO {name}")
        return name

    @asynccontextmanager
    async def fresh(self, template: str) -> AsyncIterator[str]:
        """The URL of a copy of the template, dropped in the end."""
        await self._run("DROP DATABASE IF EXISTS bench_run WITH (FORCE)")
        await self._run(f"CREATE DATABASE bench_run TEMPLATE {template} STRATEGY FILE_COPY")
        try:
            yield self.named("bench_run")
        finally:
            await self._run("DROP DATABASE bench_run WITH (FORCE)")

    async def _run(self, statement: str) -> list[asyncpg.Record]:
        connection = await asyncpg.connect(self.postgres_url)
        try:
            return await connection.fetch(statement)
        finally:
            await connection.close()

    def versions(self) -> dict[str, str]:
        """What the two call themselves."""
        with redis.Redis.from_url(self.redis_url) as client:
            told = client.info("server")
        return {
            "PostgreSQL": str(asyncio.run(self._run("SHOW server_version"))[0][0]),
            str(told.get("server_name", "redis")).capitalize(): told.get("valkey_version", told["redis_version"]),
        }


@contextmanager
def servers() -> Iterator[Servers]:
    """Both servers, stopped in the end. The cluster is kept for the next run."""
    postgres = LocalPostgres.start(PLACE / "postgres")
    try:
        if asyncio.run(_configure(postgres.url)):
            postgres.stop()
            postgres = LocalPostgres.start(PLACE / "postgres")
        valkey = LocalRedis.start(PLACE / "redis")
        try:
            yield Servers(postgres.url, valkey.url, (postgres.pid, valkey.pid))
        finally:
            valkey.stop()
    finally:
        postgres.stop()


async def _configure(url: str) -> bool:
    """Write the settings down; whether the server has to start again for them to take hold."""
    connection = await asyncpg.connect(url)
    try:
        now = {name: await connection.fetchval("SELECT current_setting($1)", name) for name in SETTINGS}
        if now == SETTINGS:
            return False
        for name, value in SETTINGS.items():
            await connection.execute(f"ALTER SYSTEM SET {name} = '{value}'")
        return True
    finally:
        await connection.close()


def _monday() -> datetime:
    """When the data set's last word was written: the log and the nudges look at how old things are."""
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return today - timedelta(days=today.weekday())


def _fingerprint(size: Size, now: datetime) -> str:
    """Of all that the rows depend on."""
    found = hashlib.sha256(f"{size} {now}".encode())
    ours = [CHECKOUT / "benchmarks" / name for name in ("dataset.py", "community.py", "words.py")]
    for file in [*ours, *sorted((CHECKOUT / "models").rglob("*.py"))]:
        found.update(file.read_bytes())
    return found.hexdigest()[:12]
