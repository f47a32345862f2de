"""What serves a built single-page app: its files, and its one page for every address that a browser navigates to."""

from collections.abc import Sequence
from pathlib import Path

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from server.demo import Somebody, with_people
from server.transports.negotiation import HTML, JSON, preferred

INDEX = "index.html"
ASSETS = "assets/"
"""The folder of files whose names carry a hash of their contents, as Vite writes them."""

# Nothing but this very origin. 'self' covers sockets of the same host and port, too (CSP level 3).
POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "connect-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "manifest-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ]
)


class SinglePageApp(StaticFiles):
    """Serves the files of a folder, for what no route of the API takes.

    The app has addresses of its own, such as /verify-email: a browser that opens one gets the page, which knows what to
    show. Whoever asks for anything else that is not there, such as an asset of an older build, is told so.

    `people` are the demo's, whom the page may offer to be, if it has a place for them (server/demo/offered.py).
    """

    def __init__(self, folder: Path, people: Sequence[Somebody] = ()) -> None:
        super().__init__(directory=folder)
        self._index = folder / INDEX
        self._people = people

    async def get_response(self, path: str, scope: Scope) -> Response:
        path = INDEX if path == "." else path
        # What begins with a dot, such as .env, is nothing that a build meant to publish.
        if any(part.startswith(".") for part in path.split("/")):
            raise HTTPException(404)
        try:
            response = await super().get_response(path, scope)
        except HTTPException as missing:
            if missing.status_code != 404 or path.startswith(ASSETS) or not _navigates(scope):
                raise
            path = INDEX
            response = await super().get_response(INDEX, scope)
        if path == INDEX and self._people:
            # Without the file's ETag, which stands for the page that offers nobody.
            response = HTMLResponse(with_people(self._index.read_text(encoding="utf-8"), self._people))
        kept = path.startswith(ASSETS)
        response.headers["cache-control"] = "public, max-age=31536000, immutable" if kept else "no-cache"
        response.headers["content-security-policy"] = POLICY
        if not kept:
            response.headers["vary"] = "Accept"
        return response


def _navigates(scope: Scope) -> bool:
    """Whether a browser asks for a page to show, rather than a script for data or a page for its parts."""
    return scope["method"] == "GET" and preferred(Headers(scope=scope).get("accept"), (JSON, HTML)) == HTML
