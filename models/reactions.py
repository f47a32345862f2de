"""Reactions: the emojis that the two of a pair set under what they have written."""

from uuid import UUID

from tortoise import fields
from tortoise.fields import OnDelete
from tortoise.migrations.constraints import UniqueConstraint

from models.base import Row
from models.messages import Message
from models.posts import Comment, Post, Writing
from models.users import User

MAX_EMOJIS = 20
"""Different emojis that one piece of writing may bear."""


class Reaction(Row):
    """One person's emoji under one piece of writing. `number` is the number of the match's stream under which it was
    set, so that both members see one order.

    A table for each kind of writing, so that the database itself lets none outlive its subject.
    """

    subject_id: UUID
    user_id: UUID
    emoji = fields.CharField(max_length=32)
    number: int = fields.BigIntField()

    class Meta:
        abstract = True


class PostReaction(Reaction):
    """A reaction to a post."""

    subject: fields.ForeignKeyRelation[Post] = fields.ForeignKeyField(
        "models.Post", related_name="reactions", on_delete=OnDelete.CASCADE
    )
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="post_reactions", on_delete=OnDelete.RESTRICT
    )

    class Meta:
        table = "post_reactions"
        constraints = (
            UniqueConstraint(fields=("subject_id", "emoji", "user_id"), name="one_post_reaction_a_person_and_emoji"),
        )


class CommentReaction(Reaction):
    """A reaction to a comment."""

    subject: fields.ForeignKeyRelation[Comment] = fields.ForeignKeyField(
        "models.Comment", related_name="reactions", on_delete=OnDelete.CASCADE
    )
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="comment_reactions", on_delete=OnDelete.RESTRICT
    )

    class Meta:
        table = "comment_reactions"
        constraints = (
            UniqueConstraint(fields=("subject_id", "emoji", "user_id"), name="one_comment_reaction_a_person_and_emoji"),
        )


class MessageReaction(Reaction):
    """A reaction to a message."""

    subject: fields.ForeignKeyRelation[Message] = fields.ForeignKeyField(
        "models.Message", related_name="reactions", on_delete=OnDelete.CASCADE
    )
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="message_reactions", on_delete=OnDelete.RESTRICT
    )

    class Meta:
        table = "message_reactions"
        constraints = (
            UniqueConstraint(fields=("subject_id", "emoji", "user_id"), name="one_message_reaction_a_person_and_emoji"),
        )


REACTIONS: dict[type[Writing], type[Reaction]] = {
    Post: PostReaction,
    Comment: CommentReaction,
    Message: MessageReaction,
}
"""What can be reacted to, and where that is kept."""
