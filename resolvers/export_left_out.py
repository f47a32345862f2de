"""What a copy of one's own data leaves out, column by column, and why: all that export_sections.py has not."""

from collections.abc import Mapping

from models.accounts import AccountLetter, Attempts
from models.audit import AuditEntry
from models.base import Row
from models.blocks import Block
from models.check_ins import CheckIn
from models.deletions import AccountDeletion
from models.emails import Email, EmailChoice
from models.exports import DataExport, DataExportPart
from models.groups import Group, GroupBan, Membership
from models.insights import ProgramInsight
from models.jobs import JobFailure
from models.matches import Match, StepProgress
from models.messages import Message
from models.notifications import Notification
from models.nudges import Nudge
from models.posts import Comment, Post
from models.programs import Program, ProgramStep
from models.reactions import CommentReaction, MessageReaction, PostReaction
from models.reports import Report, ReportItem
from models.sessions import RefreshToken, Session
from models.sign_ups import KeptApart, ShownSignUp, SignUp
from models.users import User

EVERY_COLUMN = "*"

_OWNER = "whose it is: the person's, or it would not be here"
_ORDER = "a number that only keeps an order"
_COUNTER = "a counter of the machine"
_RETRY = "tells a retry from another text; made of what is exported"

LEFT_OUT: Mapping[type[Row], Mapping[str, str]] = {
    User: {
        "password_hash": "a secret of the account: it would help whoever finds the file to get in",
        "activity_head": _COUNTER,
        "activity_floor": _COUNTER,
    },
    AccountDeletion: {
        "id": _ORDER,
        "user_id": _OWNER,
        **dict.fromkeys(("begun_at", "last_match_id", "erased_at"), "set once nobody can ask for an export any more"),
    },
    EmailChoice: {"id": _ORDER, "user_id": _OWNER},
    Email: {EVERY_COLUMN: "says how a notification, which is exported, was sent"},
    Session: {"user_id": _OWNER, "address_mark": "tells an address from others, and is none itself"},
    AccountLetter: {"id": _ORDER, "user_id": _OWNER},
    Attempts: {EVERY_COLUMN: "counts of attempts, under keys that name nobody"},
    Block: {"blocker_id": _OWNER},
    Report: {
        "reporter_id": _OWNER,
        "reported_id": "another person, whom `subject_id` leads to",
        **dict.fromkeys(
            ("triaged_by_id", "triaged_at", "decided_by_id", "decision", "decision_note", "keep_until"),
            "the reviewers' work, and about another person",
        ),
    },
    ReportItem: {EVERY_COLUMN: "sealed evidence; one's own words are exported where they were written"},
    AuditEntry: {EVERY_COLUMN: "what reviewers, moderators and operators answer for"},
    RefreshToken: {EVERY_COLUMN: "secrets of sessions, which are exported"},
    Group: {EVERY_COLUMN: "the group's, and for anybody to see"},
    Membership: {"id": _ORDER, "user_id": _OWNER},
    GroupBan: {
        "id": _ORDER, "user_id": _OWNER, "by_moderator": "would tell that a report to the moderators led to it"
    },
    Program: {EVERY_COLUMN: "the group's"},
    ProgramStep: {EVERY_COLUMN: "the group's"},
    ProgramInsight: {EVERY_COLUMN: "counts over many people"},
    SignUp: {"user_id": _OWNER},
    ShownSignUp: {EVERY_COLUMN: "a view of sign-ups, which are exported"},
    KeptApart: {EVERY_COLUMN: "says what another person feels, who was promised that nobody learns it"},
    Match: {
        **dict.fromkeys(("introduction", "introduction_shared", "first_question", "farewell"), "made of both's words"),
        **dict.fromkeys(
            ("silent_since", "paused_seconds", "resumes_at", "weeks_in_touch", "touched_week", "next_check_in_at",
             "next_nudge_at", "offered_at", "steps_due_at", "removal_told_at"),
            "when the machine has to look at the two again, and follows from what both did",
        ),
        "activity_head": _COUNTER,
        "activity_floor": _COUNTER,
    },
    **{
        model: {
            "number": _ORDER, "author_id": _OWNER, "idempotency_key": _RETRY, "input_hash": _RETRY,
        }
        for model in (Post, Comment, Message)
    },
    **{
        model: {"id": _ORDER, "number": _ORDER, "user_id": _OWNER}
        for model in (PostReaction, CommentReaction, MessageReaction)
    },
    StepProgress: dict.fromkeys(
        ("position", "mentor_guidance", "mentee_guidance", "rule", "minutes"), "the program's words"
    ),
    CheckIn: {"state": "says whether the other one has answered", "tell_at": "when the machine has to look again"},
    Nudge: {"id": _ORDER, "user_id": _OWNER},
    Notification: {"user_id": _OWNER},
    DataExport: {"user_id": _OWNER, **dict.fromkeys(("section", "last_id", "parts"), "how far the machine was")},
    DataExportPart: {EVERY_COLUMN: "the export itself"},
    JobFailure: {EVERY_COLUMN: "about the machine's work, with no word of anybody"},
}  # fmt: skip
"""Of each model, the columns that no section has, and why."""
