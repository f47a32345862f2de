"""What counts in the score of a possible pair, and how much of it a program may make count."""

from collections.abc import Mapping
from enum import StrEnum

HEAVIEST = 10.0
"""The most that one part may weigh. Scores are sums of whole hundredths, which stay exact (resolvers/assignment.py)."""


class MatchPart(StrEnum):
    """A part of the score; each fits from 0 to 1, and counts as much as its weight."""

    TOPICS = "TOPICS"
    GOALS = "GOALS"
    EXPERIENCE = "EXPERIENCE"
    LANGUAGES = "LANGUAGES"
    HOURS = "HOURS"
    WISHES = "WISHES"


Weights = Mapping[MatchPart, float]

USUAL: Weights = {
    MatchPart.TOPICS: 4.0,
    MatchPart.GOALS: 2.0,
    MatchPart.EXPERIENCE: 2.0,
    MatchPart.LANGUAGES: 1.0,
    MatchPart.HOURS: 2.0,
    MatchPart.WISHES: 4.0,
}
"""What they weigh in a program whose admins have set nothing else."""


def weights_of(kept: Mapping[str, float] | None) -> Weights:
    """The weights of a program from its column `match_weights`."""
    return USUAL if kept is None else {part: kept.get(part, USUAL[part]) for part in MatchPart}
