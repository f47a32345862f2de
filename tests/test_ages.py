"""How old people are: the birthday counts where they live, and 29 February counts on 1 March (DESIGN.md, rule 3)."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.users import User, age_on

DAYS = st.dates(date(1900, 1, 1), date(2100, 12, 31))


def person(birth_date: date, time_zone: str) -> User:
    return User(birth_date=birth_date, time_zone=time_zone)


@pytest.mark.parametrize(
    ("born", "day", "age"),
    [
        (date(2008, 6, 15), date(2026, 6, 14), 17),
        (date(2008, 6, 15), date(2026, 6, 15), 18),
        (date(2008, 6, 15), date(2026, 6, 16), 18),
        (date(2008, 12, 31), date(2026, 12, 30), 17),
        (date(2008, 12, 31), date(2027, 1, 1), 18),
        (date(2008, 1, 1), date(2025, 12, 31), 17),
        (date(2008, 1, 1), date(2026, 1, 1), 18),
    ],
)
def test_a_person_grows_older_on_the_birthday_and_not_a_day_before(born: date, day: date, age: int) -> None:
    assert age_on(born, day) == age


@pytest.mark.parametrize(
    ("day", "age"),
    [
        (date(2026, 2, 28), 17),  # a common year: 18 on 1 March
        (date(2026, 3, 1), 18),
        (date(2028, 2, 28), 19),  # a leap year: 20 on the day itself
        (date(2028, 2, 29), 20),
        (date(2100, 2, 28), 91),  # a common year, though divisible by four
        (date(2100, 3, 1), 92),
    ],
)
def test_somebody_born_on_29_february_has_the_birthday_on_1_march_of_a_common_year(day: date, age: int) -> None:
    assert age_on(date(2008, 2, 29), day) == age


@given(days=st.lists(DAYS, min_size=2, max_size=2).map(sorted))
def test_an_age_is_the_number_of_birthdays_that_have_come(days: list[date]) -> None:
    """Counted the slow way, year by year."""
    born, day = days

    def birthday(year: int) -> date:
        try:
            return born.replace(year=year)
        except ValueError:
            return date(year, 3, 1)

    assert age_on(born, day) == sum(birthday(year) <= day for year in range(born.year + 1, day.year + 1))


def test_two_people_born_on_one_day_come_of_age_25_hours_apart_on_the_two_sides_of_the_date_line() -> None:
    """Kiritimati is 14 hours ahead of UTC and Pago Pago 11 hours behind it."""
    born = date(2008, 6, 15)
    teresia, tavita = person(born, "Pacific/Kiritimati"), person(born, "Pacific/Pago_Pago")
    first = datetime(2026, 6, 14, 10, tzinfo=UTC)  # midnight on Kiritimati
    last = first + timedelta(hours=25)  # midnight in Pago Pago
    moment = timedelta(microseconds=1)

    assert not teresia.is_adult(first - moment)
    assert teresia.is_adult(first)
    assert not tavita.is_adult(first)
    assert not tavita.is_adult(last - moment)
    assert tavita.is_adult(last)


def test_the_hour_of_summer_time_moves_the_birthday_with_it() -> None:
    """In Berlin, midnight is at 22:00 UTC in June and at 23:00 UTC in January."""
    june, january = person(date(2008, 6, 15), "Europe/Berlin"), person(date(2008, 1, 15), "Europe/Berlin")

    assert not june.is_adult(datetime(2026, 6, 14, 21, 59, 59, tzinfo=UTC))
    assert june.is_adult(datetime(2026, 6, 14, 22, tzinfo=UTC))
    assert not january.is_adult(datetime(2026, 1, 14, 22, 59, 59, tzinfo=UTC))
    assert january.is_adult(datetime(2026, 1, 14, 23, tzinfo=UTC))


def test_a_leap_day_and_the_date_line_together() -> None:
    """It is 1 March on Kiritimati while it is still 28 February in Pago Pago."""
    born = date(2008, 2, 29)
    now = datetime(2026, 2, 28, 10, 30, tzinfo=UTC)

    assert person(born, "Pacific/Kiritimati").is_adult(now)
    assert not person(born, "Pacific/Pago_Pago").is_adult(now)
    assert not person(born, "Pacific/Pago_Pago").is_adult(datetime(2026, 3, 1, 10, 59, tzinfo=UTC))
    assert person(born, "Pacific/Pago_Pago").is_adult(datetime(2026, 3, 1, 11, tzinfo=UTC))
