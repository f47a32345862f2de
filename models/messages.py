"""Direct messages between the two of a pair."""

from tortoise import fields
from tortoise.fields import OnDelete
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint

from models.matches import Match
from models.posts import Writing
from models.users import User


class Message(Writing):
    """A message to the other one of the pair."""

    match: fields.ForeignKeyRelation[Match] = fields.ForeignKeyField(
        "models.Match", related_name="messages", on_delete=OnDelete.CASCADE
    )
    author: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="messages", on_delete=OnDelete.RESTRICT
    )

    class Meta:
        table = "messages"
        constraints = (
            UniqueConstraint(fields=("match_id", "number"), name="one_message_a_number"),
            UniqueConstraint(fields=("author_id", "idempotency_key"), name="one_message_a_key"),
            CheckConstraint(check="(body IS NULL) = (deleted_at IS NOT NULL)", name="a_deleted_message_has_no_body"),
        )
