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
    enums.StepOpening,
    "When the steps of a program open for its pairs.",
    {
        "BY_WEEK": "Each in its week; the next one earlier when nothing else is left to do.",
        "ALL_AT_ONCE": "All from the start.",
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
        "CLOSED": "Taken there by an admin, or by its last day. Nobody is paired any more; open matches may finish.",
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
    enums.Availability,
    "When in a week somebody has time, by the clock of where the person is.",
    {
        f"{days}_{times}": f"{day} between {span}."
        for days, day in (("WEEKDAY", "Monday to Friday"), ("WEEKEND", "Saturday and Sunday"))
        for times, span in (
            ("MORNINGS", "8:00 and 12:00"),
            ("AFTERNOONS", "12:00 and 17:00"),
            ("EVENINGS", "17:00 and 22:00"),
        )
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
        "LOCKED": "Not open yet: it opens in its week, or when all that is open is done.",
        "OPEN": "To be worked on.",
        "DONE_BY_ONE": "One of the two says that it is done; the other has yet to.",
        "DONE": "Completed as its rule says.",
        "SKIPPED": "Left out by one of the two, for both.",
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
        "INTRODUCTION_WAITS": "One has not acknowledged the introduction for a week.",
        "INTRODUCTION_ACKNOWLEDGED": "The partner has read the introduction and waits for one to do so.",
        "MATCH_ACTIVE": "The match has become ACTIVE.",
        "MATCH_ENDED": "The match has ended.",
        "MATCH_EXPIRED": "The match was not taken up in time.",
        "STEP_WAITS": "The partner has done a step that both complete.",
        "PLACE_FREED": "For admins: a mentor has a free place in the program while somebody waits for one.",
        "SIGN_UP_CLOSED": "For admins: the program's last day for sign-up is over, and it is MATCHING.",
        "NOBODY_TO_PAIR": "For admins: the program's last day for sign-up is over, and nobody can be paired.",
        "STEP_OPENED": "A week of the match has begun, and a step of it is open.",
        "STEPS_FINISHED": "All steps of the match are done or skipped.",
        "COMPLETION_PROPOSED": "The partner has said that the mentorship is complete.",
        "MATCH_COMPLETED": "Both have said so, and the match is COMPLETED.",
        "CHECK_IN_DUE": "It is the day and hour of one's weekly check-in.",
        "NUDGE_7": "The two have not been in touch for a week.",
        "NUDGE_14": "The two have not been in touch for two weeks.",
        "NUDGE_21": "The two have not been in touch for three weeks.",
        "SILENT_28": "The two have not been in touch for four weeks; `PairSpace.offers` says what they are offered.",
        "MATCH_PAUSED": "The partner has paused the match.",
        "MATCH_RESUMED": "The match is ACTIVE again after a pause.",
        "HELP_WELCOME": "For admins: a pair of a program would welcome help.",
        "REPORT_WAITS": "For reviewers: a report waits for them.",
        "REPORT_DECIDED": "A report of one's own was decided.",
        "WARNED": "A reviewer has asked one to keep it kind and safe.",
        "EXPORT_READY": "The copy of one's own data that one asked for can be fetched.",
        "WORDS_REMOVED_SOON": "What the two wrote in a match that ended long ago is removed in a month.",
    },
)
_describe(
    enums.DataExportState,
    "Where a copy of one's own data stands.",
    {
        "WAITING": "It is being made.",
        "READY": "It can be fetched, until `expiresAt`.",
        "EXPIRED": "It was kept for a week, and is gone. Ask for a new one whenever you like.",
        "FAILED": "It could not be made. Ask for another one.",
    },
)
_describe(
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
_describe(
    enums.MatchObjective,
    "What the suggested pairs of a program, all together, are to be the best at.",
    {
        "BEST_SCORE": "The greatest score in all.",
        "MOST_PEOPLE": "The most people who get somebody, and then the greatest score.",
    },
)
_describe(
    enums.LeftOver,
    "Why somebody who waits is in no suggested pair: the first that is true, of the person, then of the others.",
    {
        "NOT_AVAILABLE": "The person cannot be paired now.",
        "PAUSED": "The person asked for nobody before a day to come.",
        "NO_FREE_PLACE": "The person has all the matches already that he or she takes.",
        "NOBODY_THERE": "Nobody has signed up on the other side.",
        "NO_SHARED_TOPIC": "Nobody on the other side names one of the topics.",
        "NO_COMMON_LANGUAGE": "Nobody of those speaks one of the languages.",
        "NO_COMMON_HOURS": "Nobody of those has time when the person has.",
        "ALL_TAKEN": "Those who would fit have no place left.",
        "NOBODY_AVAILABLE": "Those who would fit are not available.",
        "OTHERS_FIT_BETTER": "Those who would fit are proposed to others.",
        "NOT_CONSIDERED": "So many wait that only those before were considered.",
        "PAIRS_NOBODY_NOW": "The program pairs nobody now.",
    },
)
_describe(
    enums.ReportReason,
    "Why something is reported.",
    {
        "HARASSMENT": "Somebody is bullied, threatened or pressed.",
        "HATE": "Somebody is attacked for who he or she is.",
        "SEXUAL_CONTENT": "Sexual words or advances.",
        "SCAM": "Somebody is after money or data.",
        "DANGER_TO_LIFE": "Somebody may be in danger. The answer names help lines; in an emergency, call them first.",
        "IMPERSONATION": "Somebody pretends to be another person.",
        "UNDERAGE": "Somebody seems to be under 18.",
        "OTHER": "Something else; the note says what.",
    },
)
_describe(
    enums.ReportReviewer,
    "Who is to look at a report.",
    {
        "GROUP_ADMIN": "The admins of the group, those who have no part in it.",
        "MODERATOR": "The platform's moderators.",
    },
)
_describe(
    enums.ReportSubject,
    "What a report is about, or what a sealed item is a copy of.",
    {
        "PERSON": "A person.",
        "POST": "A post.",
        "COMMENT": "A comment.",
        "MESSAGE": "A message.",
        "CHECK_IN": "One person's answer to a weekly check-in; only as an item.",
    },
)
_describe(
    enums.ReportState,
    "Where a report stands: OPEN, then TRIAGED, then ACTIONED or DISMISSED.",
    {
        "OPEN": "Nobody has looked at it yet.",
        "TRIAGED": "A reviewer has looked at it and will decide.",
        "ACTIONED": "A reviewer has decided to act.",
        "DISMISSED": "A reviewer found nothing to act on.",
    },
)
_describe(
    enums.ReportDecision,
    "What a reviewer decides about a report.",
    {
        "DISMISS": "There is nothing to act on.",
        "WARN": "Ask the person to keep it kind and safe.",
        "REMOVE_CONTENT": "Leave a tombstone in place of what was reported, as if its author had deleted it.",
        "END_MATCH": "End the open match of the two. It looks like any end, and they are not paired again.",
        "BAN_FROM_GROUP": "Remove the person from the group for good; open matches there end.",
        "SUSPEND_ACCOUNT": "For moderators: keep the person out, on every device, at once.",
        "WITHDRAW_ELIGIBILITY": "For moderators: let the group start no more mentorship programs.",
    },
)
