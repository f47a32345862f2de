"""What people are notified of, and what becomes of an e-mail about it."""

from enum import StrEnum


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
