"""Following streams: each log row becomes an event about the row as it is now, read under the viewer's scope."""

import math
import time
from collections import defaultdict
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from tortoise.connection import get_connection

from models.base import Row
from models.enums import ActivityKind
from models.matches import Match, StepProgress
from models.messages import Message
from models.posts import Comment, Post
from models.programs import Program
from models.sign_ups import SignUp
from pubsub import live
from pubsub.followers import PRUNED, NotReadable, Opened, Pruned
from pubsub.patience import patiently
from pubsub.streams import LogRow, Stream, match_stream, program_stream, user_stream
from resolvers import access

_SUBJECTS: dict[ActivityKind, type[Row]] = {
    ActivityKind.POST_ADDED: Post,
    ActivityKind.POST_CHANGED: Post,
    ActivityKind.COMMENT_ADDED: Comment,
    ActivityKind.COMMENT_CHANGED: Comment,
    ActivityKind.MESSAGE_ADDED: Message,
    ActivityKind.MESSAGE_CHANGED: Message,
    ActivityKind.STEP_PROGRESSED: StepProgress,
    ActivityKind.MATCH_CHANGED: Match,
    ActivityKind.SIGN_UP_CHANGED: SignUp,
    ActivityKind.PROGRAM_CHANGED: Program,
}


@dataclass(frozen=True, slots=True)
class Event:
    """One change. `subject` is the row as it is now."""

    kind: ActivityKind
    cursor: str
    occurred_at: datetime
    actor_id: UUID | None
    subject: Row


@dataclass(frozen=True, slots=True)
class Resync:
    """The follower cannot go on from its cursor: it fetches the state anew and goes on from this one."""

    cursor: str
    occurred_at: datetime
    reason: str


FRESH_SECONDS = 0.5
"""How old what an event shows may be: a slow reader gets a deleted post's tombstone, not its words."""

Events = AsyncGenerator[Event | Resync, None]


async def follow_match(viewer: access.Viewer | None, now: datetime, match_id: UUID, after: str | None) -> Events:
    """All that happens in a pair's space, for the two. Raises Refused NOT_FOUND for everybody else, UNDERAGE."""
    viewer = access.signed_in(viewer)
    access.adult(viewer.user, now)
    return await _follow(viewer, now, match_stream(match_id), after, "match", ("matchId",))


async def follow_viewer(viewer: access.Viewer | None, now: datetime, after: str | None) -> Events:
    """What concerns the viewer across pairs."""
    viewer = access.signed_in(viewer)
    return await _follow(viewer, now, user_stream(viewer.id), after, "person", ())


async def follow_program(viewer: access.Viewer | None, now: datetime, program_id: UUID, after: str | None) -> Events:
    """A program's sign-ups and matches, for its group's admins. Raises Refused NOT_FOUND for everybody else."""
    viewer = access.signed_in(viewer)
    return await _follow(viewer, now, program_stream(program_id), after, "program", ("programId",))


async def _follow(
    viewer: access.Viewer, now: datetime, stream: Stream, after: str | None, noun: str, path: Sequence[str]
) -> Events:
    scope = access.stream_scope(viewer, stream)
    try:
        opened = await live.hub().open(stream, scope, after)
    except NotReadable:
        raise access.not_found(noun, path) from None
    return _events(viewer, now, stream, opened)


async def _events(viewer: access.Viewer, now: datetime, stream: Stream, opened: Opened) -> Events:
    if opened.resync is not None:
        yield Resync(stream.cursor(opened.head), now, opened.resync)
        return
    following = live.hub().follow(stream, access.stream_scope(viewer, stream), opened.start)
    try:
        async with aclosing(following):
            async for batch in following:
                subjects, read_at = await _subjects(viewer, batch.rows), time.monotonic()
                for place, row in enumerate(batch.rows):
                    if time.monotonic() - read_at > FRESH_SECONDS:
                        subjects, read_at = await _subjects(viewer, batch.rows[place:]), time.monotonic()
                    if batch.cut():
                        return
                    # A subject that the viewer may not see any more is passed over; if that was a right to the stream
                    # itself, the next read says so and ends it.
                    if (subject := subjects.get((_SUBJECTS[row.kind], row.subject_id))) is not None:
                        yield Event(row.kind, stream.cursor(row.number), row.occurred_at, row.actor_id, subject)
    except Pruned as pruned:
        yield Resync(stream.cursor(pruned.head), now, PRUNED)


async def _subjects(viewer: access.Viewer, rows: Sequence[LogRow]) -> dict[tuple[type[Row], UUID], Row]:
    """The rows that a batch is about, as they are now; those that the viewer may not see any more are missing."""
    wanted: dict[type[Row], set[UUID]] = defaultdict(set)
    for row in rows:
        wanted[_SUBJECTS[row.kind]].add(row.subject_id)
    found: dict[tuple[type[Row], UUID], Row] = {}
    for model, ids in wanted.items():
        # As patient as the log's reader: an event that breaks would be lost to a client who does not look closely.
        for subject in await patiently(partial(_visible, viewer, model, ids), seconds=math.inf):
            found[model, subject.id] = subject
    return found


async def _visible(viewer: access.Viewer, model: type[Row], ids: set[UUID]) -> list[Row]:
    # Over live delivery's own connections: requests that wait for locks do not hold up events.
    return await access.visible(model, viewer).filter(id__in=list(ids)).using_db(get_connection("live"))
