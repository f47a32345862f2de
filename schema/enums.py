"""The domain's vocabularies as GraphQL enums, each value described."""

from enum import Enum

import strawberry

from models import enums, errors


def _describe(cls: type[Enum], description: str, values: dict[str, str]) -> None:
    """Make `cls` a GraphQL enum. Raises ValueError unless each of its values is described."""
    if set(values) != set(cls.__members__):
        raise ValueError(f"{cls.__name__}: describe {set(cls.__members__) ^ set(values)}.")
    strawberry.enum(cls, description=description)
    for value in cls.__strawberry_definition__.values:
        value.description = values[value.name]


_describe(
    enums.GroupFocus,
    "What a group is about. It decides whether the group may run mentorship programs.",
    {
        "PARENTING": "Being a parent, or becoming one.",
        "PROFESSIONAL": "Work, trades, business and careers.",
        "PERSONAL_DEVELOPMENT": "Growing as a person: health, learning, confidence.",
        "OTHER": "Anything else; such a group cannot run mentorship programs.",
    },
)
_describe(
    enums.GroupRole,
    "A member's role in a group.",
    {"MEMBER": "Takes part.", "ADMIN": "Takes part, runs the group and its programs, and pairs people."},
)
_describe(
    enums.StepRule,
    "Who has to complete a step.",
    {
        "EITHER": "One of the two is enough.",
        "BOTH": "Each of the two completes it.",
        "MENTEE": "Only the mentee completes it.",
    },
)
_describe(
    enums.ProgramState,
    "Where a program stands. Anything before CLOSED may also become CANCELLED.",
    {
        "DRAFT": "Only the group's admins see it; its steps can be edited.",
        "SIGN_UP": "Members sign up as mentor or mentee.",
        "MATCHING": "The admins pair people; sign-up is still open.",
        "RUNNING": "Pairs work through the steps. Sign-up and matching are over unless the program is rolling.",
        "CLOSED": "Nobody is paired any more; open matches may finish.",
        "ARCHIVED": "Kept to look back at.",
        "CANCELLED": "Called off; its matches were ended.",
    },
)
_describe(
    enums.SignUpRole,
    "The side of a pair.",
    {"MENTOR": "Shares experience and time.", "MENTEE": "Looks for somebody who has been there."},
)
_describe(
    enums.SignUpState,
    "Where a sign-up stands.",
    {
        "WAITING": "Has a free place and waits for a match.",
        "MATCHED": "All its places are taken.",
        "WITHDRAWN": "Taken back by the person.",
        "DECLINED": "Declined by an admin.",
        "EXPIRED": "The program ended before a match was made, or after it ended.",
    },
)
_describe(
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
_describe(
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
_describe(
    enums.StepState,
    "How far a pair is with a step.",
    {
        "LOCKED": "Not open yet.",
        "OPEN": "To be worked on.",
        "DONE_BY_ONE": "One of the two says that it is done; the other has yet to.",
        "DONE": "Completed as its rule says.",
        "SKIPPED": "Left out by the pair.",
    },
)
_describe(
    enums.CheckInState,
    "How far a pair is with a week's check-in.",
    {
        "OPEN": "Nobody has answered yet.",
        "PARTIAL": "One of the two has answered.",
        "DONE": "Both have answered.",
        "MISSED": "The next one opened before both had answered. Late answers are still welcome.",
    },
)
_describe(
    enums.Weekday,
    "A day of the week.",
    {name: f"{name.capitalize()}." for name in enums.Weekday.__members__},
)
_describe(
    enums.MatchOffer,
    "What both are offered after four weeks of silence. Nothing of it happens by itself.",
    {
        "PAUSE": "A break: `pauseMatch`.",
        "ANOTHER_MATCH": "Somebody else, from one's old place in the queue: `endMatch` with `backToQueue: true`.",
        "GRACEFUL_END": "To leave it at this, with thanks: `endMatch` with `backToQueue: false`.",
    },
)
_describe(
    enums.NotificationKind,
    "What a notification is about.",
    {
        "MATCHED": "One has been paired with somebody.",
        "INTRODUCTION_ACKNOWLEDGED": "The partner has read the introduction and waits for one to do so.",
        "MATCH_ACTIVE": "The match has become ACTIVE.",
        "MATCH_ENDED": "The match has ended.",
        "MATCH_EXPIRED": "The match was not taken up in time.",
        "STEP_WAITS": "The partner has done a step that both complete.",
        "CHECK_IN_DUE": "It is the day and hour of one's weekly check-in.",
        "NUDGE_7": "The two have not been in touch for a week.",
        "NUDGE_14": "The two have not been in touch for two weeks.",
        "NUDGE_21": "The two have not been in touch for three weeks.",
        "SILENT_28": "The two have not been in touch for four weeks; `PairSpace.offers` says what they are offered.",
        "MATCH_PAUSED": "The partner has paused the match.",
        "MATCH_RESUMED": "The match is ACTIVE again after a pause.",
        "HELP_WELCOME": "For admins: a pair of a program would welcome help.",
    },
)
_describe(
    errors.ErrorCode,
    "Why something was refused.",
    {
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
