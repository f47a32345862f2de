"""When two people have time at the same time: a usual week of each, as half hours of UTC."""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from models.enums import Availability

SLOTS = 7 * 48
"""The half hours of a week, from Monday 0:00."""

AWAKE = (8, 22)
"""The hours of a day in which people are awake who say nothing else, by their own clock."""

_WEEKDAYS, _WEEKEND = range(5), range(5, 7)
_WINDOWS = {
    Availability.WEEKDAY_MORNINGS: (_WEEKDAYS, 8, 12),
    Availability.WEEKDAY_AFTERNOONS: (_WEEKDAYS, 12, 17),
    Availability.WEEKDAY_EVENINGS: (_WEEKDAYS, 17, 22),
    Availability.WEEKEND_MORNINGS: (_WEEKEND, 8, 12),
    Availability.WEEKEND_AFTERNOONS: (_WEEKEND, 12, 17),
    Availability.WEEKEND_EVENINGS: (_WEEKEND, 17, 22),
}


def week_of(time_zone: str, availability: Sequence[str], now: datetime) -> tuple[bool, ...]:
    """The half hours in which somebody has time, by the clocks of his zone as they are set at `now`."""
    offset = now.astimezone(ZoneInfo(time_zone)).utcoffset()
    assert offset is not None
    return _week(round(offset.total_seconds() / 1800), tuple(availability))


@lru_cache(4_096)
def _week(ahead: int, availability: tuple[str, ...]) -> tuple[bool, ...]:
    local = [False] * SLOTS
    spans = [_WINDOWS[Availability(each)] for each in availability] or [(range(7), *AWAKE)]
    for days, start, end in spans:
        for day in days:
            local[day * 48 + start * 2 : day * 48 + end * 2] = [True] * ((end - start) * 2)
    return tuple(local[(slot + ahead) % SLOTS] for slot in range(SLOTS))
