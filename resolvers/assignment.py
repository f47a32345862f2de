"""The best pairing of a whole program, found by an established solver: a true optimum, and always the same one."""

from collections.abc import Sequence

import numpy as np
from scipy.optimize import linear_sum_assignment

from models.enums import MatchObjective

_EXACT = 2**53
"""Whole numbers below it are exact as the floating-point numbers that the solver counts with."""


def best_pairs(
    points: np.ndarray, allowed: np.ndarray, free: Sequence[int], taken: Sequence[int], objective: MatchObjective
) -> list[tuple[int, int]]:
    """The pairs (mentee, mentor) of the best proposal, each mentee once and each mentor up to his free places.

    `points` and `allowed` are tables of mentees (down) and mentors (across), both in the order in which they wait.
    BEST_SCORE: the most points in all. MOST_PEOPLE: the most pairs, then the most points. Of proposals that are equal
    in this, the one whose people stand furthest to the front of their queues, the sum of their places taken; where
    mentors with nobody yet stand before those with one, and so on. The rest is decided by the order of the tables.
    """
    places = [
        (taken[mentor] + nth, mentor)
        for mentor in range(len(free))
        for nth in range(min(free[mentor], len(points)))
    ]
    if not places or not len(points):
        return []
    mentor_of = np.array([mentor for _, mentor in sorted(places)])
    values = _values(points, allowed, objective, mentor_of)
    rows, columns = linear_sum_assignment(-values)
    return [
        (int(row), int(mentor_of[column]))
        for row, column in zip(rows, columns, strict=True)
        if allowed[row, mentor_of[column]]
    ]


def _values(points: np.ndarray, allowed: np.ndarray, objective: MatchObjective, mentor_of: np.ndarray) -> np.ndarray:
    """What each pair is worth, as one whole number in which what comes first outweighs all that comes after it."""
    mentees, places = len(points), len(mentor_of)
    most_pairs = min(mentees, places)
    fairness = np.add.outer(np.arange(mentees, 0, -1), np.arange(places, 0, -1)).astype(np.float64)
    values = points[:, mentor_of] * float(most_pairs * (mentees + places) + 1) + fairness
    values[~allowed[:, mentor_of]] = 0
    if objective == MatchObjective.MOST_PEOPLE:
        values[allowed[:, mentor_of]] += most_pairs * values.max() + 1
    # The solver adds and takes away along paths, which come to a few times the largest of them at most.
    if values.max() * 8 > _EXACT:
        raise OverflowError("Scores are too large to be compared exactly.")
    return values
