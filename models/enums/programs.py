"""The states of programs (DESIGN.md section 1), and how their steps open and are completed."""

from enum import StrEnum


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
