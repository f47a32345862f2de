"""What a proposal says: the pairs and why, who is left over and why, and among how many it chose."""

from collections.abc import Sequence
from dataclasses import dataclass

from models.enums import LeftOver
from resolvers.match_reasons import Reason
from resolvers.pairing import Candidate

LARGEST = 200
"""The most suggestions that are shown at once: as many as `createMatches` takes."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A pair that is proposed."""

    mentor: Candidate
    mentee: Candidate
    score: float
    reasons: Sequence[Reason]


@dataclass(frozen=True, slots=True)
class Left:
    """Why somebody is with nobody, as a code and as a sentence."""

    code: LeftOver
    text: str


@dataclass(frozen=True, slots=True)
class Unmatched:
    """Somebody who waits and is in no proposed pair."""

    person: Candidate
    left: Left


@dataclass(frozen=True, slots=True)
class Scope:
    """How many wait, and how many of them were considered."""

    mentors_waiting: int = 0
    mentees_waiting: int = 0
    mentors_considered: int = 0
    mentees_considered: int = 0


@dataclass(frozen=True, slots=True)
class Proposal:
    """The best pairs, those that fit best first; who is left over, those who wait longest first; and among how many."""

    pairs: Sequence[Suggestion]
    unmatched: Sequence[Unmatched]
    scope: Scope
