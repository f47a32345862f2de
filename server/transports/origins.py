"""Which pages may open a socket: browsers let any page try, so the server has to look at its origin."""

from collections.abc import Collection
from urllib.parse import urlsplit

from starlette.datastructures import Headers

_DEFAULT_PORTS = {"http": 80, "https": 443}


def origin_allowed(headers: Headers, allowed: Collection[str]) -> bool:
    """Whether to accept the socket. Who sends no Origin is no browser, and brings no foreign page."""
    origin = headers.get("origin")
    if origin is None:
        return True
    if allowed:
        return "*" in allowed or origin.lower().rstrip("/") in {known.lower().rstrip("/") for known in allowed}
    return _same_host(origin, headers.get("host", ""))


def _same_host(origin: str, host: str) -> bool:
    try:
        page, here = urlsplit(origin), urlsplit(f"//{host}")
        port = _DEFAULT_PORTS.get(page.scheme)
        return (
            port is not None
            and page.hostname is not None
            and page.hostname == here.hostname
            and (page.port or port) == (here.port or port)
        )
    except ValueError:
        return False
