"""Live activity: the three streams, and the events that they are made of."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

import strawberry
from strawberry import Private

from models.enums import ActivityKind
from models.matches import Match as MatchRow
from models.programs import Program as ProgramRow
from models.users import User as UserRow
from resolvers import activity
from resolvers.activity import Event, Resync
from resolvers.listening import Events
from schema.check_ins import CheckIn
from schema.comments import Comment
from schema.compiled.calls import SAME_FOR_ALL
from schema.context import Info
from schema.fields import field, shown, subscription
from schema.matches import Match
from schema.messages import Message
from schema.node import key_of
from schema.notifications import Notification
from schema.posts import Post
from schema.programs import Program
from schema.reports import Report
from schema.selection import Selected
from schema.sights import Sights
from schema.sign_ups import SignUp
from schema.steps import StepProgress
from schema.users import User


@strawberry.type
class _Happened:
    """What all events have."""

    cursor: str = strawberry.field(description="Where the stream stands after this event: `after` goes on from here.")
    occurred_at: datetime = strawberry.field(description="When it happened.")
    actor_id: Private[UUID | None] = None
    actor_read: Private[UserRow | None] = None

    @field(description="Who did it; null when nobody is named, as at an end.", metadata={SAME_FOR_ALL: True})
    def actor(self, info: Info) -> User | None:
        if self.actor_id is None or self.actor_read is not None:
            return shown(self.actor_read)
        return shown(info.context.one(UserRow, self.actor_id))


@strawberry.interface(description="Something that happened in a pair's space.")
class MatchActivity(_Happened):
    pass


@strawberry.interface(description="Something that concerns the viewer across pairs.")
class ViewerActivity(_Happened):
    pass


@strawberry.interface(description="Something that happened in a program, for its group's admins.")
class ProgramActivity(_Happened):
    pass


@strawberry.type(description="A post was added.")
class PostAdded(MatchActivity):
    post: Post = strawberry.field(description="The post as it is now.")


@strawberry.type(description="A post was edited, deleted or reacted to.")
class PostChanged(MatchActivity):
    post: Post = strawberry.field(description="The post as it is now.")


@strawberry.type(description="A comment was added.")
class CommentAdded(MatchActivity):
    comment: Comment = strawberry.field(description="The comment as it is now.")


@strawberry.type(description="A comment was edited, deleted or reacted to.")
class CommentChanged(MatchActivity):
    comment: Comment = strawberry.field(description="The comment as it is now.")


@strawberry.type(description="A message was sent.")
class MessageAdded(MatchActivity):
    message: Message = strawberry.field(description="The message as it is now.")


@strawberry.type(description="A message was edited, deleted or reacted to.")
class MessageChanged(MatchActivity):
    message: Message = strawberry.field(description="The message as it is now.")


@strawberry.type(description="The pair got on with a step.")
class StepProgressed(MatchActivity):
    step_progress: StepProgress = strawberry.field(description="The step as it is now.")


@strawberry.type(description="A weekly check-in opened, was answered, or gave way to the next one.")
class CheckInChanged(MatchActivity):
    check_in: CheckIn = strawberry.field(description="The check-in as it is now.")


@strawberry.type(description="A match was made, or its state changed. An end is the last event of the pair's stream.")
class MatchChanged(MatchActivity, ViewerActivity, ProgramActivity):
    match: Match = strawberry.field(description="The match as it is now.")


@strawberry.type(description="Somebody signed up, or a sign-up changed.")
class SignUpChanged(ProgramActivity):
    sign_up: SignUp = strawberry.field(description="The sign-up as it is now.")


@strawberry.type(
    description="A mentor has a free place, by an end or a raised capacity, while somebody waits who may have it. "
    "`signUp.program.admin.suggestedMatches` proposes anew."
)
class PlaceFreed(ProgramActivity):
    sign_up: SignUp = strawberry.field(description="The mentor's sign-up as it is now.")


@strawberry.type(description="The program itself changed.")
class ProgramChanged(ProgramActivity):
    program: Program = strawberry.field(description="The program as it is now.")


@strawberry.type
class _Notified(ViewerActivity):
    notification: Notification = strawberry.field(description="The notification as it is now.")

    @field(description="How many of the viewer's notifications are unread now.")
    async def unread_notifications(self, info: Info) -> int:
        row: Any = self.notification  # a row, which knows whose it is
        return (await info.context.one(UserRow, row.user_id)).unread_notifications


@strawberry.type(description="The viewer got a notification.")
class NotificationAdded(_Notified):
    pass


@strawberry.type(description="A notification of the viewer's was read.")
class NotificationChanged(_Notified):
    pass


@strawberry.type(description="A report that the viewer made, or may review, was made, taken up or decided.")
class ReportChanged(ViewerActivity):
    report: Report = strawberry.field(description="The report as it is now.")


@strawberry.type(
    description="The stream cannot go on from the cursor given: fetch the state anew, and follow from this cursor."
)
class ResyncRequired(MatchActivity, ViewerActivity, ProgramActivity):
    reason: str = strawberry.field(description="Why the cursor is of no use.")


_TYPES: dict[ActivityKind, tuple[type[_Happened], str]] = {
    ActivityKind.POST_ADDED: (PostAdded, "post"),
    ActivityKind.POST_CHANGED: (PostChanged, "post"),
    ActivityKind.COMMENT_ADDED: (CommentAdded, "comment"),
    ActivityKind.COMMENT_CHANGED: (CommentChanged, "comment"),
    ActivityKind.MESSAGE_ADDED: (MessageAdded, "message"),
    ActivityKind.MESSAGE_CHANGED: (MessageChanged, "message"),
    ActivityKind.STEP_PROGRESSED: (StepProgressed, "step_progress"),
    ActivityKind.CHECK_IN_CHANGED: (CheckInChanged, "check_in"),
    ActivityKind.MATCH_CHANGED: (MatchChanged, "match"),
    ActivityKind.SIGN_UP_CHANGED: (SignUpChanged, "sign_up"),
    ActivityKind.PLACE_FREED: (PlaceFreed, "sign_up"),
    ActivityKind.PROGRAM_CHANGED: (ProgramChanged, "program"),
    ActivityKind.NOTIFICATION_ADDED: (NotificationAdded, "notification"),
    ActivityKind.NOTIFICATION_CHANGED: (NotificationChanged, "notification"),
    ActivityKind.REPORT_CHANGED: (ReportChanged, "report"),
}
_SHOWN = {kind: (cls.__name__, name, activity.SUBJECTS[kind]) for kind, (cls, name) in _TYPES.items()}


def typed(event: Event | Resync) -> Any:
    """An event as the type that clients see."""
    if isinstance(event, Resync):
        return ResyncRequired(cursor=event.cursor, occurred_at=event.occurred_at, reason=event.reason)
    cls, subject = _TYPES[event.kind]
    what: dict[str, Any] = {"cursor": event.cursor, "occurred_at": event.occurred_at, subject: event.subject}
    return cls(**what, actor_id=event.actor_id, actor_read=event.actor)


class TypedEvents(AsyncIterator[Any]):
    """Events as their types. Who has many listeners takes `events` and types them, once for all who hear the same."""

    typed = staticmethod(typed)

    @staticmethod
    def sights(field: Selected, variables: dict[str, Any]) -> Sights:
        """What a selection shows of events' rows."""
        return Sights(field, variables, _SHOWN)

    def __init__(self, info: Info, events: Events) -> None:
        info.context.following = True
        self.events = events

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Any:
        return typed(await anext(self.events))

    async def aclose(self) -> None:
        """Hear no more."""
        await self.events.aclose()


Cursor = Annotated[
    str | None,
    strawberry.argument(
        description="A cursor of this stream, from an event or an `activityCursor`: only what came after it. "
        "Left out, the stream starts now."
    ),
]


@strawberry.type
class ActivitySubscription:
    @subscription(description="All that happens in a pair's space; for its two members only.")
    async def match_activity(
        self,
        info: Info,
        match_id: Annotated[strawberry.ID, strawberry.argument(description="One's match.")],
        after: Cursor = None,
    ) -> AsyncIterator[MatchActivity]:
        key = key_of(match_id, MatchRow, ("matchId",))
        return TypedEvents(info, await activity.follow_match(info.context.viewer, info.context.now, key, after))

    @subscription(description="What concerns the viewer across pairs.")
    async def viewer_activity(self, info: Info, after: Cursor = None) -> AsyncIterator[ViewerActivity]:
        return TypedEvents(info, await activity.follow_viewer(info.context.viewer, info.context.now, after))

    @subscription(description="A program's sign-ups, matches and their states; for its group's admins only.")
    async def program_activity(
        self,
        info: Info,
        program_id: Annotated[strawberry.ID, strawberry.argument(description="The program.")],
        after: Cursor = None,
    ) -> AsyncIterator[ProgramActivity]:
        key = key_of(program_id, ProgramRow, ("programId",))
        return TypedEvents(info, await activity.follow_program(info.context.viewer, info.context.now, key, after))
