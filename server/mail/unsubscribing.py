"""The page at which people stop e-mails, and the address at which mail programs do it for them (RFC 8058)."""

from html import escape

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from models.enums import NotificationKind
from resolvers import notification_settings
from resolvers.notification_texts import TEXTS
from server.mail.links import Links, Stop

_HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-robots-tag": "noindex",
}


class Unsubscribing:
    """Asks and stops. The token in the address is all that counts: no cookie, header or body is looked at."""

    def __init__(self, links: Links) -> None:
        self._links = links

    async def endpoint(self, request: Request) -> Response:
        """GET asks and changes nothing, since mail programs and scanners follow links. POST stops, and may come again:
        from the page's button, or with the body List-Unsubscribe=One-Click from a mail program."""
        stop = self._links.read(request.query_params.get("token", ""))
        if stop is None:
            return _page("This link does not work", "<p>Copy it from the e-mail, whole.</p>", status=404)
        user_id, kind = stop
        if request.method != "POST":
            return _page("Stop these e-mails?", f"<p>E-mails {_which(kind)}.</p>{self._button('Stop them', stop)}")
        await notification_settings.unsubscribe(user_id, kind)
        more = "" if kind is None else self._button("Stop all other e-mails too", (user_id, None))
        return _page("Done", f"<p>No more e-mails {_which(kind)}. Mentorship itself still tells you.</p>{more}")

    def _button(self, label: str, stop: Stop) -> str:
        # The address is relative: it stays behind whatever prefix a proxy has put before it.
        return (
            f'<form method="post" action="?token={self._links.sign(stop)}">'
            f'<input type="hidden" name="List-Unsubscribe" value="One-Click"><button>{label}</button></form>'
        )


def _which(kind: NotificationKind | None) -> str:
    return "from Mentorship" if kind is None else f"when {escape(TEXTS[kind].when)}"


def _page(title: str, body: str, status: int = 200) -> HTMLResponse:
    head = f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
    view = '<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"></head>'
    return HTMLResponse(f"{head}{view}\n<body><h1>{title}</h1>{body}</body></html>\n", status, _HEADERS)
