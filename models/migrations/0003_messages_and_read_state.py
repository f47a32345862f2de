"""Direct messages, how far each of a pair has read, and how much of the other one's is unread."""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from uuid_utils.compat import uuid7


class Migration(migrations.Migration):
    dependencies = [("models", "0002_jobs")]

    initial = False

    operations = [
        ops.CreateModel(
            name="Message",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ("number", fields.BigIntField()),
                ("body", fields.TextField(null=True, unique=False)),
                ("idempotency_key", fields.CharField(null=True, max_length=100)),
                ("input_hash", fields.BinaryField(null=True)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("edited_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("deleted_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                (
                    "match",
                    fields.ForeignKeyField(
                        "models.Match",
                        source_field="match_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="messages",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "author",
                    fields.ForeignKeyField(
                        "models.User",
                        source_field="author_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="messages",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
            ],
            options={"table": "messages", "app": "models", "pk_attr": "id"},
            bases=["Writing"],
        ),
        ops.AddConstraint(
            model_name="Message",
            constraint=UniqueConstraint(fields=("match_id", "number"), name="one_message_a_number"),
        ),
        ops.AddConstraint(
            model_name="Message",
            constraint=UniqueConstraint(fields=("author_id", "idempotency_key"), name="one_message_a_key"),
        ),
        ops.AddConstraint(
            model_name="Message",
            constraint=CheckConstraint(
                check="(body IS NULL) = (deleted_at IS NOT NULL)", name="a_deleted_message_has_no_body"
            ),
        ),
        ops.AddField(model_name="Match", name="mentor_read_up_to", field=fields.BigIntField(default=0, db_default=0)),
        ops.AddField(model_name="Match", name="mentee_read_up_to", field=fields.BigIntField(default=0, db_default=0)),
        ops.AddField(model_name="Match", name="mentor_unread_posts", field=fields.IntField(default=0, db_default=0)),
        ops.AddField(model_name="Match", name="mentee_unread_posts", field=fields.IntField(default=0, db_default=0)),
        ops.AddField(model_name="Match", name="mentor_unread_messages", field=fields.IntField(default=0, db_default=0)),
        ops.AddField(model_name="Match", name="mentee_unread_messages", field=fields.IntField(default=0, db_default=0)),
        # What was written before anybody could say to have read it counts as read.
        ops.RunSQL(
            "UPDATE matches SET mentor_read_up_to = activity_head, mentee_read_up_to = activity_head",
            reverse_sql=ops.RunSQL.noop,
        ),
        ops.AddConstraint(
            model_name="Match",
            constraint=CheckConstraint(
                check="mentor_read_up_to BETWEEN 0 AND activity_head AND mentee_read_up_to BETWEEN 0 AND activity_head",
                name="nobody_has_read_what_is_not_there",
            ),
        ),
        ops.AddConstraint(
            model_name="Match",
            constraint=CheckConstraint(
                check="least(mentor_unread_posts, mentee_unread_posts, mentor_unread_messages, mentee_unread_messages)"
                " >= 0",
                name="unread_never_negative",
            ),
        ),
        ops.AddField(
            model_name="User", name="shares_read_receipts", field=fields.BooleanField(default=True, db_default=True)
        ),
    ]
