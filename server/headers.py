"""The headers with which every answer over HTTP tells browsers to be strict."""

from collections.abc import Awaitable

from starlette.types import Message, Send

STRICT = {
    b"content-security-policy": b"default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    b"cross-origin-opener-policy": b"same-origin",
    b"referrer-policy": b"no-referrer",
    b"x-content-type-options": b"nosniff",
    b"x-frame-options": b"DENY",
}
"""For answers that are data. A page says itself what it needs: GraphiQL, and the one that stops e-mails."""


class Headers:
    """Adds what an answer does not say itself. `hsts_seconds` above 0 has browsers insist on https for as long."""

    def __init__(self, hsts_seconds: int) -> None:
        given = dict(STRICT)
        if hsts_seconds:
            given[b"strict-transport-security"] = b"max-age=%d" % hsts_seconds
        self._given = list(given.items())

    def added(self, send: Send) -> Send:
        """`send`, with the headers."""

        def with_headers(message: Message) -> Awaitable[None]:
            if message["type"] == "http.response.start":
                headers = message["headers"]
                said = {name for name, _ in headers}
                message["headers"] = [*headers, *(each for each in self._given if each[0] not in said)]
            return send(message)

        return with_headers
