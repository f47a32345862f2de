"""Who may be paired, and how well two fit: one pair and very many are judged alike, and from answers alone."""

from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import product
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.enums import SignUpRole, SignUpState
from models.match_weights import USUAL, MatchPart
from resolvers.common_hours import week_of
from resolvers.match_parts import fit_of
from resolvers.match_reasons import POINTS
from resolvers.match_words import plain, words
from resolvers.pairing import Candidate, alone, barred, between, pair_of

WINTER, SUMMER = datetime(2026, 1, 20, 12, tzinfo=UTC), datetime(2026, 7, 20, 12, tzinfo=UTC)


def candidate(number: int, role: SignUpRole = SignUpRole.MENTOR, **answers: object) -> Candidate:
    """Somebody who may be paired."""
    key = UUID(int=number)
    usual = Candidate(
        id=key,
        program_id=UUID(int=0),
        user_id=key,
        name=f"Person{number}",
        role=role,
        state=SignUpState.WAITING,
        waiting_since=WINTER,
        capacity=1,
        taken=0,
        is_member=True,
        is_suspended=False,
        is_adult=True,
        paused_until=None,
        time_zone="UTC",
        languages=["en"],
    )
    return replace(usual, **answers)


def fit(mentee: Candidate, mentor: Candidate, weights: dict[MatchPart, float] | None = None) -> dict[MatchPart, float]:
    """The share of each part in which two fit, when all weigh one."""
    found = fit_of([mentee], [mentor], weights or dict.fromkeys(MatchPart, 1.0), WINTER)
    return {part: int(points[0, 0]) / POINTS for part, points in found.points.items()}


@given(st.sets(st.tuples(st.integers(1, 6), st.integers(1, 6)).filter(lambda two: two[0] != two[1])))
def test_very_many_are_kept_apart_by_the_same_rule_as_two(two_by_two: set[tuple[int, int]]) -> None:
    apart = frozenset(pair_of(UUID(int=one), UUID(int=other)) for one, other in two_by_two)
    some = [candidate(number, SignUpRole.MENTEE, id=UUID(int=100 + number)) for number in range(1, 5)]
    others = [candidate(number) for number in range(3, 8)]
    expected = {
        (row, column)
        for row, column in product(range(len(some)), range(len(others)))
        if between(some[row], others[column], apart) is not None
    }
    assert set(barred(some, others, apart)) == expected
    assert {(2, 0), (3, 1)} <= expected, "nobody is paired with himself"


@pytest.mark.parametrize(
    "changes",
    [
        {"is_member": False},
        {"taken": 1},
        {"state": SignUpState.MATCHED},
        {"state": SignUpState.WITHDRAWN},
        {"paused_until": date(2026, 1, 21)},
        {"is_adult": False},
        {"is_suspended": True},
    ],
)
def test_each_thing_alone_keeps_somebody_from_being_paired(changes: dict[str, object]) -> None:
    assert alone(candidate(1), WINTER) is None
    assert alone(candidate(1, **changes), WINTER) is not None


def test_topics_count_by_the_share_that_the_mentor_names_however_they_are_written() -> None:
    seeks = candidate(1, SignUpRole.MENTEE, topics=["Prix  JUSTE", "marchés", "savon"])
    assert fit(seeks, candidate(2, topics=["prix juste", "Marches"]))[MatchPart.TOPICS] == 0.67
    assert fit(seeks, candidate(2, topics=["prix"]))[MatchPart.TOPICS] == 0


def test_three_words_in_common_are_as_good_as_more() -> None:
    seeks = candidate(1, SignUpRole.MENTEE, goals="I would like to open a market stall and price my candles.")
    for shared, share in (("market", 0.33), ("the markets and stalls", 0.67), ("Stall, market, price, candle", 1.0)):
        found = fit(seeks, candidate(2, goals=shared, experience=shared))
        assert found[MatchPart.GOALS] == found[MatchPart.EXPERIENCE] == share


def test_words_that_everybody_writes_say_nothing() -> None:
    assert words("I would like to learn how to get better with your help, und auch für mich!") == {}
    assert words("Très chère épicerie, 42 épiceries") == {"chere": "chère", "epicerie": "épicerie"}
    assert words("木工") == {"木工": "木工"}
    assert plain("  Straße  ") == "strasse"


def test_one_language_in_common_is_enough_whatever_its_kind() -> None:
    seeks = candidate(1, SignUpRole.MENTEE, languages=["fr", "pt-BR"])
    assert fit(seeks, candidate(2, languages=["en", "pt"]))[MatchPart.LANGUAGES] == 1
    assert fit(seeks, candidate(2, languages=["en"]))[MatchPart.LANGUAGES] == 0


@pytest.mark.parametrize(
    ("zone", "moment", "hours"),
    [
        ("Europe/Berlin", WINTER, 98),
        ("America/New_York", WINTER, 56),
        ("Pacific/Auckland", WINTER, 28),
        ("Asia/Kathmandu", WINTER, 63),
        ("America/Phoenix", WINTER, 42),
        ("America/Phoenix", SUMMER, 35),
    ],
)
def test_hours_in_common_follow_the_clocks_of_both(zone: str, moment: datetime, hours: float) -> None:
    """Fourteen hours a day are waking hours; Berlin's clocks go forward in summer, and Phoenix's do not."""
    berlin, there = week_of("Europe/Berlin", [], moment), week_of(zone, [], moment)
    assert sum(one and other for one, other in zip(berlin, there, strict=True)) / 2 == hours


def test_hours_count_by_the_share_of_the_one_who_has_fewer() -> None:
    """Whoever has only weekday evenings, and finds the other one free in all of them, has what he needs."""
    seeks = candidate(1, SignUpRole.MENTEE, availability=["WEEKDAY_EVENINGS"])
    assert fit(seeks, candidate(2))[MatchPart.HOURS] == 1
    both = candidate(2, availability=["WEEKDAY_EVENINGS", "WEEKEND_MORNINGS"], time_zone="Etc/GMT-2")
    assert fit(seeks, both)[MatchPart.HOURS] == 0.6, "they are two hours apart: three of five are left"


def test_a_wish_counts_by_its_rank_and_each_side_for_a_half() -> None:
    first, second = candidate(2), candidate(3)
    seeks = candidate(1, SignUpRole.MENTEE, wishes=[first.id, second.id])
    assert fit(seeks, first)[MatchPart.WISHES] == 0.5
    assert fit(seeks, second)[MatchPart.WISHES] == 0.25
    assert fit(seeks, replace(first, wishes=[seeks.id]))[MatchPart.WISHES] == 1


def test_a_pair_needs_a_topic_a_language_and_an_hour_unless_that_weighs_nothing_or_they_wish() -> None:
    seeks = candidate(1, SignUpRole.MENTEE, topics=["soap"], availability=["WEEKDAY_MORNINGS"])
    without = {
        MatchPart.TOPICS: candidate(2, topics=["wax"]),
        MatchPart.LANGUAGES: candidate(2, topics=["soap"], languages=["fi"]),
        MatchPart.HOURS: candidate(2, topics=["soap"], availability=["WEEKDAY_EVENINGS"]),
    }
    for part, mentor in without.items():
        assert not fit_of([seeks], [mentor], USUAL, WINTER).needs.met[0, 0]
        assert fit_of([seeks], [mentor], {**USUAL, part: 0.0}, WINTER).needs.met[0, 0]
    wished = replace(without[MatchPart.TOPICS], wishes=[seeks.id])
    assert fit_of([seeks], [wished], USUAL, WINTER).needs.met[0, 0]
    assert fit_of([replace(seeks, topics=[])], [wished], USUAL, WINTER).needs.met[0, 0], "who names none wants any"
