"""Why somebody who waits is with nobody: what is true first, of the person and then of those who might fit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from models.enums import LeftOver, SignUpRole, SignUpState
from models.match_weights import Weights
from resolvers import pairing
from resolvers.languages import languages_of, name_of
from resolvers.match_parts import Needs, needs_of
from resolvers.match_words import listed
from resolvers.pairing import Apart, Candidate
from resolvers.proposed import Left


@dataclass(frozen=True, slots=True)
class _Words:
    """How the sentences speak of the other side to people of one role."""

    other: str
    named: str
    taken: str


_WORDS = {
    SignUpRole.MENTEE: _Words("mentor", "No mentor offers {}.", "All mentors who would fit have their places taken."),
    SignUpRole.MENTOR: _Words("mentee", "No mentee looks for {}.", "All mentees who would fit have a mentor."),
}

BEHIND = Left(LeftOver.NOT_CONSIDERED, "Waits behind those who were considered.")
NOBODY_NOW = Left(LeftOver.PAIRS_NOBODY_NOW, "The program pairs nobody now.")


def better_for_others(role: SignUpRole) -> Left:
    """Somebody would fit, and the whole program is better off otherwise."""
    other = _WORDS[role].other
    return Left(LeftOver.OTHERS_FIT_BETTER, f"The {other}s who would fit are proposed to others this time.")


def reasons(
    people: Sequence[Candidate], pool: Sequence[Candidate], apart: Apart, weights: Weights, now: datetime
) -> list[Left | None]:
    """Why each of these people, of one role, is with nobody; None where somebody fits who may be paired with him.

    Only what is in `apart` is secret: with nothing in it, the answer cannot give anything of it away.
    """
    if not people:
        return []
    role = people[0].role
    others = [each for each in pool if each.role != role]
    if role == SignUpRole.MENTEE:
        needs = needs_of(people, others, weights, now)
    else:
        turned = needs_of(others, people, weights, now)
        needs = Needs(turned.shares_topic.T, turned.speaks.T, turned.meets.T)
    full = np.array([not each.free or each.state == SignUpState.MATCHED for each in others], bool)
    away = np.tile(np.array([pairing.alone(each, now) is not None for each in others], bool), (len(people), 1))
    myself = np.zeros((len(people), len(others)), bool)
    for place, other in pairing.barred(people, others, apart):
        away[place, other] = True
        myself[place, other] = people[place].user_id == others[other].user_id
    return [
        _alone(person, now)
        or _among(
            person,
            ~myself[place],
            Needs(needs.shares_topic[place], needs.speaks[place], needs.meets[place]),
            full,
            away[place],
        )
        for place, person in enumerate(people)
    ]


def _alone(person: Candidate, now: datetime) -> Left | None:
    obstacle = pairing.alone(person, now)
    if obstacle is None:
        return None
    match obstacle.left_over:
        case LeftOver.PAUSED:
            return Left(LeftOver.PAUSED, f"Paused until {pairing.day(person.paused_until)}.")
        case LeftOver.NO_FREE_PLACE if person.role == SignUpRole.MENTEE:
            return Left(LeftOver.NO_FREE_PLACE, "Has an open match in this program already.")
        case LeftOver.NO_FREE_PLACE:
            return Left(LeftOver.NO_FREE_PLACE, "All places are taken.")
        case _:
            return Left(LeftOver.NOT_AVAILABLE, "Not available now.")


def _among(person: Candidate, there: np.ndarray, needs: Needs, full: np.ndarray, away: np.ndarray) -> Left | None:
    """The others are sieved, one question after the other; what the last of them fall through is the reason."""
    words = _WORDS[person.role]
    if not there.any():
        return Left(LeftOver.NOBODY_THERE, f"No {words.other} has signed up yet.")
    if not (there := there & needs.shares_topic).any():
        return Left(LeftOver.NO_SHARED_TOPIC, words.named.format(listed(person.topics, "or")))
    those = f"{words.other} for these topics" if person.topics else words.other
    if not (there := there & needs.speaks).any():
        spoken = listed(map(name_of, languages_of(person.languages)), "or")
        return Left(LeftOver.NO_COMMON_LANGUAGE, f"No {those} speaks {spoken}.")
    if not (there := there & needs.meets).any():
        return Left(LeftOver.NO_COMMON_HOURS, f"No {those} has time in the same hours.")
    if not (there := there & ~full).any():
        return Left(LeftOver.ALL_TAKEN, words.taken)
    if not (there & ~away).any():
        return Left(LeftOver.NOBODY_AVAILABLE, f"The {words.other}s who would fit are not available.")
    return None
