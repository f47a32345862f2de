"""A release comes: its migrations run while the workers of the last one serve, and nobody serves without them."""

from collections.abc import AsyncIterator

import pytest

from models.migrating import known_migrations, last_released
from server.app import create_app
from server.settings import SettingsError
from tests.community import Community
from tests.deleting import delete, erase_all, toms_pair
from tests.deployment import run
from tests.devices import another_device, refreshed
from tests.falling_due import ticker_on
from tests.lines import Line
from tests.reporting import decide, report, written
from tests.servers import SECRET_KEY, Databases, served_here, settings_for
from tests.test_health import becomes
from tests.upgrading import accepted_by, risks_of, statements_of

UNRELEASED = [name for name in known_migrations() if name > last_released()]


def test_what_came_after_the_last_release_lets_its_workers_go_on() -> None:
    """Else: expand now and contract a release later, or say in ACCEPTED why it does no harm (docs/operations.md)."""
    assert last_released() in known_migrations()
    risks = risks_of(statements_of(UNRELEASED))
    accepted = {rule: reason for name in UNRELEASED for rule, reason in accepted_by(name).items()}
    assert [risk for risk in risks if not accepted.get(risk.rule, "").strip()] == []


def test_the_linter_reads_what_our_migrations_do() -> None:
    """This one, from before the first release, would be held up: it took NOT NULL away and added a unique key."""
    rules = {risk.rule for risk in risks_of(statements_of(["0022_accounts"]))}
    assert {"ban-drop-not-null", "disallowed-unique-constraint"} <= rules
    assert risks_of(statements_of(["0020_blocks"])) == []


@pytest.mark.parametrize(
    ("statement", "rule"),
    [
        ("ALTER TABLE posts DROP COLUMN body", "ban-drop-column"),
        ("ALTER TABLE posts RENAME COLUMN body TO words", "renaming-column"),
        ("ALTER TABLE posts RENAME TO letters", "renaming-table"),
        ("ALTER TABLE posts ALTER COLUMN number TYPE numeric", "changing-column-type"),
        ("ALTER TABLE posts ADD COLUMN mood text NOT NULL", "adding-required-field"),
        ("ALTER TABLE posts ALTER COLUMN body SET NOT NULL", "adding-not-nullable-field"),
        ("ALTER TABLE posts ADD COLUMN made timestamptz DEFAULT clock_timestamp()", "adding-field-with-default"),
        ("ALTER TABLE posts ADD CONSTRAINT short CHECK (length(body) < 9)", "constraint-missing-not-valid"),
        ("CREATE INDEX slow ON posts (body)", "require-concurrent-index-creation"),
        ("DROP TABLE posts", "ban-drop-table"),
    ],
)
def test_what_the_last_release_would_not_survive_is_found(statement: str, rule: str) -> None:
    assert rule in {risk.rule for risk in risks_of(f"{statement};")}


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE posts ADD COLUMN mood text NOT NULL DEFAULT 'fine'",
        "ALTER TABLE posts ADD COLUMN mood text",
        "ALTER TABLE posts ADD CONSTRAINT short CHECK (length(body) < 9) NOT VALID",
        "CREATE TABLE moods (id uuid PRIMARY KEY, name text NOT NULL); CREATE INDEX of_moods ON moods (name)",
    ],
)
def test_what_only_adds_is_let_through(statement: str) -> None:
    assert risks_of(f"{statement};") == []


async def test_who_was_started_without_a_database_serves_once_it_is_there_and_up_to_date(
    databases: Databases, redis_url: str
) -> None:
    """A database that is older than the release is told of at /readyz, with what to do; a newer one is all right."""
    async with databases.fresh() as url:
        line = Line(url)
        await line.up()
        line.cut()
        async with served_here(settings_for(line.url, redis_url)) as served, databases.connected(url) as database:
            (last,) = known_migrations()[-1:]
            await database.execute("DELETE FROM tortoise_migrations WHERE name = $1", last)
            await line.up()
            code, said = await becomes(served, "behind", 30)
            assert code == 503
            assert "run `mentorship migrate`" in said["message"]
            for name in (last, "9999_of_a_later_release"):
                put = "INSERT INTO tortoise_migrations (app, name, applied_at) VALUES ('models', $1, now())"
                await database.execute(put, name)
            assert (await becomes(served, "ready", 30))[0] == 200
        line.cut()


async def test_nobody_begins_on_a_database_that_is_older_than_the_release(databases: Databases, redis_url: str) -> None:
    """At a rolling restart the old workers stay, then; and the operator reads in a line what to do."""
    async with databases.fresh(migrated=False) as url:
        app = create_app(settings_for(url, redis_url))
        with pytest.raises(SettingsError, match="run `mentorship migrate`"):
            async with app.router.lifespan_context(app):
                pass
        given = {"DATABASE_URL": url, "REDIS_URL": redis_url, "SECRET_KEY": SECRET_KEY}
        said = run("mentorship", "serve", **{f"MENTORSHIP_{name}": value for name, value in given.items()})
        assert said.returncode == 1
        assert "0001_initial first: run `mentorship migrate`." in said.stderr


@pytest.fixture
async def upgraded(databases: Databases, redis_url: str) -> AsyncIterator[Community]:
    """People on a database of their own, to which a migration may add columns."""
    async with (
        databases.fresh() as url,
        served_here(settings_for(url, redis_url, deletion_grace_days=0)) as served,
        Community.on(served) as community,
    ):
        yield community


async def test_acts_go_on_when_a_migration_adds_columns_to_what_they_read(upgraded: Community) -> None:
    """Each act is done before and after: by then its statements are planned, and within a transaction PostgreSQL plans
    none anew whose answer has changed."""
    served, first = upgraded.served, await written(upgraded)
    admin, members = first.pair.admin, [first.pair.mentor, first.pair.mentee]
    reports = [await report(first.pair.mentee, subject) for subject in (first.post, first.message)]
    leaving = [(await toms_pair(upgraded, posts=1))[0].mentee for _ in members]
    for _ in members:
        served.clock.advance(minutes=1)
        await upgraded.pair()

    async def refresh(turn: int) -> None:
        await refreshed(members[turn])

    async def decided(turn: int) -> None:
        await decide(admin, reports[turn], "DISMISS")

    async def reminded(turn: int) -> None:
        served.clock.advance(**{"minutes": 1} if turn else {"days": 7, "minutes": -1})
        ticker = ticker_on(served, "ask-about-introduction")
        await ticker.tick()
        assert (ticker.done, ticker.failed) == (1, 0)

    async def erased(turn: int) -> None:
        await delete(await another_device(leaving[turn]))
        await erase_all(served, upgraded)

    for act in (refresh, decided, reminded, erased):
        await act(0)
        await _add_a_column_everywhere(upgraded, f"for_{act.__name__}")
        await act(1)


async def _add_a_column_everywhere(community: Community, name: str) -> None:
    for (table,) in await community.database.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"):
        await community.database.execute(f"ALTER TABLE {table} ADD COLUMN {name} text NOT NULL DEFAULT 'sunny'")
