"""Writing, editing and deleting posts in a pair's thread."""

from datetime import datetime
from uuid import UUID

from models.enums import ActivityKind
from models.matches import StepProgress
from models.posts import Post
from pubsub.transaction import transaction
from resolvers import access, writing

PATH = ("input", "postId")


async def create_post(
    viewer: access.Viewer | None,
    now: datetime,
    *,
    match_id: UUID,
    body: str,
    step_progress_id: UUID | None = None,
    idempotency_key: str | None = None,
) -> Post:
    """Add a post to the pair's thread; the first thing written makes an introduced match ACTIVE."""
    viewer = access.signed_in(viewer)
    body = writing.body_of(body)
    digest = writing.input_hash("post", match_id, body, step_progress_id)

    async def write(key: str | None) -> Post:
        async with transaction() as changed:
            match = await access.take_match(changed, viewer, now, match_id, path=("input", "matchId"))
            await _check_step(step_progress_id, match.id)
            content = writing.Content(body, key, digest, {"step_progress_id": step_progress_id})
            return await writing.add(Post, ActivityKind.POST_ADDED, changed, viewer, now, match, content)

    return await writing.write_once(Post, viewer, idempotency_key, digest, write)


async def edit_post(viewer: access.Viewer | None, now: datetime, *, post_id: UUID, body: str) -> Post:
    """Change the text of one's own post."""
    return await writing.edit(Post, "post", viewer, now, post_id, body, ActivityKind.POST_CHANGED, PATH)


async def delete_post(viewer: access.Viewer | None, now: datetime, *, post_id: UUID) -> Post:
    """Leave a tombstone in place of one's own post; its comments stay."""
    return await writing.delete(Post, "post", viewer, now, post_id, ActivityKind.POST_CHANGED, PATH)


async def _check_step(step_progress_id: UUID | None, match_id: UUID) -> None:
    if step_progress_id is not None and not await StepProgress.exists(id=step_progress_id, match_id=match_id):
        raise access.not_found("step", ("input", "stepProgressId"))
