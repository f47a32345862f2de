"""What the two of a pair write in their thread: posts, and comments under them."""

from datetime import datetime
from uuid import UUID

from tortoise import fields
from tortoise.fields import OnDelete
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint

from models.base import Row
from models.matches import Match, StepProgress
from models.users import User

MAX_BODY = 10_000
"""Characters that one post or comment may hold."""


class Writing(Row):
    """A piece of writing in a pair's space. `number` is the number of the match's stream under which it was added, so
    that both members see one order. A deleted one stays as a tombstone: no body, same place.

    `idempotency_key` is unique for an author; `input_hash` tells a retry from another input under the same key.
    """

    match_id: UUID
    author: fields.ForeignKeyRelation[User]
    author_id: UUID
    number: int = fields.BigIntField()
    body: str | None = fields.TextField(null=True)
    idempotency_key = fields.CharField(max_length=100, null=True)
    input_hash: bytes | None = fields.BinaryField(null=True)
    created_at = fields.DatetimeField()
    edited_at: datetime | None = fields.DatetimeField(null=True)
    deleted_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        abstract = True


class Post(Writing):
    """A post in a pair's thread, which may belong to one of the pair's steps."""

    match: fields.ForeignKeyRelation[Match] = fields.ForeignKeyField(
        "models.Match", related_name="posts", on_delete=OnDelete.CASCADE
    )
    author: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="posts", on_delete=OnDelete.RESTRICT
    )
    step_progress: fields.ForeignKeyNullableRelation[StepProgress] = fields.ForeignKeyField(
        "models.StepProgress", related_name="posts", null=True, on_delete=OnDelete.SET_NULL
    )
    step_progress_id: UUID | None

    class Meta:
        table = "posts"
        constraints = (
            UniqueConstraint(fields=("match_id", "number"), name="one_post_a_number"),
            UniqueConstraint(fields=("author_id", "idempotency_key"), name="one_post_a_key"),
            CheckConstraint(check="(body IS NULL) = (deleted_at IS NOT NULL)", name="a_deleted_post_has_no_body"),
        )


class Comment(Writing):
    """A comment under a post. It repeats its post's match, so that a reader's right is asked without a join."""

    match: fields.ForeignKeyRelation[Match] = fields.ForeignKeyField(
        "models.Match", related_name="comments", on_delete=OnDelete.CASCADE
    )
    post: fields.ForeignKeyRelation[Post] = fields.ForeignKeyField(
        "models.Post", related_name="comments", on_delete=OnDelete.CASCADE
    )
    post_id: UUID
    author: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="comments", on_delete=OnDelete.RESTRICT
    )

    class Meta:
        table = "comments"
        indexes = (("match_id",),)
        constraints = (
            UniqueConstraint(fields=("post_id", "number"), name="one_comment_a_number"),
            UniqueConstraint(fields=("author_id", "idempotency_key"), name="one_comment_a_key"),
            CheckConstraint(check="(body IS NULL) = (deleted_at IS NOT NULL)", name="a_deleted_comment_has_no_body"),
        )
