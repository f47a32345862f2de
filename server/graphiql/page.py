"""The routes of GraphiQL: the page itself, and its scripts, styles and fonts under /graphql/assets."""

from collections.abc import Sequence
from pathlib import Path

from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from server.demo import Somebody, with_people

DIST = Path(__file__).resolve().parent / "dist"

# Nothing but this very origin: were a package ever to reach for a CDN, the browser would refuse and the test would see.
# Monaco sets style attributes and styles its themes in <style> elements, hence 'unsafe-inline' for styles alone.
POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self' 'unsafe-inline'",
        "font-src 'self' data:",
        "img-src 'self' data:",
        "connect-src 'self'",
        "worker-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    ]
)


def graphiql_page(people: Sequence[Somebody]) -> Response:
    """The page, for a GET of /graphql that accepts text/html, with people whom it offers to be.

    503 with what to do where it was not built.
    """
    try:
        html = (DIST / "index.html").read_text(encoding="utf-8")
    except FileNotFoundError:
        return PlainTextResponse("GraphiQL is not built. Run: python -m server.graphiql.build\n", status_code=503)
    headers = {
        "cache-control": "no-cache",
        "content-security-policy": POLICY,
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
    }
    return HTMLResponse(with_people(html, people), headers=headers)


def graphiql_assets() -> Mount:
    """Where the page's files are served; to be placed before a route that takes everything under /graphql."""
    return Mount("/graphql/assets", app=_Assets(directory=DIST / "assets", check_dir=False), name="graphiql-assets")


class _Assets(StaticFiles):
    """Files whose names carry a hash of their contents: a browser may keep them for good."""

    async def check_config(self) -> None:
        """Nothing: a folder that was not built yet has no files, which is a 404."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        if response.status_code == 200:
            response.headers["cache-control"] = "public, max-age=31536000, immutable"
        response.headers["x-content-type-options"] = "nosniff"
        response.headers["content-security-policy"] = POLICY  # A worker's script brings the policy that holds for it.
        return response
