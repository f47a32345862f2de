"""When a pair's weekly check-ins are due: for each of the two at the weekday and hour of his own choice and clock."""

from datetime import datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from models import wall_clock
from models.matches import WEEK
from models.users import User

HALF_WEEK = WEEK / 2
"""The least that lies between two check-ins, and between the beginning and the first one."""

_CLOCKS_CHANGE = timedelta(hours=12)
"""More than any two clocks ever change against each other between summer and winter."""


class Choice(NamedTuple):
    """The weekday and hour at which somebody is asked, and by which clock."""

    weekday: int
    hour: int
    zone: ZoneInfo

    @classmethod
    def of(cls, user: User) -> "Choice":
        """What this person chose."""
        return cls(user.check_in_weekday, user.check_in_hour, ZoneInfo(user.time_zone))


class Round(NamedTuple):
    """One week's check-in: when it is due for each of the two."""

    week: int
    mentor_due_at: datetime
    mentee_due_at: datetime

    @property
    def opens_at(self) -> datetime:
        """When it is due for the first of them."""
        return min(self.mentor_due_at, self.mentee_due_at)


class Rounds(NamedTuple):
    """All check-ins of a pair whose first week begins, or would have begun without its pauses, at `begins`.

    The two are never asked more than half a week apart, so that each has at least as long before the next one opens: of
    the two times in a week, the earlier is the one after which the other comes sooner than the other way round. That is
    found out once, by the clocks of `begins`: it does not turn round when they change. The weeks of the earlier one are
    counted by the clock on his wall, in which every week has each weekday and hour exactly once.
    """

    begins: datetime
    mentor: Choice
    mentee: Choice

    def of(self, week: int) -> Round:
        """The check-in of this week."""
        if self._mentor_first():
            mentor_due = _first(self.mentor, self.begins, week)
            return Round(week, mentor_due, _first(self.mentee, mentor_due - _CLOCKS_CHANGE))
        mentee_due = _first(self.mentee, self.begins, week)
        return Round(week, _first(self.mentor, mentee_due - _CLOCKS_CHANGE), mentee_due)

    def first(self, *, after_week: int, not_before: datetime) -> Round:
        """The first one after this week that does not open before that moment."""
        week = max(after_week + 1, (not_before - self.begins) // WEEK, 1)
        while (found := self.of(week)).opens_at < not_before:
            week += 1
        return found

    def last(self, found: Round, now: datetime) -> Round:
        """The last one that has opened by now, of a round that has and all after it."""
        while (following := self.of(found.week + 1)).opens_at <= now:
            found = following
        return found

    def _mentor_first(self) -> bool:
        mentor, mentee = (_place(choice, self.begins) for choice in (self.mentor, self.mentee))
        return (mentee - mentor) % WEEK <= HALF_WEEK


def _first(choice: Choice, since: datetime, week: int = 1) -> datetime:
    """The first time that a choice comes round in a week counted from `since` by the clock on the wall."""
    wall = since.astimezone(choice.zone).replace(tzinfo=None) + (week - 1) * WEEK
    day = wall.date() + timedelta(days=(choice.weekday - wall.weekday()) % 7)
    if datetime.combine(day, time(choice.hour)) < wall:
        day += WEEK
    return wall_clock.moment(day, time(choice.hour), choice.zone)


def _place(choice: Choice, at: datetime) -> timedelta:
    """Where in a week of UTC a choice lies, by the clock as it goes at a moment."""
    offset = at.astimezone(choice.zone).utcoffset()
    assert offset is not None
    return timedelta(days=choice.weekday, hours=choice.hour) - offset
