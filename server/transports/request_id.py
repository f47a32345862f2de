"""The id by which a person can ask about one request, and an operator find it in the log."""

import re
from uuid import uuid4

from starlette.datastructures import Headers

REQUEST_ID_HEADER = "x-request-id"

_TRUSTED = re.compile(r"[A-Za-z0-9._-]{1,64}")


def new_request_id() -> str:
    """An id for one operation."""
    return uuid4().hex


def request_id_of(headers: Headers) -> str:
    """The id that a proxy or the client gave the request, where it is safe to log, or a new one."""
    given = headers.get(REQUEST_ID_HEADER, "")
    return given if _TRUSTED.fullmatch(given) else new_request_id()
