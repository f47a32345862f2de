"""What kind of answer a client asks for, read from its Accept header."""

from collections.abc import Iterator, Sequence
from functools import lru_cache

from starlette.requests import HTTPConnection

GRAPHQL_RESPONSE = "application/graphql-response+json"
JSON = "application/json"
EVENT_STREAM = "text/event-stream"
HTML = "text/html"


def preferred(accept: str | None, offers: Sequence[str]) -> str | None:
    """The media type of `offers` that the client likes best, or None when it accepts none of them.

    Highest quality first, then the one the client names first. A wildcard, or no Accept, gets the first offer it fits.
    """
    if accept is None or not accept.strip():
        return offers[0]
    choose = _chosen_before if len(accept) <= _USUAL_LENGTH else _chosen
    return choose(accept, tuple(offers))


def _chosen(accept: str, offers: Sequence[str]) -> str | None:
    ranges = list(_ranges(accept))
    best: tuple[float, int, int] | None = None
    chosen = None
    for rank, offer in enumerate(offers):
        matched = _match(offer, ranges)
        if matched is None:
            continue
        quality, position = matched
        if quality > 0 and (best is None or (quality, -position, -rank) > best):
            best, chosen = (quality, -position, -rank), offer
    return chosen


# Clients send few headers of few kinds: what was chosen for one is kept, unless it is longer than any that makes sense.
_USUAL_LENGTH = 200
_chosen_before = lru_cache(500)(_chosen)


def prefers_html(request: HTTPConnection) -> bool:
    """Whether a GET comes from a person's browser, to be shown a page, rather than from a GraphQL client."""
    if request.scope.get("method") != "GET" or "query" in request.query_params:
        return False
    return preferred(request.headers.get("accept"), (JSON, GRAPHQL_RESPONSE, EVENT_STREAM, HTML)) == HTML


def _match(offer: str, ranges: list[tuple[str, float, int]]) -> tuple[float, int] | None:
    """The quality and place of the most specific range that covers the offer."""
    for pattern in (offer, offer.split("/")[0] + "/*", "*/*"):
        for media, quality, position in ranges:
            if media == pattern:
                return quality, position
    return None


def _ranges(accept: str) -> Iterator[tuple[str, float, int]]:
    for position, part in enumerate(accept.split(",")):
        media, *parameters = [piece.strip().lower() for piece in part.split(";")]
        quality = 1.0
        for parameter in parameters:
            name, _, value = parameter.partition("=")
            if name.strip() == "q":
                quality = _quality(value)
            elif name.strip() == "charset" and value.strip().strip('"') not in ("utf-8", "utf8", "*"):
                quality = 0.0
        yield media, quality, position


def _quality(value: str) -> float:
    try:
        return min(max(float(value), 0.0), 1.0)
    except ValueError:
        return 0.0
