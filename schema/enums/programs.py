"""What clients read of the values of enums: those of programs."""

from models import enums
from schema.enums.describing import describe

describe(
    enums.StepRule,
    "Who has to complete a step.",
    {
        "EITHER": "One of the two is enough.",
        "BOTH": "Each of the two completes it.",
        "MENTEE": "Only the mentee completes it.",
    },
)
describe(
    enums.StepOpening,
    "When the steps of a program open for its pairs.",
    {
        "BY_WEEK": "Each in its week; the next one earlier when nothing else is left to do.",
        "ALL_AT_ONCE": "All from the start.",
    },
)
describe(
    enums.ProgramState,
    "Where a program stands. Anything before CLOSED may also become CANCELLED.",
    {
        "DRAFT": "Only the group's admins see it; its steps can be edited.",
        "SIGN_UP": "Members sign up as mentor or mentee.",
        "MATCHING": "The admins pair people; sign-up is still open.",
        "RUNNING": "Pairs work through the steps. Sign-up and matching are over unless the program is rolling.",
        "CLOSED": "Taken there by an admin, or by its last day. Nobody is paired any more; open matches may finish.",
        "ARCHIVED": "Kept to look back at.",
        "CANCELLED": "Called off; its matches were ended.",
    },
)
