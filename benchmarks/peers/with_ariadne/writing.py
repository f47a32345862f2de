"""createPost: number, post and log row in one transaction, then the hint through Redis."""

from datetime import UTC, datetime
from typing import Any

from graphql import GraphQLResolveInfo
from uuid_utils.compat import uuid7

from benchmarks.peers.with_ariadne.identifiers import key_of

MAX_BODY = 10_000


def _refused(code: str, message: str, *path: str) -> dict[str, Any]:
    return {"post": None, "errors": [{"code": code, "message": message, "path": path}]}


async def create_post(root: object, info: GraphQLResolveInfo, input: dict[str, Any]) -> dict[str, Any]:
    """Write into the pair's thread, and tell the other one."""
    context = info.context
    match_id, body = key_of("Match", input["matchId"]), input["body"].strip()
    if not 0 < len(body) <= MAX_BODY:
        return _refused("INVALID_INPUT", f"Write 1 to {MAX_BODY} characters.", "input", "body")
    now, post_id, viewer = datetime.now(UTC), uuid7(), context.viewer
    number = None
    if match_id is not None and viewer.adult:
        async with context.database.transaction() as transaction:
            taken = await transaction.rows("take_match", match_id, viewer.id)
            if taken:
                number = taken[0]["activity_head"]
                await transaction.rows("insert_post", post_id, match_id, viewer.id, number, body, now)
                await transaction.rows("insert_activity", match_id, number, post_id, viewer.id, now)
    if match_id is None or number is None:
        return _refused("NOT_FOUND", "There is no such match, or it is not yours.", "input", "matchId")
    log_row = {"number": number, "kind": "POST_ADDED", "subject_id": post_id, "actor_id": viewer.id}
    context.hints.publish(match_id, log_row | {"occurred_at": now.isoformat()})
    post = {"id": post_id, "match_id": match_id, "author_id": viewer.id, "number": number, "body": body}
    return {"post": post | {"created_at": now, "edited_at": None, "deleted_at": None}, "errors": []}
