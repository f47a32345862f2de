"""E-mails that were closed long ago are forgotten: an index leads to the oldest, made beside the workers that write."""

from tortoise import migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

NAME = "idx_emails_closed__369ff5"
DROP = f'DROP INDEX CONCURRENTLY IF EXISTS "{NAME}"'


class KnownIndex(ops.AddIndex):
    """What `makemigrations` is to know of: the statement before it has made the index."""

    async def database_forward(self, *_: object, **__: object) -> None: ...

    async def database_backward(self, *_: object, **__: object) -> None: ...


class Migration(migrations.Migration):
    dependencies = [("models", "0023_deletions_and_exports")]

    initial = False
    atomic = False

    operations = [
        # One that gave way left an invalid index.
        ops.RunSQL([DROP, f'CREATE INDEX CONCURRENTLY IF NOT EXISTS "{NAME}" ON "emails" ("closed_at")'], DROP),
        KnownIndex(model_name="Email", index=Index(fields=["closed_at"])),
    ]
