"""Fixtures of the live tests: a Redis of their own to stop and start, workers that can be killed, and the figures."""

import json
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from server.local.redis import LocalRedis
from tests.live.workers import Worker, workers
from tests.servers import CHECKOUT, Databases

ARTEFACTS = CHECKOUT / "tests" / "artefacts"
_FIGURES = pytest.StashKey[dict[str, dict[str, Any]]]()


@pytest.fixture(scope="module")
def own_redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalRedis]:
    """A Redis-protocol server that a test may stop and start."""
    server = LocalRedis.start(tmp_path_factory.mktemp("own-redis"))
    yield server
    server.stop()


@pytest.fixture(scope="module")
async def own_database(databases: Databases) -> AsyncIterator[str]:
    """The URL of a database for the module's workers."""
    async with databases.fresh() as url:
        yield url


@pytest.fixture(scope="module")
async def two_apart(
    own_database: str, own_redis: LocalRedis, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[list[Worker]]:
    """Two workers on ports of their own."""
    async with workers(own_database, own_redis.url, tmp_path_factory.mktemp("workers")) as running:
        yield running


@pytest.fixture(scope="module")
async def database(own_database: str) -> AsyncIterator[asyncpg.Connection]:
    """The test's own connection, which no fault terminates."""
    connection = await asyncpg.connect(own_database, server_settings={"application_name": "tests"})
    yield connection
    await connection.close()


@pytest.fixture
def figures(request: pytest.FixtureRequest) -> Callable[[str, dict[str, Any]], None]:
    """Keep a test's figures: in tests/artefacts, and below pytest's summary."""

    def keep(name: str, values: dict[str, Any]) -> None:
        ARTEFACTS.mkdir(exist_ok=True)
        path: Path = ARTEFACTS / f"{name}.json"
        path.write_text(json.dumps(values, indent=2) + "\n")
        request.config.stash.setdefault(_FIGURES, {})[name] = values

    return keep


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """One line a figure."""
    for name, values in config.stash.get(_FIGURES, {}).items():
        terminalreporter.write_line(f"{name}: " + ", ".join(f"{key} {value}" for key, value in values.items()))
