"""The address at which one's export is fetched. The signed token in it is all that counts."""

from collections.abc import Callable, Sequence
from datetime import datetime

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse

from resolvers import data_exports, export_links

_HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-robots-tag": "noindex",
}

NOT_GOOD = "This link does not work, or not any more. Ask for a new one: viewer { dataExports { … url } }.\n"


class Downloads:
    """Gives an export to whoever has its link, which only its owner is told and which is good for a short time."""

    def __init__(self, keys: Sequence[str], clock: Callable[[], datetime]) -> None:
        self._keys = keys
        self._clock = clock

    async def endpoint(self, request: Request) -> Response:
        """The file as a download, in pieces. One answer to everything that is not good."""
        now = self._clock()
        export_id = export_links.read(self._keys, request.query_params.get("token", ""), now)
        export = None if export_id is None else await data_exports.find(export_id, now)
        if export is None:
            return PlainTextResponse(NOT_GOOD, 404, _HEADERS)
        name = f"mentorship-{export.requested_at:%Y-%m-%d}.json"
        headers = _HEADERS | {"content-disposition": f'attachment; filename="{name}"'}
        return StreamingResponse(data_exports.json_of(export), 200, headers, "application/json")
