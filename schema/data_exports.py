"""Copies of one's own data: asking for one, and where to fetch it."""

from datetime import datetime

import strawberry
from strawberry import Parent

from models.enums import DataExportState
from models.exports import DataExport as DataExportRow
from resolvers import data_exports, export_links
from schema.context import Info
from schema.errors import Payload, mutation
from schema.fields import field, shown
from schema.node import Node
from schema.reads import DECLARED, Computed


@strawberry.type(description="A copy of all that is kept about the viewer, and of all that the viewer wrote, as JSON.")
class DataExport(Node):
    state: DataExportState = strawberry.field(description="Where it stands.")
    requested_at: datetime = strawberry.field(description="When the viewer asked for it.")
    expires_at: datetime | None = strawberry.field(
        description="When it is thrown away, a week after it was READY; null before."
    )

    @field(
        description="Where it can be fetched without logging in, as a path on this server: for a quarter of an hour, "
        "so ask right before. Null unless it is READY.",
        metadata={DECLARED: Computed(("id", "state", "expires_at"), None)},
    )
    def url(self, root: Parent[DataExportRow], info: Info) -> str | None:
        now = info.context.now
        if root.state != DataExportState.READY or root.expires_at is None or root.expires_at <= now:
            return None
        return export_links.link(info.context.tokens.keys, root.id, now)


@strawberry.type(description="What `requestDataExport` did.")
class RequestDataExportPayload(Payload):
    data_export: DataExport | None = strawberry.field(
        default=None, description="The copy that is being made; null when refused."
    )


@strawberry.type
class DataExportMutation:
    @mutation(
        "Ask for a copy of one's own data, once a day at most. A notification says when it is ready; "
        "`viewer.dataExports` says where to fetch it."
    )
    async def request_data_export(self, info: Info) -> RequestDataExportPayload:
        made = await data_exports.request_data_export(info.context.viewer, info.context.now)
        return RequestDataExportPayload(data_export=shown(made))
