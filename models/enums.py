"""The closed vocabularies of the domain, with the states and transitions that DESIGN.md section 1 names."""

from enum import IntEnum, StrEnum


class GroupFocus(StrEnum):
    """What a group is about; it decides whether the group may run mentorship programs."""

    PARENTING = "PARENTING"
    PROFESSIONAL = "PROFESSIONAL"
    PERSONAL_DEVELOPMENT = "PERSONAL_DEVELOPMENT"
    OTHER = "OTHER"


class GroupRole(StrEnum):
    """A membership's role."""

    MEMBER = "MEMBER"
    ADMIN = "ADMIN"


class StepRule(StrEnum):
    """Who has to complete a step before it counts as done."""

    EITHER = "EITHER"
    BOTH = "BOTH"
    MENTEE = "MENTEE"


class StepOpening(StrEnum):
    """When the steps of a program open for its pairs."""

    BY_WEEK = "BY_WEEK"
    ALL_AT_ONCE = "ALL_AT_ONCE"


class ProgramState(StrEnum):
    """Where a program stands, from draft to archive."""

    DRAFT = "DRAFT"
    SIGN_UP = "SIGN_UP"
    MATCHING = "MATCHING"
    RUNNING = "RUNNING"
    CLOSED = "CLOSED"
    ARCHIVED = "ARCHIVED"
    CANCELLED = "CANCELLED"


PROGRAM_TRANSITIONS: dict[ProgramState, tuple[ProgramState, ...]] = {
    ProgramState.DRAFT: (ProgramState.SIGN_UP, ProgramState.CANCELLED),
    ProgramState.SIGN_UP: (ProgramState.MATCHING, ProgramState.CANCELLED),
    ProgramState.MATCHING: (ProgramState.RUNNING, ProgramState.CANCELLED),
    ProgramState.RUNNING: (ProgramState.CLOSED, ProgramState.CANCELLED),
    ProgramState.CLOSED: (ProgramState.ARCHIVED,),
    ProgramState.ARCHIVED: (),
    ProgramState.CANCELLED: (),
}


PROGRAM_OVER = (ProgramState.CLOSED, ProgramState.ARCHIVED, ProgramState.CANCELLED)
"""Nobody signs up or is paired any more."""


class SignUpRole(StrEnum):
    """The side of a pair that a person signs up for."""

    MENTOR = "MENTOR"
    MENTEE = "MENTEE"


class SignUpState(StrEnum):
    """Where a sign-up stands; MATCHED means that all its places are taken."""

    WAITING = "WAITING"
    MATCHED = "MATCHED"
    WITHDRAWN = "WITHDRAWN"
    DECLINED = "DECLINED"
    EXPIRED = "EXPIRED"


class Availability(StrEnum):
    """When in a week a person has time, by the clock of where he is."""

    WEEKDAY_MORNINGS = "WEEKDAY_MORNINGS"
    WEEKDAY_AFTERNOONS = "WEEKDAY_AFTERNOONS"
    WEEKDAY_EVENINGS = "WEEKDAY_EVENINGS"
    WEEKEND_MORNINGS = "WEEKEND_MORNINGS"
    WEEKEND_AFTERNOONS = "WEEKEND_AFTERNOONS"
    WEEKEND_EVENINGS = "WEEKEND_EVENINGS"


OPEN_SIGN_UP = (SignUpState.WAITING, SignUpState.MATCHED)


class MatchObjective(StrEnum):
    """What the proposal for a whole program is to be the best at."""

    BEST_SCORE = "BEST_SCORE"
    MOST_PEOPLE = "MOST_PEOPLE"


class LeftOver(StrEnum):
    """Why somebody who waits is with nobody in a proposal; the first that is true, of himself before others."""

    NOT_AVAILABLE = "NOT_AVAILABLE"
    PAUSED = "PAUSED"
    NO_FREE_PLACE = "NO_FREE_PLACE"
    NOBODY_THERE = "NOBODY_THERE"
    NO_SHARED_TOPIC = "NO_SHARED_TOPIC"
    NO_COMMON_LANGUAGE = "NO_COMMON_LANGUAGE"
    NO_COMMON_HOURS = "NO_COMMON_HOURS"
    ALL_TAKEN = "ALL_TAKEN"
    NOBODY_AVAILABLE = "NOBODY_AVAILABLE"
    OTHERS_FIT_BETTER = "OTHERS_FIT_BETTER"
    NOT_CONSIDERED = "NOT_CONSIDERED"
    PAIRS_NOBODY_NOW = "PAIRS_NOBODY_NOW"


class MatchState(StrEnum):
    """Where a match stands; the first three are open, and writing is possible in them."""

    INTRODUCED = "INTRODUCED"
    ACTIVE = "ACTIVE"
    PAUSED = "PAUSED"
    COMPLETED = "COMPLETED"
    ENDED = "ENDED"
    EXPIRED = "EXPIRED"


OPEN_MATCH = (MatchState.INTRODUCED, MatchState.ACTIVE, MatchState.PAUSED)


class MatchEndReason(StrEnum):
    """Why a member ended a match; private to the member who said it."""

    GOAL_REACHED = "GOAL_REACHED"
    NO_TIME = "NO_TIME"
    NOT_A_GOOD_FIT = "NOT_A_GOOD_FIT"
    SAFETY = "SAFETY"
    OTHER = "OTHER"


class StepState(StrEnum):
    """How far a pair is with one step."""

    LOCKED = "LOCKED"
    OPEN = "OPEN"
    DONE_BY_ONE = "DONE_BY_ONE"
    DONE = "DONE"
    SKIPPED = "SKIPPED"


class CheckInState(StrEnum):
    """How far a pair is with one week's check-in; MISSED when the next one opened before both had answered."""

    OPEN = "OPEN"
    PARTIAL = "PARTIAL"
    DONE = "DONE"
    MISSED = "MISSED"


class Weekday(IntEnum):
    """A day of the week, numbered as `date.weekday()` does."""

    MONDAY = 0
    TUESDAY = 1
    WEDNESDAY = 2
    THURSDAY = 3
    FRIDAY = 4
    SATURDAY = 5
    SUNDAY = 6


class MatchOffer(StrEnum):
    """What both are offered after four weeks of silence. Nothing of it happens by itself."""

    PAUSE = "PAUSE"
    ANOTHER_MATCH = "ANOTHER_MATCH"
    GRACEFUL_END = "GRACEFUL_END"


class StreamKind(StrEnum):
    """The three kinds of activity stream (DESIGN.md section 2)."""

    MATCH = "match"
    USER = "user"
    PROGRAM = "program"


class ActivityKind(StrEnum):
    """What a log row says happened; never with words of the people it happened to."""

    POST_ADDED = "POST_ADDED"
    POST_CHANGED = "POST_CHANGED"
    COMMENT_ADDED = "COMMENT_ADDED"
    COMMENT_CHANGED = "COMMENT_CHANGED"
    MESSAGE_ADDED = "MESSAGE_ADDED"
    MESSAGE_CHANGED = "MESSAGE_CHANGED"
    STEP_PROGRESSED = "STEP_PROGRESSED"
    CHECK_IN_CHANGED = "CHECK_IN_CHANGED"
    MATCH_CHANGED = "MATCH_CHANGED"
    SIGN_UP_CHANGED = "SIGN_UP_CHANGED"
    PLACE_FREED = "PLACE_FREED"
    PROGRAM_CHANGED = "PROGRAM_CHANGED"
    NOTIFICATION_ADDED = "NOTIFICATION_ADDED"
    NOTIFICATION_CHANGED = "NOTIFICATION_CHANGED"
    REPORT_CHANGED = "REPORT_CHANGED"


class NotificationKind(StrEnum):
    """What a person is notified of."""

    MATCHED = "MATCHED"
    INTRODUCTION_WAITS = "INTRODUCTION_WAITS"
    INTRODUCTION_ACKNOWLEDGED = "INTRODUCTION_ACKNOWLEDGED"
    MATCH_ACTIVE = "MATCH_ACTIVE"
    MATCH_ENDED = "MATCH_ENDED"
    MATCH_EXPIRED = "MATCH_EXPIRED"
    STEP_WAITS = "STEP_WAITS"
    PLACE_FREED = "PLACE_FREED"
    SIGN_UP_CLOSED = "SIGN_UP_CLOSED"
    NOBODY_TO_PAIR = "NOBODY_TO_PAIR"
    STEP_OPENED = "STEP_OPENED"
    STEPS_FINISHED = "STEPS_FINISHED"
    COMPLETION_PROPOSED = "COMPLETION_PROPOSED"
    MATCH_COMPLETED = "MATCH_COMPLETED"
    CHECK_IN_DUE = "CHECK_IN_DUE"
    NUDGE_7 = "NUDGE_7"
    NUDGE_14 = "NUDGE_14"
    NUDGE_21 = "NUDGE_21"
    SILENT_28 = "SILENT_28"
    MATCH_PAUSED = "MATCH_PAUSED"
    MATCH_RESUMED = "MATCH_RESUMED"
    HELP_WELCOME = "HELP_WELCOME"
    REPORT_WAITS = "REPORT_WAITS"
    REPORT_DECIDED = "REPORT_DECIDED"
    WARNED = "WARNED"
    EXPORT_READY = "EXPORT_READY"
    WORDS_REMOVED_SOON = "WORDS_REMOVED_SOON"


class AccountLetterKind(StrEnum):
    """What is written to an address about an account; the first three with a link."""

    VERIFY_EMAIL = "VERIFY_EMAIL"
    """Is this address yours?"""
    CONFIRM_NEW_EMAIL = "CONFIRM_NEW_EMAIL"
    """Is this address yours, and shall it take the place of the old one?"""
    RESET_PASSWORD = "RESET_PASSWORD"
    """Choose a new password."""
    NEW_EMAIL_ASKED = "NEW_EMAIL_ASKED"
    """To the old address: another one is to take its place."""
    PASSWORD_CHANGED = "PASSWORD_CHANGED"
    """There is a new password."""


class EmailState(StrEnum):
    """What became of an e-mail; all but the first are for good."""

    WAITING = "WAITING"
    """To be sent when it is due."""
    SENT = "SENT"
    """A mail server has taken it."""
    LOGGED = "LOGGED"
    """No mail server is set: the log says that it would have been sent."""
    POINTLESS = "POINTLESS"
    """What it was to say was read, is over, is not the person's to know any more, or is not wanted."""
    REFUSED = "REFUSED"
    """A mail server will never take it."""
    GIVEN_UP = "GIVEN_UP"
    """It could not be sent for days."""


class ReportReason(StrEnum):
    """Why something is reported."""

    HARASSMENT = "HARASSMENT"
    HATE = "HATE"
    SEXUAL_CONTENT = "SEXUAL_CONTENT"
    SCAM = "SCAM"
    DANGER_TO_LIFE = "DANGER_TO_LIFE"
    IMPERSONATION = "IMPERSONATION"
    UNDERAGE = "UNDERAGE"
    OTHER = "OTHER"


class ReportReviewer(StrEnum):
    """Who is to look at a report."""

    GROUP_ADMIN = "GROUP_ADMIN"
    MODERATOR = "MODERATOR"


class ReportSubject(StrEnum):
    """What a report is about, or a sealed item of it a copy of."""

    PERSON = "PERSON"
    POST = "POST"
    COMMENT = "COMMENT"
    MESSAGE = "MESSAGE"
    CHECK_IN = "CHECK_IN"


class ReportState(StrEnum):
    """Where a report stands: OPEN, TRIAGED, and then one of the others."""

    OPEN = "OPEN"
    TRIAGED = "TRIAGED"
    ACTIONED = "ACTIONED"
    DISMISSED = "DISMISSED"


class ReportDecision(StrEnum):
    """What a reviewer decides."""

    DISMISS = "DISMISS"
    WARN = "WARN"
    REMOVE_CONTENT = "REMOVE_CONTENT"
    END_MATCH = "END_MATCH"
    BAN_FROM_GROUP = "BAN_FROM_GROUP"
    SUSPEND_ACCOUNT = "SUSPEND_ACCOUNT"
    WITHDRAW_ELIGIBILITY = "WITHDRAW_ELIGIBILITY"


MODERATORS_DECIDE = (ReportDecision.SUSPEND_ACCOUNT, ReportDecision.WITHDRAW_ELIGIBILITY)
"""What reaches beyond a group, and is not for its admins to decide."""


class AuditAct(StrEnum):
    """What the audit log tells of: acts of moderators, of those who decide reports, and of operators."""

    REPORT_TRIAGED = "REPORT_TRIAGED"
    REPORT_DECIDED = "REPORT_DECIDED"
    BIRTH_DATE_CORRECTED = "BIRTH_DATE_CORRECTED"
    ACCOUNT_SUSPENDED = "ACCOUNT_SUSPENDED"
    ACCOUNT_RESTORED = "ACCOUNT_RESTORED"
    MODERATOR_MADE = "MODERATOR_MADE"


class DataExportState(StrEnum):
    """Where a copy of one's own data stands."""

    WAITING = "WAITING"
    READY = "READY"
    EXPIRED = "EXPIRED"
    FAILED = "FAILED"
