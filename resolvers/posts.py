"""Writing, editing and deleting posts in a pair's thread."""

from datetime import datetime
from uuid import UUID

from models.enums import ActivityKind
from models.matches import StepProgress
from models.posts import Post
from pubsub.transaction import transaction
from resolvers import access, writing
from resolvers.drafts import draft

PATH = ("input", "postId")

POST = writing.Kind(
    Post,
    "post",
    ActivityKind.POST_ADDED,
    ActivityKind.POST_CHANGED,
    PATH,
    counted="posts",
    given={"step": "uuid"},
    own={"step_progress_id": "want.step"},
    # A step never moves to another match.
    only_if="(want.step IS NULL"
    " OR EXISTS (SELECT 1 FROM step_progress WHERE id = want.step AND match_id = want.place))",
)


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
    post = draft(viewer, now, body, idempotency_key, match_id, step_progress_id=step_progress_id)

    async def step_by_step() -> Post:
        async with transaction() as changed:
            match = await access.take_match(changed, post.author, now, match_id, path=("input", "matchId"))
            await _check_step(step_progress_id, match.id)
            return await writing.add(POST, changed, match, post)

    return await writing.write(POST, post, step_by_step, match_id, step_progress_id)


async def edit_post(viewer: access.Viewer | None, now: datetime, *, post_id: UUID, body: str) -> Post:
    """Change the text of one's own post."""
    return await writing.edit(POST, viewer, now, post_id, body)


async def delete_post(viewer: access.Viewer | None, now: datetime, *, post_id: UUID) -> Post:
    """Leave a tombstone in place of one's own post; its comments stay."""
    return await writing.delete(POST, viewer, now, post_id)


async def _check_step(step_progress_id: UUID | None, match_id: UUID) -> None:
    if step_progress_id is not None and not await StepProgress.exists(id=step_progress_id, match_id=match_id):
        raise access.not_found("step", ("input", "stepProgressId"))
