"""Following streams: each log row becomes an event about the row as it is now, read under the viewer's scope."""

import math
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from tortoise.connection import get_connection

from models.base import Row
from models.check_ins import CheckIn
from models.enums import ActivityKind
from models.matches import Match, StepProgress
from models.messages import Message
from models.notifications import Notification
from models.posts import Comment, Post
from models.programs import Program
from models.sign_ups import SignUp
from pubsub import followers, live
from pubsub.followers import Batch, NotReadable, Over
from pubsub.patience import patiently
from pubsub.streams import LogRow, Scope, Stream, match_stream, program_stream, user_stream
from resolvers import access
from resolvers.listening import Audience, Events, Told

_SUBJECTS: dict[ActivityKind, type[Row]] = {
    ActivityKind.POST_ADDED: Post,
    ActivityKind.POST_CHANGED: Post,
    ActivityKind.COMMENT_ADDED: Comment,
    ActivityKind.COMMENT_CHANGED: Comment,
    ActivityKind.MESSAGE_ADDED: Message,
    ActivityKind.MESSAGE_CHANGED: Message,
    ActivityKind.STEP_PROGRESSED: StepProgress,
    ActivityKind.CHECK_IN_CHANGED: CheckIn,
    ActivityKind.MATCH_CHANGED: Match,
    ActivityKind.SIGN_UP_CHANGED: SignUp,
    ActivityKind.PROGRAM_CHANGED: Program,
    ActivityKind.NOTIFICATION_ADDED: Notification,
    ActivityKind.NOTIFICATION_CHANGED: Notification,
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
    hub = live.hub()
    try:
        return Events(hub, await hub.open(stream, access.stream_scope(viewer, stream), after, _tell), now)
    except NotReadable:
        raise access.not_found(noun, path) from None


async def _tell(batches: Sequence[Batch]) -> None:
    """Tell followers of what was logged, as rows that are read now, for all of them together."""
    read_at = time.monotonic()
    found = await _subjects([(batch.follower.scope, row) for batch in batches for row in batch.rows])
    events: dict[tuple[Stream, int], Event] = {}
    by_audience: dict[Audience, list[Told]] = defaultdict(list)
    for batch in batches:
        if not batch.follower.gone:
            by_audience[batch.follower.ears.audience].append(_told(batch, found, events, read_at))
    for audience, told in by_audience.items():
        await audience.hear(told)


def _told(batch: Batch, found: "_Subjects", known: dict[tuple[Stream, int], Event], read_at: float) -> Told:
    """One follower's share. Followers of one stream are told of a change by the very same event."""
    follower, told = batch.follower, []
    stream, viewer_id = follower.stream, follower.scope.viewer_id
    for row in batch.rows:
        # A subject that the viewer may not see any more is passed over; if that was a right to the stream itself, the
        # next read says so and ends it.
        if (subject := found.get((viewer_id, row.subject_id))) is not None:
            event = known.get((stream, row.number))
            if event is None:
                event = Event(row.kind, stream.cursor(row.number), row.occurred_at, row.actor_id, subject)
                known[stream, row.number] = event
            told.append((row.number, event))
    last, ending = (batch.rows[-1].number if batch.rows else follower.position), batch.ending
    if isinstance(ending, followers.Resync):
        resync = Resync(stream.cursor(ending.head), follower.ears.since, ending.reason)
        told, last, ending = [(ending.head, resync)], ending.head, Over()
    return Told(follower, told, last, ending, read_at)


_Subjects = dict[tuple[UUID, UUID], Row]
"""By the viewer and the key: the rows that he may see."""

_VISIBLE = """
SELECT want.ord, subject.* FROM unnest(${0}::uuid[], ${1}::uuid[]) WITH ORDINALITY AS want(viewer, subject, ord)
JOIN LATERAL ({rows}) AS subject ON TRUE
"""


async def _subjects(wanted: Sequence[tuple[Scope, LogRow]]) -> _Subjects:
    """The rows that batches are about, as they are now: one statement a model, which asks for each viewer's right."""
    keys: dict[tuple[type[Row], bool], dict[tuple[UUID, UUID], None]] = defaultdict(dict)
    for scope, row in wanted:
        keys[_SUBJECTS[row.kind], scope.is_adult][scope.viewer_id, row.subject_id] = None
    found: _Subjects = {}
    for (model, is_adult), asked in keys.items():
        # As patient as the log's reader: an event that breaks would be lost to a client who does not look closely.
        found |= await patiently(partial(_visible, model, is_adult, list(asked)), seconds=math.inf)
    return found


async def _visible(model: type[Row], is_adult: bool, asked: Sequence[tuple[UUID, UUID]]) -> _Subjects:
    rows, values = access.visible_to_each(model, is_adult=is_adult)
    statement = _VISIBLE.format(len(values) + 1, len(values) + 2, rows=rows)
    viewers, ids = zip(*asked, strict=True)
    live.hub().reader.statements += 1
    # Over live delivery's own connections: requests that wait for locks do not hold up events.
    _, records = await get_connection("live").execute_query(statement, [*values, viewers, ids])
    known: dict[UUID, Row] = {}
    found: _Subjects = {}
    for record in records:
        viewer_id, subject_id = asked[record["ord"] - 1]
        if subject_id not in known:
            known[subject_id] = model.from_record({name: value for name, value in record.items() if name != "ord"})
        found[viewer_id, subject_id] = known[subject_id]
    return found
