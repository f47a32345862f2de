"""How long HTTP requests take, by method, route and status: never by an address, in which anything may stand."""

from collections.abc import Awaitable, Iterable
from time import perf_counter

from starlette.routing import BaseRoute, Mount, Route
from starlette.types import Message, Scope, Send

from server.transports.tally import Histograms

OTHER = "other"
WATCHED = {"/metrics", "/healthz", "/readyz"}
_METHODS = {method: method for method in ("GET", "POST", "HEAD", "OPTIONS")}


class Requests:
    """Times each request from its arrival until its answer begins, which a stream's does at once."""

    def __init__(self, routes: Iterable[BaseRoute], seconds: Histograms) -> None:
        routes = list(routes)
        self._exact = {route.path: route.path for route in routes if isinstance(route, Route)}
        self._mounted = tuple(route.path for route in routes if isinstance(route, Mount))
        self._seconds = seconds

    def route(self, path: str) -> str:
        """The route that a path leads to, or "other"."""
        found = self._exact.get(path)
        return found or next((mount for mount in self._mounted if path.startswith(mount + "/")), OTHER)

    def method(self, scope: Scope) -> str:
        """The request's method, or "other"."""
        return _METHODS.get(scope["method"], OTHER)

    def span_name(self, scope: Scope) -> str | None:
        """What a request's span is called; None for what machines look at all the time."""
        route = self.route(scope["path"])
        return None if route in WATCHED else f"{self.method(scope)} {route}"

    def timed(self, scope: Scope, send: Send) -> Send:
        """`send`, which looks at the clock when the answer begins."""
        since = perf_counter()

        def sending(message: Message) -> Awaitable[None]:
            if message["type"] == "http.response.start":
                labels = self.method(scope), self.route(scope["path"]), str(message["status"])
                self._seconds[labels].observe(perf_counter() - since)
            return send(message)

        return sending
