"""What an export holds, section by section (docs/data-export.md); export_left_out.py says what it leaves out, and why.

tests/test_data_exports.py holds both against the models: a column that is named nowhere fails.
"""

from dataclasses import dataclass
from functools import cached_property

from models.accounts import AccountLetter
from models.base import Row
from models.blocks import Block
from models.check_ins import CheckIn
from models.deletions import AccountDeletion
from models.emails import EmailChoice
from models.exports import DataExport
from models.groups import GroupBan, Membership
from models.matches import Match, StepProgress
from models.messages import Message
from models.notifications import Notification
from models.nudges import Nudge
from models.posts import Comment, Post
from models.reactions import CommentReaction, MessageReaction, PostReaction
from models.reports import Report
from models.sessions import Session
from models.sign_ups import SignUp
from models.users import User

_ROLE = "CASE WHEN {row}.mentor_id = $1 THEN 'MENTOR' ELSE 'MENTEE' END"
_PAIR = "JOIN matches AS pair ON pair.id = row.match_id"
_ONE_OF_TWO = "$1 IN ({row}.mentor_id, {row}.mentee_id)"


def _own(name: str, row: str = "pair") -> str:
    """The one of two columns that is the person's own side's."""
    return f"CASE WHEN {row}.mentor_id = $1 THEN row.mentor_{name} ELSE row.mentee_{name} END AS {name}"


@dataclass(frozen=True)
class Section:
    """The rows of a table that are the person's, by `whose`, a condition with the person as $1 over `row`.

    `shown`: columns of the table, as they are. `made`: SQL of other values, made of the columns `of`.
    """

    name: str
    model: type[Row]
    whose: str
    shown: tuple[str, ...]
    made: tuple[str, ...] = ()
    of: tuple[str, ...] = ()
    joined: str = ""

    @cached_property
    def statement(self) -> str:
        """Reads up to $3 of them after the id $2, each with its id and as the text of a JSON object."""
        columns = ", ".join([*(f"row.{name}" for name in self.shown), *self.made])
        return (
            f"SELECT row.id, (SELECT row_to_json(kept) FROM (SELECT {columns}) AS kept)::text AS line"
            f" FROM {self.model._meta.db_table} AS row {self.joined}"
            f" WHERE {self.whose} AND ($2::uuid IS NULL OR row.id > $2) ORDER BY row.id LIMIT $3"
        )


_WRITTEN = ("id", "match_id", "body", "created_at", "edited_at", "deleted_at")


def _reactions(name: str, model: type[Row]) -> Section:
    return Section(name, model, "row.user_id = $1", ("subject_id", "emoji"))


SECTIONS: tuple[Section, ...] = (
    Section(
        "profile",
        User,
        "row.id = $1",
        (
            "id", "email", "name", "bio", "avatar_url", "birth_date", "time_zone", "locale", "is_moderator",
            "created_at", "suspended_at", "shares_presence", "shares_typing", "shares_read_receipts", "wants_emails",
            "quiet_from", "quiet_until", "check_in_weekday", "check_in_hour", "unread_notifications",
            "email_verified_at",
        ),
    ),
    Section("account_deletion", AccountDeletion, "row.user_id = $1", ("requested_at", "erases_at")),
    Section("email_choices", EmailChoice, "row.user_id = $1", ("kind", "is_wanted")),
    Section("sessions", Session, "row.user_id = $1", ("id", "created_at", "revoked_at", "device", "last_used_at")),
    Section(
        "account_letters",
        AccountLetter,
        "row.user_id = $1",
        ("kind", "address", "created_at", "expires_at", "used_at"),
    ),
    Section("blocks", Block, "row.blocker_id = $1", ("id", "blocked_id", "created_at")),
    Section(
        "reports",
        Report,
        "row.reporter_id = $1",
        (
            "id", "subject_type", "subject_id", "group_id", "reason", "note", "for_admins", "for_moderators", "state",
            "created_at", "decided_at",
        ),
    ),
    Section(
        "memberships",
        Membership,
        "row.user_id = $1",
        ("group_id", "role", "joined_at"),
        made=("home.name AS group_name",),
        joined="JOIN groups AS home ON home.id = row.group_id",
    ),
    Section("group_bans", GroupBan, "row.user_id = $1", ("group_id", "created_at")),
    Section(
        "sign_ups",
        SignUp,
        "row.user_id = $1",
        (
            "id", "program_id", "role", "state", "topics", "goals", "experience", "languages", "time_zone",
            "availability", "paused_until", "is_shown", "wished_sign_up_ids", "avoid_user_ids", "capacity",
            "open_matches", "waiting_since", "created_at",
        ),
    ),
    Section(
        "matches",
        Match,
        _ONE_OF_TWO.format(row="row"),
        (
            "id", "program_id", "state", "started_at", "active_at", "paused_at", "paused_until", "ended_at",
            "words_removed_at",
        ),
        made=(
            f"{_ROLE.format(row='row')} AS role",
            *(
                _own(name, "row")
                for name in ("sign_up_id", "acknowledged_at", "asked_help_at", "completed_at", "read_up_to",
                             "unread_posts", "unread_messages", "reads")
            ),
            "row.ended_by_id = $1 AS ended_by_me",
            "CASE WHEN row.ended_by_id = $1 THEN row.end_reason END AS end_reason",
            "CASE WHEN row.ended_by_id = $1 THEN row.end_feedback END AS end_feedback",
        ),
        of=(
            "mentor_id", "mentee_id", "ended_by_id", "end_reason", "end_feedback",
            *(f"{side}_{name}" for side in ("mentor", "mentee")
              for name in ("sign_up_id", "acknowledged_at", "asked_help_at", "completed_at", "read_up_to",
                           "unread_posts", "unread_messages", "reads")),
        ),
    ),
    Section("posts", Post, "row.author_id = $1", (*_WRITTEN, "step_progress_id")),
    Section("comments", Comment, "row.author_id = $1", (*_WRITTEN, "post_id")),
    Section("messages", Message, "row.author_id = $1", _WRITTEN),
    _reactions("post_reactions", PostReaction),
    _reactions("comment_reactions", CommentReaction),
    _reactions("message_reactions", MessageReaction),
    Section(
        "steps",
        StepProgress,
        _ONE_OF_TWO.format(row="pair"),
        ("id", "match_id", "title", "week", "state"),
        made=(
            "CASE WHEN pair.mentor_id = $1 THEN row.done_by_mentor_at ELSE row.done_by_mentee_at END AS done_by_me_at",
        ),
        of=("done_by_mentor_at", "done_by_mentee_at"),
        joined=_PAIR,
    ),
    Section(
        "check_ins",
        CheckIn,
        _ONE_OF_TWO.format(row="pair"),
        ("id", "match_id", "week_number", "opened_at"),
        made=tuple(
            _own(name)
            for name in ("due_at", "told_at", "mood", "body", "next_action", "answered_at", "edited_at")
        ),
        of=tuple(
            f"{side}_{name}"
            for side in ("mentor", "mentee")
            for name in ("due_at", "told_at", "mood", "body", "next_action", "answered_at", "edited_at")
        ),
        joined=_PAIR,
    ),
    Section("nudges", Nudge, "row.user_id = $1", ("match_id", "silent_since", "level", "created_at")),
    Section("notifications", Notification, "row.user_id = $1", ("id", "kind", "subject_id", "created_at", "read_at")),
    Section("exports", DataExport, "row.user_id = $1", ("id", "state", "requested_at", "ready_at", "expires_at")),
)  # fmt: skip
