"""The one way the domain refuses: an error that names a code, what to do, and the input's path."""

from collections.abc import Sequence
from enum import StrEnum


class ErrorCode(StrEnum):
    """Why something was refused; clients switch on it, people read the message."""

    UNAUTHENTICATED = "UNAUTHENTICATED"
    FORBIDDEN = "FORBIDDEN"
    NOT_FOUND = "NOT_FOUND"
    EMAIL_NOT_VERIFIED = "EMAIL_NOT_VERIFIED"
    INVALID_INPUT = "INVALID_INPUT"
    CONFLICT = "CONFLICT"
    NOT_ELIGIBLE = "NOT_ELIGIBLE"
    UNDERAGE = "UNDERAGE"
    CAPACITY_REACHED = "CAPACITY_REACHED"
    NOT_AVAILABLE = "NOT_AVAILABLE"
    ILLEGAL_TRANSITION = "ILLEGAL_TRANSITION"
    READ_ONLY = "READ_ONLY"
    RATE_LIMITED = "RATE_LIMITED"
    IDEMPOTENCY_MISMATCH = "IDEMPOTENCY_MISMATCH"


class Refused(Exception):
    """An expected refusal.

    A mutation turns it into a `UserError` of its payload, a subscription into a top-level error with `extensions.code`.
    `message` tells a person what to do; `path` leads to the input's field at fault, in the wire's names, such as
    ("input", "birthDate"), and is empty when no single field is at fault.
    """

    def __init__(self, code: ErrorCode, message: str, path: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.path = tuple(path)


class Refusals(Exception):
    """Several refusals of one act that is done as a whole or not at all."""

    def __init__(self, refusals: Sequence[Refused]) -> None:
        super().__init__(f"{len(refusals)} refusals")
        self.refusals = tuple(refusals)
