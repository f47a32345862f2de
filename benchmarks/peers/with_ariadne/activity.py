"""matchActivity: what stands in the log after the cursor, and then each hint that comes through Redis."""

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from graphql import GraphQLError, GraphQLResolveInfo

from benchmarks.peers.with_ariadne.identifiers import activity_cursor, activity_number, key_of
from benchmarks.peers.with_ariadne.viewer import RequestContext

SUBJECTS = {
    "POST_ADDED": ("PostAdded", "post", "posts_for_member"),
    "COMMENT_ADDED": ("CommentAdded", "comment", "comments_for_member"),
}
BATCH = 100


async def match_activity(
    root: object, info: GraphQLResolveInfo, *, matchId: str, after: str | None = None
) -> AsyncIterator[dict[str, Any]]:
    """Subscribes first and reads the log then, so that nothing falls between the two."""
    context, match_id = info.context, key_of("Match", matchId)
    if match_id is None or not context.viewer.adult:
        raise GraphQLError("There is no such match, or it is not yours.")
    async with context.hints.subscribe(match_id) as heard:
        found = await context.database.rows("follow", match_id, context.viewer.id)
        if not found:
            raise GraphQLError("There is no such match, or it is not yours.")
        head, floor = found[0]["activity_head"], found[0]["activity_floor"]
        last = head if after is None else activity_number(match_id, after)
        if last is None or not floor <= last <= head:
            yield _event("ResyncRequired", activity_cursor(match_id, head), reason="The cursor is of no use.")
            return
        full = last < head
        while full:
            viewer = context.viewer
            rows = await context.database.rows("log_after", match_id, viewer.id, last, viewer.session_id)
            for event in await _events(context, match_id, rows):
                context.renew()
                yield event
            full, last = len(rows) == BATCH, rows[-1]["number"] if rows else last
        while True:
            row = await heard.get()
            if row["number"] > last:
                for event in await _events(context, match_id, [row]):
                    context.renew()
                    yield event


def _event(name: str, cursor: str, **more: Any) -> dict[str, Any]:
    return {"__typename": name, "cursor": cursor, "occurred_at": datetime.now(UTC), "actor_id": None} | more


async def _events(context: RequestContext, match_id: UUID, rows: Sequence[Any]) -> list[dict[str, Any]]:
    """Events of log rows, each with its row as it is now, read under the member's right and session."""
    found: dict[UUID, Any] = {}
    viewer = context.viewer
    for kind in {row["kind"] for row in rows} & SUBJECTS.keys():
        ids = [row["subject_id"] for row in rows if row["kind"] == kind]
        for subject in await context.database.rows(SUBJECTS[kind][2], ids, viewer.id, viewer.session_id):
            found[subject["id"]] = subject
    events = []
    for row in rows:
        if row["subject_id"] in found:
            name, field, _ = SUBJECTS[row["kind"]]
            cursor = activity_cursor(match_id, row["number"])
            event = _event(name, cursor, **{field: found[row["subject_id"]]})
            events.append(event | {"occurred_at": row["occurred_at"], "actor_id": row["actor_id"]})
    return events
