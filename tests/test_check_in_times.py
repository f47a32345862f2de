"""When check-ins are due: at the hour that each of two chose, by whatever clock each lives, and whatever it does."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.check_in_times import HALF_WEEK, Choice, Rounds
from models.enums import Weekday

ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Australia/Sydney", "Australia/Lord_Howe", "Asia/Kathmandu",
         "Pacific/Kiritimati", "Pacific/Niue", "America/Santiago", "Antarctica/Troll"]  # fmt: skip
CHOICES = st.builds(
    Choice, st.sampled_from(Weekday), st.integers(0, 23), st.sampled_from([ZoneInfo(zone) for zone in ZONES])
)
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2028, 12, 31), timezones=st.just(UTC))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def choice(weekday: Weekday, hour: int, zone: str) -> Choice:
    return Choice(weekday, hour, ZoneInfo(zone))


def weeks(rounds: Rounds, many: int) -> list[tuple[datetime, datetime]]:
    return [rounds.of(week)[1:] for week in range(1, many + 1)]


def test_two_who_live_25_hours_apart_are_both_asked_on_sunday_evening() -> None:
    """When it is Sunday, 18:00, on Kiritimati it is Saturday, 17:00, on Niue."""
    mentor, mentee = (choice(Weekday.SUNDAY, 18, zone) for zone in ("Pacific/Kiritimati", "Pacific/Niue"))
    assert weeks(Rounds(at("2026-03-02 10:00"), mentor, mentee), 2) == [
        (at("2026-03-08 04:00"), at("2026-03-09 05:00")),
        (at("2026-03-15 04:00"), at("2026-03-16 05:00")),
    ]


def test_who_is_asked_at_an_hour_that_is_skipped_is_asked_at_the_next_one_and_the_week_after_as_ever() -> None:
    mentor, mentee = choice(Weekday.SUNDAY, 2, "Europe/Berlin"), choice(Weekday.SUNDAY, 2, "UTC")
    assert [mentor for mentor, _ in weeks(Rounds(at("2026-03-16 10:00"), mentor, mentee), 3)] == [
        at("2026-03-22 01:00"),
        at("2026-03-29 01:00"),  # 2:00 does not exist: 3:00
        at("2026-04-05 00:00"),
    ]


def test_of_an_hour_that_comes_twice_it_is_the_first() -> None:
    mentor = mentee = choice(Weekday.SUNDAY, 2, "Europe/Berlin")
    assert weeks(Rounds(at("2026-10-19 10:00"), mentor, mentee), 2) == [
        (at("2026-10-25 00:00"), at("2026-10-25 00:00")),
        (at("2026-11-01 01:00"), at("2026-11-01 01:00")),
    ]


def test_a_leap_day_is_a_day_like_any_other() -> None:
    mentor = mentee = choice(Weekday.TUESDAY, 9, "Europe/Berlin")
    assert [mentor for mentor, _ in weeks(Rounds(at("2028-02-21 10:00"), mentor, mentee), 3)] == [
        at("2028-02-22 08:00"),
        at("2028-02-29 08:00"),
        at("2028-03-07 08:00"),
    ]


def test_of_monday_and_sunday_the_sunday_before_comes_first() -> None:
    """Asked on Monday and the Sunday after, one of them would have a day before the next check-in opens."""
    mentor, mentee = choice(Weekday.MONDAY, 9, "UTC"), choice(Weekday.SUNDAY, 18, "UTC")
    assert weeks(Rounds(at("2026-03-04 10:00"), mentor, mentee), 1) == [
        (at("2026-03-09 09:00"), at("2026-03-08 18:00"))
    ]


@given(begins=MOMENTS, mentor=CHOICES, mentee=CHOICES)
def test_every_week_asks_each_of_the_two_once_and_leaves_them_half_a_week(
    begins: datetime, mentor: Choice, mentee: Choice
) -> None:
    rounds = Rounds(begins, mentor, mentee)
    found = [rounds.of(week) for week in range(1, 60)]
    slack = timedelta(hours=6)  # clocks change
    assert begins - slack <= found[0].opens_at <= begins + timedelta(days=7) + slack
    for earlier, later in pairwise(found):
        for one, other in ((earlier.mentor_due_at, later.mentor_due_at), (earlier.mentee_due_at, later.mentee_due_at)):
            assert abs(other - one - timedelta(days=7)) <= slack
        assert later.opens_at - max(earlier.mentor_due_at, earlier.mentee_due_at) >= HALF_WEEK - slack


@given(begins=MOMENTS, mentor=CHOICES, mentee=CHOICES, week=st.integers(1, 60))
def test_due_is_what_the_clock_on_the_wall_shows(begins: datetime, mentor: Choice, mentee: Choice, week: int) -> None:
    found = Rounds(begins, mentor, mentee).of(week)
    for due_at, chosen in ((found.mentor_due_at, mentor), (found.mentee_due_at, mentee)):
        wall = due_at.astimezone(chosen.zone)
        # Only where the clocks skip the hour it is another one: the next that there is.
        before = (due_at - timedelta(seconds=1)).astimezone(chosen.zone)
        assert (wall.weekday(), wall.hour) == chosen[:2] or wall.utcoffset() != before.utcoffset()


@given(begins=MOMENTS, mentor=CHOICES, mentee=CHOICES, after=st.integers(0, 50), days=st.floats(0, 400))
def test_the_first_after_a_moment_is_the_first_there_is(
    begins: datetime, mentor: Choice, mentee: Choice, after: int, days: float
) -> None:
    rounds, not_before = Rounds(begins, mentor, mentee), begins + timedelta(days=days)
    found = rounds.first(after_week=after, not_before=not_before)
    assert found.week > after and found.opens_at >= not_before
    assert found.week == after + 1 or rounds.of(found.week - 1).opens_at < not_before


@pytest.mark.parametrize("days", [0, 1, 6, 7, 20, 700])
def test_after_a_downtime_it_is_the_last_that_has_opened(days: int) -> None:
    mentor = mentee = choice(Weekday.SUNDAY, 18, "Europe/Berlin")
    rounds = Rounds(at("2026-03-02 10:00"), mentor, mentee)
    now = rounds.of(1).opens_at + timedelta(days=days)
    found = rounds.last(rounds.of(1), now)
    assert found.opens_at <= now < rounds.of(found.week + 1).opens_at
