"""Notifications: what the viewer is told, and saying that it was read."""

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry
from strawberry import Parent

from models.enums import NotificationKind
from models.notifications import SUBJECTS
from models.notifications import Notification as NotificationRow
from resolvers import access, notifications
from resolvers.notification_texts import TEXTS
from schema.context import Info
from schema.errors import Payload, mutation
from schema.fields import field, shown
from schema.node import Node, key_of
from schema.reads import DECLARED, Computed, computed
from schema.rows import visible_together

if TYPE_CHECKING:
    from schema.viewer import Viewer


@strawberry.type(description="Something that the viewer should know. For the viewer only.")
class Notification(Node):
    kind: NotificationKind = strawberry.field(description="What it is about, for programs.")
    created_at: datetime = strawberry.field(description="When it happened.")
    read_at: datetime | None = strawberry.field(description="When the viewer read it; null as long as it is unread.")

    text: str = computed(lambda row: TEXTS[row.kind].text, "kind", description="What it says, in plain English.")

    @field(
        description="What it is about; null when the viewer may not see that any more.",
        metadata={DECLARED: Computed(("kind", "subject_id"), None)},
    )
    async def subject(self, root: Parent[NotificationRow], info: Info) -> Node | None:
        return shown(await visible_together(info, SUBJECTS[root.kind], root.subject_id))


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
        viewer, ids = access.signed_in(info.context.viewer), None
        if input.ids is not None:
            ids = [key_of(value, NotificationRow, notifications.IDS_PATH) for value in input.ids]
        user = await notifications.mark_read(viewer, info.context.now, ids=ids, up_to=input.up_to)
        return MarkNotificationsReadPayload(viewer=shown(replace(viewer, user=user)))
