"""Reactions to what a pair writes, the posts of a step by an index, and how words are compared in a search."""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import UniqueConstraint
from uuid_utils.compat import uuid7


class Migration(migrations.Migration):
    dependencies = [("models", "0003_messages_and_read_state")]

    initial = False

    operations = [
        ops.CreateModel(
            name="CommentReaction",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ("emoji", fields.CharField(max_length=32)),
                ("number", fields.BigIntField()),
                (
                    "subject",
                    fields.ForeignKeyField(
                        "models.Comment",
                        source_field="subject_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="reactions",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "user",
                    fields.ForeignKeyField(
                        "models.User",
                        source_field="user_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="comment_reactions",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
            ],
            options={"table": "comment_reactions", "app": "models", "pk_attr": "id"},
            bases=["Reaction"],
        ),
        ops.CreateModel(
            name="PostReaction",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ("emoji", fields.CharField(max_length=32)),
                ("number", fields.BigIntField()),
                (
                    "subject",
                    fields.ForeignKeyField(
                        "models.Post",
                        source_field="subject_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="reactions",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "user",
                    fields.ForeignKeyField(
                        "models.User",
                        source_field="user_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="post_reactions",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
            ],
            options={"table": "post_reactions", "app": "models", "pk_attr": "id"},
            bases=["Reaction"],
        ),
        ops.CreateModel(
            name="MessageReaction",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ("emoji", fields.CharField(max_length=32)),
                ("number", fields.BigIntField()),
                (
                    "subject",
                    fields.ForeignKeyField(
                        "models.Message",
                        source_field="subject_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="reactions",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "user",
                    fields.ForeignKeyField(
                        "models.User",
                        source_field="user_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="message_reactions",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
            ],
            options={"table": "message_reactions", "app": "models", "pk_attr": "id"},
            bases=["Reaction"],
        ),
        ops.AddConstraint(
            model_name="CommentReaction",
            constraint=UniqueConstraint(
                fields=("subject_id", "emoji", "user_id"), name="one_comment_reaction_a_person_and_emoji"
            ),
        ),
        ops.AddConstraint(
            model_name="PostReaction",
            constraint=UniqueConstraint(
                fields=("subject_id", "emoji", "user_id"), name="one_post_reaction_a_person_and_emoji"
            ),
        ),
        ops.AddConstraint(
            model_name="MessageReaction",
            constraint=UniqueConstraint(
                fields=("subject_id", "emoji", "user_id"), name="one_message_reaction_a_person_and_emoji"
            ),
        ),
        ops.AddIndex(model_name="Comment", index=Index(fields=["match_id"])),
        ops.RunSQL(
            "CREATE INDEX posts_of_a_step ON posts (step_progress_id, number) WHERE step_progress_id IS NOT NULL",
            reverse_sql="DROP INDEX posts_of_a_step",
        ),
        # Words of any language, in capitals or not, with accents or without (docs/decisions/0010). PostgreSQL brings
        # the extension along, and lets a database's owner install it.
        ops.RunSQL("CREATE EXTENSION IF NOT EXISTS unaccent", reverse_sql="DROP EXTENSION unaccent"),
        ops.RunSQL(
            "CREATE TEXT SEARCH CONFIGURATION any_language (COPY = pg_catalog.simple)",
            reverse_sql="DROP TEXT SEARCH CONFIGURATION any_language",
        ),
        ops.RunSQL(
            "ALTER TEXT SEARCH CONFIGURATION any_language"
            " ALTER MAPPING FOR hword, hword_part, word WITH unaccent, simple",
            reverse_sql=ops.RunSQL.noop,
        ),
    ]
