"""What clients read of the values of enums: those of groups."""

from models import enums
from schema.enums.describing import describe

describe(
    enums.GroupFocus,
    "What a group is about. It decides whether the group may run mentorship programs.",
    {
        "PARENTING": "Being a parent, or becoming one.",
        "PROFESSIONAL": "Work, trades, business and careers.",
        "PERSONAL_DEVELOPMENT": "Growing as a person: health, learning, confidence.",
        "OTHER": "Anything else; such a group cannot run mentorship programs.",
    },
)
describe(
    enums.GroupRole,
    "A member's role in a group.",
    {"MEMBER": "Takes part.", "ADMIN": "Takes part, runs the group and its programs, and pairs people."},
)
