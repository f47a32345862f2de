"""A person's sessions, a device each, and ending one of them."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import strawberry
from strawberry import Parent

from models.sessions import Session as SessionRow
from resolvers import devices
from schema.context import Info
from schema.errors import Payload, mutation
from schema.fields import field, shown

if TYPE_CHECKING:
    from schema.viewer import Viewer


@strawberry.type(description="One of the viewer's sessions: a device on which he or she has logged in.")
class DeviceSession:
    created_at: datetime = strawberry.field(description="When one logged in.")
    device: str | None = strawberry.field(description="What one called the device then; null when one did not say.")

    @field(description="What `endSession` takes. It opens nothing.")
    def id(self, root: Parent[SessionRow]) -> strawberry.ID:
        return strawberry.ID(root.id.hex)

    @field(description="When its tokens were last exchanged, which its app does every few minutes.")
    def last_used_at(self, root: Parent[SessionRow]) -> datetime:
        return root.last_used_at or root.created_at

    @field(description="Whether it is the one that asks.")
    def current(self, root: Parent[SessionRow], info: Info) -> bool:
        viewer = info.context.viewer
        return viewer is not None and viewer.session_id == root.id


@strawberry.input(description="A session to end.")
class EndSessionInput:
    session_id: strawberry.ID = strawberry.field(description="One of `viewer.sessions`.")


@strawberry.type(description="What `endSession` did.")
class EndSessionPayload(Payload):
    viewer: Annotated["Viewer", strawberry.lazy("schema.viewer")] | None = strawberry.field(
        default=None, description="The viewer, with the sessions that are left; null when refused."
    )


@strawberry.type
class DeviceMutation:
    @mutation("End one of one's own sessions, as when a telephone was lost: what it has open is closed.")
    async def end_session(
        self, info: Info, input: Annotated[EndSessionInput, strawberry.argument(description="The session.")]
    ) -> EndSessionPayload:
        viewer = await devices.end_session(info.context.viewer, info.context.now, session_id=_key(input.session_id))
        return EndSessionPayload(viewer=shown(viewer))


def _key(value: str) -> UUID | None:
    """The key of a session; None for what can be none."""
    try:
        return UUID(hex=value)
    except ValueError:
        return None
