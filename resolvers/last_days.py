"""The last day of a program, by the clocks of its group: setting it, and not going on after it."""

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from models.enums import PROGRAM_OVER, ProgramState
from models.errors import ErrorCode, Refused
from models.groups import Group
from models.programs import Program
from resolvers import text

PATH = ("input", "endsOn")


def end_on(program: Program, day: date | None, group: Group, now: datetime) -> None:
    """Give a program its last day, or none. Raises Refused INVALID_INPUT for one that is over, or before its first."""
    if day is not None and day > date(9999, 1, 1):
        raise text.invalid("Choose a day before the year 9999.", PATH)
    program.end_on(day, ZoneInfo(group.time_zone))
    if program.closes_at is not None and program.closes_at <= now:
        raise text.invalid(f"This day is over in the group's time zone, {group.time_zone}. Choose a later one.", PATH)
    start_before_the_end(program, PATH)


def start_before_the_end(program: Program, path: Sequence[str] = ("input", "startsOn")) -> None:
    """Refuses a program whose last day comes before its first."""
    if program.starts_on is not None and program.ends_on is not None and program.ends_on < program.starts_on:
        message = f"It would start on {program.starts_on} and end on {program.ends_on}. Let it end after its start."
        raise text.invalid(message, path)


def still_to_come(program: Program, to: ProgramState, now: datetime) -> None:
    """Refuses to take a program on after its last day, but for ending it."""
    if to not in PROGRAM_OVER and program.closes_at is not None and program.closes_at <= now:
        message = f"The last day of this program, {program.ends_on}, is over. Give it a later one first, or cancel it."
        raise Refused(ErrorCode.ILLEGAL_TRANSITION, message, ("input", "to"))
