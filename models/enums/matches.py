"""Where a match stands with its steps and check-ins, and how it ends."""

from enum import IntEnum, StrEnum


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
