"""The database is what the models say: migrations are complete, and every constraint that a model names is there."""

import asyncpg
from tortoise import Tortoise
from tortoise.migrations.api.migrate import migrate as apply_migrations
from tortoise.migrations.autodetector import MigrationAutodetector
from tortoise.migrations.operations import AlterModelOptions

from models.database import MODEL_MODULES, tortoise_config
from models.migrating import migrate
from tests.servers import Databases


async def test_every_constraint_that_a_model_names_is_in_the_database(databases: Databases) -> None:
    """Tortoise 1.1.9 does not create the constraints of a CreateModel operation; a migration adds them by name."""
    named = {
        constraint.name
        for app in Tortoise.apps.values()
        for model in app.values()
        for constraint in model._meta.constraints
    }
    connection = await asyncpg.connect(databases.named(databases.template))
    try:
        constraints = await connection.fetch("SELECT conname FROM pg_constraint")
        indexes = await connection.fetch("SELECT indexname FROM pg_indexes")
    finally:
        await connection.close()
    assert len(named) > 15
    assert named <= {name for (name,) in constraints} | {name for (name,) in indexes}


async def test_no_change_of_a_model_lacks_its_migration() -> None:
    config = tortoise_config("postgres://nobody@127.0.0.1/none")
    writers = await MigrationAutodetector(Tortoise.apps, config["apps"]).changes()
    operations = [operation for writer in writers for operation in writer.operations]
    assert [each for each in operations if not isinstance(each, AlterModelOptions)] == []


async def test_migrating_again_changes_nothing(databases: Databases) -> None:
    async with databases.fresh() as url:
        connection = await asyncpg.connect(url)
        try:
            before = await connection.fetch("SELECT * FROM tortoise_migrations")
            assert len(MODEL_MODULES) > 5
            await migrate(url)
            assert await connection.fetch("SELECT * FROM tortoise_migrations") == before
        finally:
            await connection.close()


MAYA, TOM, SOAP = (f"00000000-0000-7000-8000-00000000000{number}" for number in range(3))
IN_USE = f"""
INSERT INTO users (
    id, email, password_hash, name, birth_date, time_zone, locale, is_moderator, created_at, activity_head,
    activity_floor
) SELECT id, id || '@example.org', '', '', '1988-05-17', 'UTC', 'en', false, now(), 0, 0
FROM (VALUES ('{MAYA}'::uuid), ('{TOM}')) AS person(id);
INSERT INTO groups (id, slug, name, description, focus, topics, created_at)
VALUES ('{SOAP}', 'soap', 'Soap', '', 'PROFESSIONAL', ARRAY[]::text[], now());
INSERT INTO programs (
    id, group_id, template_key, title, description, state, rolling, weeks, created_at, activity_head, activity_floor
) VALUES ('{SOAP}', '{SOAP}', 'blank', '', '', 'MATCHING', false, 8, now(), 0, 0);
INSERT INTO sign_ups (
    id, program_id, user_id, role, state, topics, goals, languages, time_zone, capacity, open_matches, waiting_since,
    created_at
) SELECT id, '{SOAP}', id, role, 'MATCHED', ARRAY[]::text[], '', ARRAY[]::text[], 'UTC', 1, 1, now(), now()
FROM (VALUES ('{MAYA}'::uuid, 'MENTOR'), ('{TOM}', 'MENTEE')) AS person(id, role);
INSERT INTO matches (
    id, program_id, mentor_id, mentee_id, mentor_sign_up_id, mentee_sign_up_id, state, mentor_reads, mentee_reads,
    introduction, introduction_shared, first_question, started_at, activity_head, activity_floor
) VALUES (
    '{SOAP}', '{SOAP}', '{MAYA}', '{TOM}', '{MAYA}', '{TOM}', 'ACTIVE', true, true, '', ARRAY[]::text[], '', now(), 7, 0
)
"""
"""A pair as the first version of the tables held it, seven changes into its stream."""


async def test_a_database_in_use_since_the_beginning_is_brought_up_to_date(databases: Databases) -> None:
    """Every later column finds a value for the rows that are there; what was written before counts as read."""
    async with databases.fresh(migrated=False) as url:
        config = tortoise_config(url, pool_size=1, bounded=False)
        await apply_migrations(config=config, app_labels=["models"], target="models.0001_initial")
        await Tortoise.close_connections()
        connection = await asyncpg.connect(url)
        try:
            await connection.execute(IN_USE)
            await migrate(url)
            match = await connection.fetchrow("SELECT * FROM matches")
            assert (match["mentor_read_up_to"], match["mentee_read_up_to"]) == (7, 7)
            assert not any(value for name, value in match.items() if "unread" in name)
            assert match["active_at"] == match["silent_since"] == match["started_at"]
            assert match["next_check_in_at"] and match["next_nudge_at"], "the ticker finds out what is due"
            assert await connection.fetchval("SELECT bool_and(shares_read_receipts) FROM users")
        finally:
            await connection.close()
