"""The database is what the models say: migrations are complete, and every constraint that a model names is there."""

import asyncpg
from tortoise import Tortoise
from tortoise.migrations.autodetector import MigrationAutodetector
from tortoise.migrations.operations import AlterModelOptions

from models.database import MODEL_MODULES, migrate, tortoise_config
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
