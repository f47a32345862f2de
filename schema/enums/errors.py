"""What clients read of the values of enums: those of errors."""

from models import errors
from schema.enums.describing import describe

describe(
    errors.ErrorCode,
    "Why something was refused.",
    {
        "EMAIL_NOT_VERIFIED": "It takes an e-mail address that was verified: see `requestEmailVerification`.",
        "UNAUTHENTICATED": "Nobody is signed in, or the token or password is not good (any more).",
        "FORBIDDEN": "You see it, but may not do this to it.",
        "NOT_FOUND": "There is nothing under this id that you may see.",
        "INVALID_INPUT": "A field of the input does not hold what it should; `path` names it.",
        "CONFLICT": "It contradicts something that is there already.",
        "NOT_ELIGIBLE": "The group or the person does not meet the conditions.",
        "UNDERAGE": "Programs are for people of 18 and older.",
        "CAPACITY_REACHED": "All places are taken.",
        "NOT_AVAILABLE": "Not possible with this person or thing now; the cause is not told.",
        "ILLEGAL_TRANSITION": "Not possible in the present state; the message names what is.",
        "READ_ONLY": "It can be read but not changed any more.",
        "RATE_LIMITED": "Too much at once; the message says how long to wait.",
        "IDEMPOTENCY_MISMATCH": "The idempotency key was used with another input before.",
    },
)
