"""E-mails that were closed long ago are forgotten: an index leads to the oldest."""

from tortoise import migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("models", "0023_deletions_and_exports")]

    initial = False

    operations = [
        ops.AddIndex(model_name="Email", index=Index(fields=["closed_at"])),
    ]
