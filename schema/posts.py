"""Posts of a pair's thread, and writing them."""

from datetime import datetime
from typing import Annotated

import strawberry

from models.matches import Match as MatchRow
from models.matches import StepProgress as StepProgressRow
from models.posts import Comment as CommentRow
from models.posts import Post as PostRow
from models.reactions import PostReaction
from models.users import User as UserRow
from resolvers import posts
from resolvers.pages import Children, Order
from schema.comments import Comment
from schema.connections import Connection
from schema.context import Info
from schema.errors import Payload, mutation
from schema.fields import shown
from schema.markdown import html_of
from schema.node import Node, key_of
from schema.reactions import Reaction, reactions_to
from schema.reads import computed, one, page
from schema.scalars import HTML, Markdown
from schema.steps import StepProgress
from schema.users import User

COMMENTS = Children(CommentRow, "post_id", Order("number"))


@strawberry.type(description="A post in a pair's thread. A deleted one stays as a tombstone: its body is null.")
class Post(Node):
    body: Markdown | None = strawberry.field(description="The text as its author wrote it; null once deleted.")
    created_at: datetime = strawberry.field(description="When it was posted.")
    edited_at: datetime | None = strawberry.field(description="When its text was last changed; null if never.")
    deleted_at: datetime | None = strawberry.field(description="When it was deleted; null if it was not.")

    author: User = one(UserRow, "author_id", description="The member of the pair who wrote it.")
    body_html: HTML | None = computed(html_of, "body", description="The text as safe HTML; null once deleted.")
    step_progress: StepProgress | None = one(
        StepProgressRow, "step_progress_id", description="The pair's step that the post belongs to, if any."
    )
    reactions: list[Reaction] = reactions_to(PostReaction)
    comments: Connection[Comment] = page(COMMENTS, description="The comments under it, oldest first.")


@strawberry.input(description="A new post in a pair's thread.")
class CreatePostInput:
    match_id: strawberry.ID = strawberry.field(description="The pair's match.")
    body: Markdown = strawberry.field(description="The text, 1 to 10,000 characters.")
    step_progress_id: strawberry.ID | None = strawberry.field(
        default=None, description="The pair's step that the post belongs to, if any."
    )
    idempotency_key: str | None = strawberry.field(
        default=None, description="Made by the client, 1 to 100 characters; a retry with it posts nothing twice."
    )


@strawberry.type(description="What `createPost` did.")
class CreatePostPayload(Payload):
    post: Post | None = strawberry.field(default=None, description="The new post; null when refused.")


@strawberry.input(description="A new text for one's own post.")
class EditPostInput:
    post_id: strawberry.ID = strawberry.field(description="The post.")
    body: Markdown = strawberry.field(description="The new text, 1 to 10,000 characters.")


@strawberry.type(description="What `editPost` did.")
class EditPostPayload(Payload):
    post: Post | None = strawberry.field(default=None, description="The post as it is now; null when refused.")


@strawberry.input(description="One's own post to delete.")
class DeletePostInput:
    post_id: strawberry.ID = strawberry.field(description="The post.")


@strawberry.type(description="What `deletePost` did.")
class DeletePostPayload(Payload):
    post: Post | None = strawberry.field(default=None, description="The tombstone; null when refused.")


@strawberry.type
class PostMutation:
    @mutation("Post in the thread of one's pair. The first post makes an introduced match ACTIVE.", limited=True)
    async def create_post(
        self, info: Info, input: Annotated[CreatePostInput, strawberry.argument(description="The post.")]
    ) -> CreatePostPayload:
        step_id = input.step_progress_id
        post = await posts.create_post(
            info.context.viewer,
            info.context.now,
            match_id=key_of(input.match_id, MatchRow, ("input", "matchId")),
            body=input.body,
            step_progress_id=None if step_id is None else key_of(step_id, StepProgressRow, ("input", "stepProgressId")),
            idempotency_key=input.idempotency_key,
        )
        return CreatePostPayload(post=shown(post))

    @mutation("Change the text of one's own post.", limited=True)
    async def edit_post(
        self, info: Info, input: Annotated[EditPostInput, strawberry.argument(description="The change.")]
    ) -> EditPostPayload:
        post_id = key_of(input.post_id, PostRow, posts.PATH)
        post = await posts.edit_post(info.context.viewer, info.context.now, post_id=post_id, body=input.body)
        return EditPostPayload(post=shown(post))

    @mutation("Delete one's own post. A tombstone keeps its place, and its comments stay.", limited=True)
    async def delete_post(
        self, info: Info, input: Annotated[DeletePostInput, strawberry.argument(description="The post.")]
    ) -> DeletePostPayload:
        post_id = key_of(input.post_id, PostRow, posts.PATH)
        return DeletePostPayload(
            post=shown(await posts.delete_post(info.context.viewer, info.context.now, post_id=post_id))
        )
