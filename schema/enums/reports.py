"""What clients read of the values of enums: those of reports."""

from models import enums
from schema.enums.describing import describe

describe(
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
describe(
    enums.ReportReviewer,
    "Who is to look at a report.",
    {
        "GROUP_ADMIN": "The admins of the group, those who have no part in it.",
        "MODERATOR": "The platform's moderators.",
    },
)
describe(
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
describe(
    enums.ReportState,
    "Where a report stands: OPEN, then TRIAGED, then ACTIONED or DISMISSED.",
    {
        "OPEN": "Nobody has looked at it yet.",
        "TRIAGED": "A reviewer has looked at it and will decide.",
        "ACTIONED": "A reviewer has decided to act.",
        "DISMISSED": "A reviewer found nothing to act on.",
    },
)
describe(
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
