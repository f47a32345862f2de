"""Comments under a pair's posts, and writing them."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from models.posts import Comment as CommentRow
from models.posts import Post as PostRow
from models.reactions import CommentReaction
from models.users import User as UserRow
from resolvers import comments
from schema.context import Info
from schema.errors import Payload, mutation
from schema.fields import shown
from schema.markdown import html_of
from schema.node import Node, key_of
from schema.reactions import Reaction, reactions_to
from schema.reads import computed, one
from schema.scalars import HTML, Markdown
from schema.users import User

if TYPE_CHECKING:
    from schema.posts import Post


@strawberry.type(description="A comment under a post. A deleted one stays as a tombstone: its body is null.")
class Comment(Node):
    body: Markdown | None = strawberry.field(description="The text as its author wrote it; null once deleted.")
    created_at: datetime = strawberry.field(description="When it was written.")
    edited_at: datetime | None = strawberry.field(description="When its text was last changed; null if never.")
    deleted_at: datetime | None = strawberry.field(description="When it was deleted; null if it was not.")

    post: Annotated["Post", strawberry.lazy("schema.posts")] = one(
        PostRow, "post_id", description="The post that it is under."
    )
    author: User = one(UserRow, "author_id", description="The member of the pair who wrote it.")
    body_html: HTML | None = computed(html_of, "body", description="The text as safe HTML; null once deleted.")
    reactions: list[Reaction] = reactions_to(CommentReaction)


@strawberry.input(description="A new comment under a post.")
class CreateCommentInput:
    post_id: strawberry.ID = strawberry.field(description="The post.")
    body: Markdown = strawberry.field(description="The text, 1 to 10,000 characters.")
    idempotency_key: str | None = strawberry.field(
        default=None, description="Made by the client, 1 to 100 characters; a retry with it writes nothing twice."
    )


@strawberry.type(description="What `createComment` did.")
class CreateCommentPayload(Payload):
    comment: Comment | None = strawberry.field(default=None, description="The new comment; null when refused.")


@strawberry.input(description="A new text for one's own comment.")
class EditCommentInput:
    comment_id: strawberry.ID = strawberry.field(description="The comment.")
    body: Markdown = strawberry.field(description="The new text, 1 to 10,000 characters.")


@strawberry.type(description="What `editComment` did.")
class EditCommentPayload(Payload):
    comment: Comment | None = strawberry.field(default=None, description="The comment as it is now; null when refused.")


@strawberry.input(description="One's own comment to delete.")
class DeleteCommentInput:
    comment_id: strawberry.ID = strawberry.field(description="The comment.")


@strawberry.type(description="What `deleteComment` did.")
class DeleteCommentPayload(Payload):
    comment: Comment | None = strawberry.field(default=None, description="The tombstone; null when refused.")


@strawberry.type
class CommentMutation:
    @mutation("Comment under a post of one's pair.", limited=True)
    async def create_comment(
        self, info: Info, input: Annotated[CreateCommentInput, strawberry.argument(description="The comment.")]
    ) -> CreateCommentPayload:
        comment = await comments.create_comment(
            info.context.viewer,
            info.context.now,
            post_id=key_of(input.post_id, PostRow, ("input", "postId")),
            body=input.body,
            idempotency_key=input.idempotency_key,
        )
        return CreateCommentPayload(comment=shown(comment))

    @mutation("Change the text of one's own comment.", limited=True)
    async def edit_comment(
        self, info: Info, input: Annotated[EditCommentInput, strawberry.argument(description="The change.")]
    ) -> EditCommentPayload:
        context, comment_id = info.context, key_of(input.comment_id, CommentRow, comments.PATH)
        comment = await comments.edit_comment(context.viewer, context.now, comment_id=comment_id, body=input.body)
        return EditCommentPayload(comment=shown(comment))

    @mutation("Delete one's own comment. A tombstone keeps its place.", limited=True)
    async def delete_comment(
        self, info: Info, input: Annotated[DeleteCommentInput, strawberry.argument(description="The comment.")]
    ) -> DeleteCommentPayload:
        context, comment_id = info.context, key_of(input.comment_id, CommentRow, comments.PATH)
        comment = await comments.delete_comment(context.viewer, context.now, comment_id=comment_id)
        return DeleteCommentPayload(comment=shown(comment))
