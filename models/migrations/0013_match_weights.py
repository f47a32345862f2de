"""What counts in a program's matching, and the queue of those who wait, in its order."""

from tortoise import fields, migrations
from tortoise.indexes import PartialIndex
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("models", "0012_emails")]

    initial = False

    operations = [
        ops.AddField(model_name="Program", name="match_weights", field=fields.JSONField(null=True)),
        ops.AddIndex(
            model_name="SignUp",
            index=PartialIndex(
                fields=["program_id", "role", "waiting_since", "id"],
                name="sign_ups_that_wait",
                condition={"state": "WAITING"},
            ),
        ),
    ]
