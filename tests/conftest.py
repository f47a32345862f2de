"""Fixtures: real servers for the session, a database and a served application for each module, and people to act."""

import logging
import os
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from argon2 import PasswordHasher
from strawberry.schema import schema as strawberry_schema

from resolvers import passwords
from server import demo
from server.local.postgres import LocalPostgres
from server.local.redis import LocalRedis
from tests.community import Community
from tests.post_office import Round, post_office, postman
from tests.servers import Databases, Served, served_apart, served_here, settings_for
from tests.tools import Tools, install


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords() -> None:
    """Hash passwords fast: the tests register hundreds of people."""
    passwords.hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A PostgreSQL on which databases may be made: TEST_DATABASE_URL, or one started for the session."""
    if url := os.environ.get("TEST_DATABASE_URL"):
        yield url
        return
    server = LocalPostgres.start(tmp_path_factory.mktemp("postgres"), durable=False)
    yield server.url
    server.stop()


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Redis-protocol server: TEST_REDIS_URL, or one started for the session."""
    if url := os.environ.get("TEST_REDIS_URL"):
        yield url
        return
    server = LocalRedis.start(tmp_path_factory.mktemp("redis"))
    yield server.url
    server.stop()


@pytest.fixture(scope="session")
async def databases(postgres_url: str) -> AsyncIterator[Databases]:
    """Where fresh databases come from."""
    made = await Databases.prepare(postgres_url)
    yield made
    await made.drop()


@pytest.fixture(scope="module")
async def database_url(databases: Databases) -> AsyncIterator[str]:
    """A module's own migrated database."""
    async with databases.fresh() as url:
        yield url


@pytest.fixture(scope="module")
async def served(database_url: str, redis_url: str) -> AsyncIterator[Served]:
    """The application, served in this process under a clock that stands still."""
    async with served_here(settings_for(database_url, redis_url)) as running:
        yield running


@pytest.fixture
async def community(served: Served) -> AsyncIterator[Community]:
    """People who can be given names and made to act."""
    async with Community.on(served) as people:
        yield people


@pytest.fixture(scope="module")
async def two_workers(databases: Databases, redis_url: str) -> AsyncIterator[Served]:
    """`mentorship serve` with two worker processes on a database of its own."""
    async with databases.fresh() as url, served_apart(url, redis_url, workers=2) as running:
        yield running


@pytest.fixture(scope="module")
async def demo_server(databases: Databases, redis_url: str) -> AsyncIterator[Served]:
    """`mentorship serve` with the demo community."""
    async with databases.fresh() as url:
        await demo.load(settings_for(url, redis_url, demo=True), datetime.now(UTC))
        async with served_apart(url, redis_url, workers=1, demo=True) as running:
            yield running


@pytest.fixture(scope="session")
def tools() -> Tools:
    """The audits, linters and generators of npm, installed into this checkout at their first use."""
    return install()


@pytest.fixture
def swiftly(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """For thousands of random operations: each document is validated once for all who execute it by the same rules,
    and Strawberry does not log each error with its traceback. Both would take longer than the operations."""
    validate = strawberry_schema.validate_document
    known: dict[Any, Any] = {}

    def once(schema: Any, document: Any, rules: Any) -> Any:
        key = (document.loc.source.body, rules)
        if key not in known:
            known[key] = validate(schema, document, rules)
        return known[key]

    monkeypatch.setattr("strawberry.schema.schema.validate_document", once)
    monkeypatch.setattr("schema.compiled.documents.validate_document", once)
    logger = logging.getLogger("strawberry.execution")
    logger.disabled = True
    yield
    logger.disabled = False


@pytest.fixture
async def mail(served: Served, community: Community) -> AsyncIterator[Round]:
    """A mail server, and rounds on which this server's e-mails go out to it."""
    async with post_office() as office, postman(served, community, office) as made:
        yield made
