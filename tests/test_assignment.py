"""The best pairing: what trying everything finds on small cases, the solver finds, and of equals always the same."""

import itertools
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from models.enums import MatchObjective
from resolvers.assignment import best_pairs

SMALL = 4
Table = list[list[int]]


@st.composite
def cases(draw: st.DrawFn) -> tuple[Table, list[list[bool]], list[int], list[int]]:
    """Mentees and mentors, a few of each, with few points, so that there are many equals."""
    mentees, mentors = draw(st.integers(0, SMALL)), draw(st.integers(0, SMALL - 1))
    row = st.lists(st.integers(0, 3) | st.integers(0, 6_000), min_size=mentors, max_size=mentors)
    points = draw(st.lists(row, min_size=mentees, max_size=mentees))
    may = st.lists(st.booleans() | st.just(True), min_size=mentors, max_size=mentors)
    allowed = draw(st.lists(may, min_size=mentees, max_size=mentees))
    numbers = st.lists(st.integers(0, 3), min_size=mentors, max_size=mentors)
    return points, allowed, draw(numbers), draw(numbers)


def everything(points: Table, allowed: list[list[bool]], free: Sequence[int]) -> Iterator[list[tuple[int, int]]]:
    """Every pairing there is that keeps the rules."""

    def onward(mentee: int, left: tuple[int, ...]) -> Iterator[list[tuple[int, int]]]:
        if mentee == len(points):
            yield []
            return
        yield from onward(mentee + 1, left)
        for mentor, places in enumerate(left):
            if places and allowed[mentee][mentor]:
                rest = tuple(each - (number == mentor) for number, each in enumerate(left))
                yield from ([(mentee, mentor), *others] for others in onward(mentee + 1, rest))

    return onward(0, tuple(free))


def worth(pairs: list[tuple[int, int]], points: Table, taken: Sequence[int], objective: MatchObjective) -> Any:
    """What a pairing is to be the best at, as the words of `best_pairs` say it."""
    score = sum(points[mentee][mentor] for mentee, mentor in pairs)
    people = len(pairs) + len({mentor for _, mentor in pairs if taken[mentor] == 0})
    return (score,) if objective == MatchObjective.BEST_SCORE else (people, score)


def solved(case: Any, objective: MatchObjective) -> list[tuple[int, int]]:
    """What the solver finds."""
    points, allowed, free, taken = case
    shape = (len(points), len(free))
    return best_pairs(
        np.array(points, np.int32).reshape(shape), np.array(allowed, bool).reshape(shape), free, taken, objective
    )


@given(cases(), st.sampled_from(MatchObjective))
def test_nothing_is_better_than_what_is_proposed(case: Any, objective: MatchObjective) -> None:
    points, allowed, free, taken = case
    pairs = solved(case, objective)
    assert pairs in list(everything(points, allowed, free)), "everybody may be paired so"
    best = max(worth(each, points, taken, objective) for each in everything(points, allowed, free))
    assert worth(pairs, points, taken, objective) == best


@given(cases(), st.sampled_from(MatchObjective))
def test_the_same_question_has_the_same_answer(case: Any, objective: MatchObjective) -> None:
    assert solved(case, objective) == solved(case, objective)


@given(cases(), st.sampled_from(MatchObjective))
def test_who_waits_longer_goes_with_who_waits_longer_where_it_is_all_the_same(
    case: Any, objective: MatchObjective
) -> None:
    points, allowed, _, taken = case
    pairs = solved(case, objective)
    mentors = Counter(mentor for _, mentor in pairs)
    for (one, first), (other, second) in itertools.combinations(sorted(pairs), 2):
        same = points[one][second] + points[other][first] == points[one][first] + points[other][second]
        alike = taken[first] == taken[second] == 0 and mentors[first] == mentors[second] == 1
        if same and alike and allowed[one][second] and allowed[other][first]:
            assert first < second


def test_of_equals_those_get_somebody_who_wait_longest() -> None:
    """Three mentees fit two mentors alike."""
    all_alike = [[5, 5]] * 3
    for objective in MatchObjective:
        assert solved((all_alike, [[True] * 2] * 3, [1, 1], [0, 0]), objective) == [(0, 0), (1, 1)]


def test_of_equals_a_mentor_with_nobody_comes_before_one_who_has_somebody() -> None:
    """The first mentor waits longest, and has a mentee; the third has nobody."""
    case = [[5, 5, 5]], [[True] * 3], [2, 1, 1], [1, 1, 0]
    for objective in MatchObjective:
        assert solved(case, objective) == [(0, 2)]


def test_most_people_gives_up_score_for_people_and_best_score_does_not() -> None:
    """The second mentee fits only the mentor who fits the first one best."""
    case = [[90, 10], [5, 0]], [[True, True], [True, False]], [1, 1], [0, 0]
    assert solved(case, MatchObjective.BEST_SCORE) == [(0, 0)]
    assert solved(case, MatchObjective.MOST_PEOPLE) == [(0, 1), (1, 0)]


def test_most_people_means_mentors_too() -> None:
    """Two mentees would go to one mentor, where they fit better; so the other one would go with nobody."""
    case = [[90, 10], [90, 10]], [[True, True], [True, True]], [2, 1], [0, 0]
    assert {mentor for _, mentor in solved(case, MatchObjective.BEST_SCORE)} == {0}
    assert {mentor for _, mentor in solved(case, MatchObjective.MOST_PEOPLE)} == {0, 1}


def test_scores_are_exact_at_the_largest_size_that_is_considered() -> None:
    """As heavy as all weights can be, with all people and places that are looked at: one hundredth still decides."""
    points, allowed = np.full((2_000, 2_500), 6_000, np.int32), np.zeros((2_000, 2_500), bool)
    allowed[:3, :2] = True
    points[0, :2] = 6_000 - 1
    for objective in MatchObjective:
        pairs = best_pairs(points, allowed, [1] * 2_500, [0] * 2_500, objective)
        assert sorted(pairs) == [(1, 0), (2, 1)], "those who wait longer fit less well"
