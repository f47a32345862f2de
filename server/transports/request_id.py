"""The id by which a person can ask about one request, and an operator find it in the log."""

import re
from uuid import uuid4

REQUEST_ID_HEADER = "x-request-id"

_TRUSTED = re.compile(r"[A-Za-z0-9._-]{1,64}")


def new_request_id() -> str:
    """An id for one operation."""
    return uuid4().hex


def request_id_of(given: str | None) -> str:
    """The id that a proxy or the client gave the request, where it is safe to log, or a new one."""
    return given if given is not None and _TRUSTED.fullmatch(given) else new_request_id()
