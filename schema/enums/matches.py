"""What clients read of the values of enums: those of matches."""

from models import enums
from schema.enums.describing import describe

describe(
    enums.MatchState,
    "Where a match stands. Writing is possible while it is INTRODUCED, ACTIVE or PAUSED.",
    {
        "INTRODUCED": "The two were introduced and have not started yet.",
        "ACTIVE": "Both acknowledged the introduction, or one has written.",
        "PAUSED": "The two take a break.",
        "COMPLETED": "The two agreed that they are done.",
        "ENDED": "One of the two ended it, a person left, or the program was cancelled.",
        "EXPIRED": "It was not taken up in time.",
    },
)
describe(
    enums.MatchEndReason,
    "Why somebody ends a match. It stays private.",
    {
        "GOAL_REACHED": "What the two set out to do is done.",
        "NO_TIME": "Life got in the way.",
        "NOT_A_GOOD_FIT": "The two do not fit; they are not suggested to each other again.",
        "SAFETY": "Something felt unsafe; the two are never matched again.",
        "OTHER": "Something else.",
    },
)
describe(
    enums.StepState,
    "How far a pair is with a step.",
    {
        "LOCKED": "Not open yet: it opens in its week, or when all that is open is done.",
        "OPEN": "To be worked on.",
        "DONE_BY_ONE": "One of the two says that it is done; the other has yet to.",
        "DONE": "Completed as its rule says.",
        "SKIPPED": "Left out by one of the two, for both.",
    },
)
describe(
    enums.CheckInState,
    "How far a pair is with a week's check-in.",
    {
        "OPEN": "Nobody has answered yet.",
        "PARTIAL": "One of the two has answered.",
        "DONE": "Both have answered.",
        "MISSED": "The next one opened before both had answered. Late answers are still welcome.",
    },
)
describe(
    enums.Weekday,
    "A day of the week.",
    {name: f"{name.capitalize()}." for name in enums.Weekday.__members__},
)
describe(
    enums.MatchOffer,
    "What both are offered after four weeks of silence. Nothing of it happens by itself.",
    {
        "PAUSE": "A break: `pauseMatch`.",
        "ANOTHER_MATCH": "Somebody else, from one's old place in the queue: `endMatch` with `backToQueue: true`.",
        "GRACEFUL_END": "To leave it at this, with thanks: `endMatch` with `backToQueue: false`.",
    },
)
