"""The kinds of activity streams (DESIGN.md section 2), and of what their logs tell."""

from enum import StrEnum


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
