"""Writing, editing and deleting comments under a pair's posts."""

from datetime import datetime
from uuid import UUID

from models.enums import ActivityKind
from models.posts import Comment, Post
from pubsub.transaction import transaction
from resolvers import access, writing

PATH = ("input", "commentId")


async def create_comment(
    viewer: access.Viewer | None, now: datetime, *, post_id: UUID, body: str, idempotency_key: str | None = None
) -> Comment:
    """Add a comment under a post, also under one that was deleted meanwhile: its comments stay readable."""
    viewer = access.signed_in(viewer)
    body = writing.body_of(body)
    digest = writing.input_hash("comment", post_id, body)

    async def write(key: str | None) -> Comment:
        post = await access.visible(Post, viewer).get_or_none(id=post_id)
        if post is None:
            raise access.not_found("post", ("input", "postId"))
        async with transaction() as changed:
            match = await access.take_match(changed, viewer, now, post.match_id, path=("input", "postId"))
            content = writing.Content(body, key, digest, {"post_id": post.id})
            return await writing.add(Comment, ActivityKind.COMMENT_ADDED, changed, viewer, now, match, content)

    return await writing.write_once(Comment, viewer, idempotency_key, digest, write)


async def edit_comment(viewer: access.Viewer | None, now: datetime, *, comment_id: UUID, body: str) -> Comment:
    """Change the text of one's own comment."""
    return await writing.edit(Comment, "comment", viewer, now, comment_id, body, ActivityKind.COMMENT_CHANGED, PATH)


async def delete_comment(viewer: access.Viewer | None, now: datetime, *, comment_id: UUID) -> Comment:
    """Leave a tombstone in place of one's own comment."""
    return await writing.delete(Comment, "comment", viewer, now, comment_id, ActivityKind.COMMENT_CHANGED, PATH)
