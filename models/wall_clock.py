"""Times that people mean by the clock on their wall, as moments: right across every change to and from summer time."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)


def moment(day: date, at: time, zone: ZoneInfo) -> datetime:
    """When the clocks of `zone` show `at` on `day`, in UTC.

    Where they skip that time, the moment at which they do; where they show it twice, the first.
    """
    wall = datetime.combine(day, at.replace(tzinfo=None), zone)
    first = wall.astimezone(UTC)
    if first.astimezone(zone).replace(tzinfo=None) == wall.replace(tzinfo=None):
        return first
    return _skip(first, zone)


def end_of(start: int, end: int, zone: ZoneInfo, now: datetime) -> datetime | None:
    """When the span of every day that `now` (aware) falls into is over, in UTC; None when it falls into none.

    `start` and `end` are minutes after midnight by the clocks of `zone`; a span whose end comes before its start goes
    on past midnight.
    """
    today = now.astimezone(zone).date()
    for day in (today - DAY, today, today + DAY):
        over = moment(day if start < end else day + DAY, _time(end), zone)
        if moment(day, _time(start), zone) <= now < over:
            return over
    return None


def _time(minutes: int) -> time:
    return time(*divmod(minutes, 60))


def _skip(after: datetime, zone: ZoneInfo) -> datetime:
    """The moment at which the clocks skip what they would have shown; `after` lies in the hours around it.

    Python gives a time that is skipped the offset from before (PEP 495), so `after` lies behind the change.
    """
    before = after - DAY
    offset = before.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) / 2
        if middle.astimezone(zone).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after.replace(microsecond=0)
