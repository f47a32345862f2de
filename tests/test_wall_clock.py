"""What people mean by the clock on their wall, on the days when the clocks change too."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.users import User
from models.wall_clock import moment

BERLIN = ZoneInfo("Europe/Berlin")
ZONES = st.sampled_from(
    ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Kiritimati",
     "Pacific/Niue", "Pacific/Apia", "America/Sao_Paulo", "Africa/Casablanca", "Antarctica/Troll"]
)  # fmt: skip
MINUTES = st.integers(0, 1439)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "day", "wall", "expected"),
    [
        ("Europe/Berlin", date(2026, 7, 1), time(18), "2026-07-01 16:00"),
        ("Europe/Berlin", date(2026, 3, 29), time(2, 30), "2026-03-29 01:00"),  # 2:00 to 3:00 are skipped
        ("Europe/Berlin", date(2026, 3, 29), time(3), "2026-03-29 01:00"),
        ("Europe/Berlin", date(2026, 10, 25), time(2, 30), "2026-10-25 00:30"),  # comes again an hour later
        ("America/New_York", date(2026, 3, 8), time(2, 15), "2026-03-08 07:00"),
        ("Australia/Lord_Howe", date(2026, 10, 4), time(2, 10), "2026-10-03 15:30"),  # half an hour is skipped
        ("America/Sao_Paulo", date(2018, 11, 4), time(0), "2018-11-04 03:00"),  # midnight itself is skipped
        ("Pacific/Apia", date(2011, 12, 30), time(9), "2011-12-30 10:00"),  # a whole day was skipped
        ("Pacific/Kiritimati", date(2026, 6, 1), time(9), "2026-05-31 19:00"),
        ("Pacific/Niue", date(2026, 6, 1), time(9), "2026-06-01 20:00"),
    ],
)
def test_a_time_on_the_wall_is_one_moment(zone: str, day: date, wall: time, expected: str) -> None:
    assert moment(day, wall, ZoneInfo(zone)) == at(expected)


@given(ZONES, st.dates(date(2000, 1, 1), date(2040, 1, 1)), MINUTES)
def test_the_clocks_show_it_or_have_just_skipped_it(zone: str, day: date, minutes: int) -> None:
    wall = datetime.combine(day, time(*divmod(minutes, 60)))
    found = moment(day, wall.time(), ZoneInfo(zone))
    shown = found.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    before = (found - timedelta(seconds=1)).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    assert shown == wall or before < wall < shown


def person(quiet_from: int | None, quiet_until: int | None, zone: str = "Europe/Berlin") -> User:
    return User(quiet_from=quiet_from, quiet_until=quiet_until, time_zone=zone)


def test_the_night_goes_on_past_midnight() -> None:
    tom = person(22 * 60, 7 * 60)
    assert tom.quiet_until_when(at("2026-01-05 20:59")) is None
    assert tom.quiet_until_when(at("2026-01-05 21:00")) == at("2026-01-06 06:00")
    assert tom.quiet_until_when(at("2026-01-06 05:59")) == at("2026-01-06 06:00")
    assert tom.quiet_until_when(at("2026-01-06 06:00")) is None


def test_a_span_within_a_day() -> None:
    tom = person(9 * 60, 17 * 60)
    assert tom.quiet_until_when(at("2026-07-06 08:00")) == at("2026-07-06 15:00")
    assert tom.quiet_until_when(at("2026-07-06 15:00")) is None


def test_a_night_in_which_the_clocks_change_ends_by_the_wall() -> None:
    tom = person(22 * 60, 7 * 60)
    assert tom.quiet_until_when(at("2026-03-28 23:00")) == at("2026-03-29 05:00")
    assert tom.quiet_until_when(at("2026-10-24 23:00")) == at("2026-10-25 06:00")


def test_somebody_without_quiet_hours_is_never_quiet() -> None:
    assert person(None, None).quiet_until_when(at("2026-01-06 02:00")) is None


@given(ZONES, MINUTES, MINUTES, st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)))
def test_quiet_hours_end_within_a_day_and_a_change_of_clocks(zone: str, start: int, end: int, naive: datetime) -> None:
    now = naive.replace(tzinfo=UTC)
    over = person(start, end, zone).quiet_until_when(now) if start != end else None
    assert over is None or now < over <= now + timedelta(hours=26)
