"""Writing, editing and deleting comments under a pair's posts."""

from datetime import datetime
from uuid import UUID

from models.enums import ActivityKind
from models.posts import Comment, Post
from pubsub.transaction import transaction
from resolvers import access, writing
from resolvers.drafts import draft

PATH = ("input", "commentId")

COMMENT = writing.Kind(
    Comment,
    "comment",
    ActivityKind.COMMENT_ADDED,
    ActivityKind.COMMENT_CHANGED,
    PATH,
    match="(SELECT match_id FROM posts WHERE id = want.place)",  # a post never moves to another match
    own={"post_id": "want.place"},
)


async def create_comment(
    viewer: access.Viewer | None, now: datetime, *, post_id: UUID, body: str, idempotency_key: str | None = None
) -> Comment:
    """Add a comment under a post, also under one that was deleted meanwhile: its comments stay readable."""
    comment = draft(viewer, now, body, idempotency_key, post_id, post_id=post_id)

    async def step_by_step() -> Comment:
        post = await access.visible(Post, comment.author).get_or_none(id=post_id)
        if post is None:
            raise access.not_found("post", ("input", "postId"))
        async with transaction() as changed:
            match = await access.take_match(changed, comment.author, now, post.match_id, path=("input", "postId"))
            return await writing.add(COMMENT, changed, match, comment)

    return await writing.write(COMMENT, comment, step_by_step, post_id)


async def edit_comment(viewer: access.Viewer | None, now: datetime, *, comment_id: UUID, body: str) -> Comment:
    """Change the text of one's own comment."""
    return await writing.edit(COMMENT, viewer, now, comment_id, body)


async def delete_comment(viewer: access.Viewer | None, now: datetime, *, comment_id: UUID) -> Comment:
    """Leave a tombstone in place of one's own comment."""
    return await writing.delete(COMMENT, viewer, now, comment_id)
