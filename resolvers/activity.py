"""Following streams: each log row becomes an event about the row as it is now, read under the viewer's scope."""

import math
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial
from typing import Any
from uuid import UUID

from models.base import Row
from models.check_ins import CheckIn
from models.enums import ActivityKind
from models.matches import Match, StepProgress
from models.messages import Message
from models.notifications import Notification
from models.posts import Comment, Post
from models.programs import Program
from models.reports import Report
from models.sign_ups import SignUp
from models.users import User
from pubsub import followers, live
from pubsub.followers import Batch, NotReadable, Over
from pubsub.patience import patiently
from pubsub.streams import LogRow, Stream, match_stream, program_stream, user_stream
from resolvers import access, loaders
from resolvers.listening import Audience, Events, Sight, Told
from resolvers.look_ahead import reader
from resolvers.reads import One, Wanted

SUBJECTS: dict[ActivityKind, type[Row]] = {
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
    ActivityKind.PLACE_FREED: SignUp,
    ActivityKind.PROGRAM_CHANGED: Program,
    ActivityKind.NOTIFICATION_ADDED: Notification,
    ActivityKind.NOTIFICATION_CHANGED: Notification,
    ActivityKind.REPORT_CHANGED: Report,
}


ACTOR = One(User, sql="want.actor")
"""What leads from an event's row to who acted: a relation that its statement knows (loaders.visible_to_each)."""

ACTOR_KEY = "@:actor"
"""Where that person lies in the row; no response key has a colon."""

MOST_FORMS = 8
"""Statements that a batch takes for one kind of row, for that many different selections; others get whole rows."""


@dataclass(frozen=True, slots=True)
class Event:
    """One change. `subject` is the row as it is now, of which that much was read as is shown of it."""

    kind: ActivityKind
    cursor: str
    occurred_at: datetime
    actor_id: UUID | None
    subject: Row
    actor: User | None
    """Who did it, where that was read as well."""


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


_Key = tuple[UUID, UUID, UUID | None, Sight | None]
"""A viewer, a subject, who acted, and what is shown of it: what tells one reading of a row from another."""


async def _tell(batches: Sequence[Batch]) -> None:
    """Tell followers of what was logged, as rows that are read now, for all of them together."""
    read_at = time.monotonic()
    heard = [batch for batch in batches if not batch.follower.gone]
    found = await _subjects(heard)
    events: dict[Any, Event] = {}
    by_audience: dict[Audience, list[Told]] = defaultdict(list)
    for batch in heard:
        if not batch.follower.gone:
            by_audience[batch.follower.ears.audience].append(_told(batch, found, events, read_at))
    for audience, told in by_audience.items():
        await audience.hear(told)


def _told(batch: Batch, found: dict[_Key, Row], known: dict[Any, Event], read_at: float) -> Told:
    """One follower's share. Followers of one stream who are shown the same are told of a change by the very same
    event."""
    follower, told = batch.follower, list[tuple[int, Event | Resync]]()
    stream = follower.stream
    for row in batch.rows:
        # A subject that the viewer may not see any more is passed over; if that was a right to the stream itself, the
        # next read says so and ends it.
        key = _key(batch, row)
        if (subject := found.get(key)) is not None:
            event = known.get((stream, row.number, key[-1]))
            if event is None:
                actor = subject.__dict__.get(ACTOR_KEY)
                event = Event(row.kind, stream.cursor(row.number), row.occurred_at, row.actor_id, subject, actor)
                known[stream, row.number, key[-1]] = event
            told.append((row.number, event))
    last, ending = (batch.rows[-1].number if batch.rows else follower.position), batch.ending
    if isinstance(ending, followers.Resync):
        resync = Resync(stream.cursor(ending.head), follower.ears.since, ending.reason)
        told, last, ending = [(ending.head, resync)], ending.head, Over()
    return Told(follower, told, last, ending, read_at)


def _key(batch: Batch, row: LogRow) -> _Key:
    follower = batch.follower
    return follower.scope.viewer_id, row.subject_id, row.actor_id, follower.ears.sight(row.kind)


async def _subjects(batches: Sequence[Batch]) -> dict[_Key, Row]:
    """The rows that batches are about, as they are now: one statement for all who are shown the same of one kind of
    row, which asks for each viewer's right."""
    together: dict[Any, dict[_Key, None]] = defaultdict(dict)
    forms: dict[type[Row], set[Any]] = defaultdict(set)
    for batch in batches:
        is_adult = batch.follower.scope.is_adult
        for row in batch.rows:
            model, key = SUBJECTS[row.kind], _key(batch, row)
            form = _form(key[-1])
            if len(forms[model]) >= MOST_FORMS and form not in forms[model]:
                form = None
            forms[model].add(form)
            together[model, is_adult, form][key] = None
    found: dict[_Key, Row] = {}
    for (model, is_adult, form), keys in together.items():
        # As patient as the log's reader: an event that breaks would be lost to a client who does not look closely.
        sight = next(iter(keys))[-1] if form is not None else None
        read = partial(_visible, sight or Sight(_whole(model)), is_adult, list(keys))
        found |= await patiently(read, seconds=math.inf)
    return found


def _form(sight: Sight | None) -> Any:
    """Equal for all who are shown the same, by the same statement; None where whole rows are read."""
    if sight is None:
        return None
    made = reader(sight.wanted, sight.asked)
    if made.for_viewer:
        return None
    return made, sight if sight.asked else None


async def _visible(sight: Sight, is_adult: bool, keys: Sequence[_Key]) -> dict[_Key, Row]:
    live.hub().reader.statements += 1
    by_line: dict[loaders.Line, list[_Key]] = defaultdict(list)
    for key in keys:
        by_line[key[:3]].append(key)
    # Over live delivery's own connections: requests that wait for locks do not hold up events.
    lines = list(by_line)
    rows = await loaders.visible_to_each(sight.wanted, lines, sight.asked, is_adult=is_adult, connection="live")
    return {key: row for line, row in rows for key in by_line[line]}


@cache
def _whole(model: type[Row]) -> Wanted:
    return Wanted.whole(model)
