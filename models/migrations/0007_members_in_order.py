"""A group's members in the order in which they joined: a page of them is led to by an index."""

from tortoise import migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("models", "0005_notifications_and_privacy")]

    initial = False

    operations = [
        ops.AddIndex(model_name="Membership", index=Index(fields=["group_id", "id"])),
    ]
