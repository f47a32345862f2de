"""Notifications: what the viewer is told, and saying that it was read."""

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry
from strawberry import Parent

from models.enums import NotificationKind
from models.notifications import SUBJECTS
from models.notifications import Notification as NotificationRow
from resolvers import notifications
from schema.context import Info
from schema.errors import Payload, mutation
from schema.node import Node, key_of
from schema.reads import DECLARED, Computed, computed
from schema.rows import visible_together

if TYPE_CHECKING:
    from schema.viewer import Viewer

TEXTS: dict[NotificationKind, str] = {
    NotificationKind.MATCHED: "You have been matched. Say hello!",
    NotificationKind.INTRODUCTION_WAITS: "Your introduction is still waiting for you. Have a look, and say hello!",
    NotificationKind.INTRODUCTION_ACKNOWLEDGED: "Your partner has read the introduction and looks forward to you.",
    NotificationKind.MATCH_ACTIVE: "Your mentorship is under way.",
    NotificationKind.MATCH_ENDED: (
        "A match of yours has ended. If your sign-up waits again, leave it in the queue or withdraw it, as you like."
    ),
    NotificationKind.MATCH_EXPIRED: (
        "A match of yours was not taken up in time and has ended. If your sign-up waits again, leave it in the queue "
        "or withdraw it, as you like."
    ),
    NotificationKind.STEP_WAITS: "Your partner has done a step; it waits for you.",
    NotificationKind.PLACE_FREED: "A mentor has a free place, and somebody waits for one. Have a look whom to pair.",
    NotificationKind.SIGN_UP_CLOSED: "Sign-up for a program has closed. It is time to pair people.",
    NotificationKind.NOBODY_TO_PAIR: (
        "Sign-up for a program has closed, and there are no two people to pair yet. Set a later last day if you like."
    ),
    NotificationKind.STEP_OPENED: "A new week, a new step: have a look at what comes next.",
    NotificationKind.STEPS_FINISHED: "You are through all your steps. If you both feel done, say so; or simply go on.",
    NotificationKind.COMPLETION_PROPOSED: "Your partner feels that your mentorship is complete. Do you agree?",
    NotificationKind.MATCH_COMPLETED: "Your mentorship is complete. A farewell is there for you to read.",
    NotificationKind.CHECK_IN_DUE: "It is time for your weekly check-in: how was your week, and what comes next?",
    NotificationKind.NUDGE_7: "It has been quiet between you two for a week. One line about it picks it up again.",
    NotificationKind.NUDGE_14: "Two quiet weeks happen to every pair. Propose a day for a call, or ask one question.",
    NotificationKind.NUDGE_21: "Three quiet weeks. If life is full, one line says so, and a pause keeps your place.",
    NotificationKind.SILENT_28: "Four quiet weeks. A pause, another match or a good end: it is yours to choose. "
    "Nothing ends by itself, and a line to your partner takes you right back.",
    NotificationKind.MATCH_PAUSED: "Your partner is taking a break from your mentorship. You can still write.",
    NotificationKind.MATCH_RESUMED: "Your mentorship goes on after the break. Say hello again!",
    NotificationKind.HELP_WELCOME: "A pair in a program of yours would welcome a hand.",
}
"""They name nobody: the subject does, as long as the viewer may see it."""


@strawberry.type(description="Something that the viewer should know. For the viewer only.")
class Notification(Node):
    kind: NotificationKind = strawberry.field(description="What it is about, for programs.")
    created_at: datetime = strawberry.field(description="When it happened.")
    read_at: datetime | None = strawberry.field(description="When the viewer read it; null as long as it is unread.")

    text: str = computed(lambda row: TEXTS[row.kind], "kind", description="What it says, in plain English.")

    @strawberry.field(
        description="What it is about; null when the viewer may not see that any more.",
        metadata={DECLARED: Computed(("kind", "subject_id"), None)},
    )
    async def subject(self, root: Parent[NotificationRow], info: Info) -> Node | None:
        return await visible_together(info, SUBJECTS[root.kind], root.subject_id)


@strawberry.input(description="Notifications that one has read: either `ids` or `upTo`.")
class MarkNotificationsReadInput:
    ids: list[strawberry.ID] | None = strawberry.field(default=None, description="These ones, at most 100.")
    up_to: str | None = strawberry.field(
        default=None, description="A cursor of `viewer.notifications`: the one that stands there, and all older ones."
    )


@strawberry.type(description="What `markNotificationsRead` did.")
class MarkNotificationsReadPayload(Payload):
    viewer: Annotated["Viewer", strawberry.lazy("schema.viewer")] | None = strawberry.field(
        default=None, description="The viewer, with the count as it is now; null when refused."
    )


@strawberry.type
class NotificationMutation:
    @mutation("Say that one has read notifications. Those that were read already stay as they are.")
    async def mark_notifications_read(
        self,
        info: Info,
        input: Annotated[MarkNotificationsReadInput, strawberry.argument(description="Which ones.")],
    ) -> MarkNotificationsReadPayload:
        viewer, ids = info.context.viewer, None
        if input.ids is not None:
            ids = [key_of(value, NotificationRow, notifications.IDS_PATH) for value in input.ids]
        user = await notifications.mark_read(viewer, info.context.now, ids=ids, up_to=input.up_to)
        return MarkNotificationsReadPayload(viewer=replace(viewer, user=user))
