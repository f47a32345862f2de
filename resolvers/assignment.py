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

    `points` and `allowed` are tables of mentees (down) and mentors (across), both in the order in which they wait;
    `taken` is how many matches a mentor has. BEST_SCORE: the most points in all. MOST_PEOPLE: the most mentees and
    mentors who had nobody, then the most points. Of proposals that are equal in this, the one whose people stand
    furthest to the front, by the sum of their places in the queues; a mentor's place is behind those of all who have
    fewer matches than he would then have had before. And where two pairs may change mentors and it is all the same,
    who waits longer goes with who waits longer.
    """
    places = sorted(
        (taken[mentor] + nth, mentor) for mentor in range(len(free)) for nth in range(min(free[mentor], len(points)))
    )
    if not places or not len(points):
        return []
    had, mentor_of = np.array(places).T
    points, allowed = points[:, mentor_of], allowed[:, mentor_of]
    rows, columns = linear_sum_assignment(-_values(points, allowed, objective, had == 0))
    real = allowed[rows, columns]
    rows, columns = _in_order(rows[real], columns[real], points, allowed)
    return list(zip(rows.tolist(), mentor_of[columns].tolist(), strict=True))


def _values(points: np.ndarray, allowed: np.ndarray, objective: MatchObjective, alone: np.ndarray) -> np.ndarray:
    """What each pair is worth, as one whole number in which what comes first outweighs all that comes after it.

    `alone`: the places of mentors who have nobody yet.
    """
    mentees, places = points.shape
    most = min(mentees, places)
    values = np.add.outer(np.arange(mentees, 0, -1), np.arange(places, 0, -1)).astype(np.float64)
    values += points * float(most * (mentees + places) + 1)
    values[~allowed] = 0
    if objective == MatchObjective.MOST_PEOPLE:
        values += allowed * ((most * values.max() + 1) * (1 + alone))
    # The solver adds and takes away along paths, which come to a few times the largest of them at most.
    if values.max() * 8 > _EXACT:
        raise OverflowError("Scores are too large to be compared exactly.")
    return values


def _in_order(
    rows: np.ndarray, columns: np.ndarray, points: np.ndarray, allowed: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Let pairs change mentors as long as that brings the order of both queues together and costs nothing."""
    swapped = True
    while swapped:
        swapped = False
        for first in range(len(rows)):
            row, column, later, theirs = rows[first], columns[first], rows[first + 1 :], columns[first + 1 :]
            same = points[row, theirs] + points[later, column] == points[row, column] + points[later, theirs]
            may = (theirs < column) & allowed[row, theirs] & allowed[later, column] & same
            if may.any():
                other = first + 1 + int(np.where(may, theirs, len(allowed[0])).argmin())
                columns[first], columns[other] = columns[other], column
                swapped = True
    return rows, columns
