"""The parts of a possible pair's score: how well two sign-ups fit in each, for all pairs at once."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import numpy as np
from scipy.sparse import csr_array

from models.match_weights import MatchPart, Weights
from resolvers.common_hours import SLOTS, week_of
from resolvers.languages import languages_of
from resolvers.match_reasons import POINTS
from resolvers.match_words import topics, words
from resolvers.pairing import Candidate

ENOUGH_WORDS = 3
"""So many words in common are as good as any more."""

ROWS = 32
"""So many people are compared with all others at a time: scipy holds Python's lock meanwhile, and the server waits."""

Side = Sequence[Candidate]


@dataclass(frozen=True, slots=True)
class Needs:
    """Tables of mentees (down) and mentors (across): whether the two have what a pair needs, which is a topic, a
    language and an hour a week.

    Who names no topic, or wished for the other one, needs none; and a part that weighs nothing is needed by nobody.
    """

    shares_topic: np.ndarray
    speaks: np.ndarray
    meets: np.ndarray

    @property
    def met(self) -> np.ndarray:
        """Whether the two have all of it."""
        met: np.ndarray = self.shares_topic & self.speaks & self.meets
        return met


@dataclass(frozen=True, slots=True)
class Fit:
    """Tables of mentees (down) and mentors (across): what each part adds to the score, in hundredths, and the needs."""

    points: Mapping[MatchPart, np.ndarray]
    needs: Needs

    @property
    def score(self) -> np.ndarray:
        """The sum of the parts."""
        total: np.ndarray = sum(self.points.values(), np.int32(0))  # type: ignore[arg-type]  # a number plus a table
        return total


@dataclass(frozen=True, slots=True)
class _Common:
    """What each two have in common: topics (of so many that the mentee names), languages, and hours a week (of so many
    that the one has who has fewer); and how dearly they wished for each other."""

    topics: np.ndarray
    named: np.ndarray
    languages: np.ndarray
    hours: np.ndarray
    scarce: np.ndarray
    wishes: np.ndarray


def fit_of(mentees: Side, mentors: Side, weights: Weights, now: datetime) -> Fit:
    """How well each of the mentees and each of the mentors fit."""
    common = _common(mentees, mentors, now)
    points = {
        part: np.rint(fit * (weights[part] * POINTS)).astype(np.int32) for part, fit in _parts(common, mentees, mentors)
    }
    return Fit(points, _needs(common, mentors, weights))


def _parts(common: _Common, mentees: Side, mentors: Side) -> Iterator[tuple[MatchPart, np.ndarray]]:
    """How well each two fit in each part, from 0 to 1; one table after the other, since they are large."""
    yield MatchPart.TOPICS, common.topics / np.maximum(common.named, 1)[:, None]
    goals = [[words(each.goals) for each in side] for side in (mentees, mentors)]
    yield MatchPart.GOALS, np.minimum(_shared(*goals) / ENOUGH_WORDS, 1)
    sought = [words(each.goals, *each.topics) for each in mentees]
    brought = [words(each.experience) for each in mentors]
    yield MatchPart.EXPERIENCE, np.minimum(_shared(sought, brought) / ENOUGH_WORDS, 1)
    yield MatchPart.LANGUAGES, np.minimum(common.languages, 1)
    yield MatchPart.HOURS, common.hours / np.maximum(common.scarce, 1)
    yield MatchPart.WISHES, common.wishes


def needs_of(mentees: Side, mentors: Side, weights: Weights, now: datetime) -> Needs:
    """Whether each of the mentees and each of the mentors have what a pair needs."""
    return _needs(_common(mentees, mentors, now), mentors, weights)


def _needs(common: _Common, mentors: Side, weights: Weights) -> Needs:
    needless = {part: weights[part] == 0 for part in MatchPart}
    silent = (common.named == 0)[:, None] | np.array([not each.topics for each in mentors], bool)
    return Needs(
        (common.topics > 0) | silent | (common.wishes > 0) | needless[MatchPart.TOPICS],
        (common.languages > 0) | needless[MatchPart.LANGUAGES],
        (common.hours >= 1) | needless[MatchPart.HOURS],
    )


def _common(mentees: Side, mentors: Side, now: datetime) -> _Common:
    named, offered = ([topics(each.topics) for each in side] for side in (mentees, mentors))
    spoken = ([languages_of(each.languages) for each in side] for side in (mentees, mentors))
    down, across = (
        np.array([week_of(each.time_zone, each.availability, now) for each in side], np.float32).reshape(-1, SLOTS)
        for side in (mentees, mentors)
    )
    return _Common(
        _shared(named, offered),
        np.array([len(each) for each in named], np.float32),
        _shared(*spoken),
        down @ across.T / 2,
        np.minimum.outer(down.sum(axis=1), across.sum(axis=1)) / 2,
        _wishes(mentees, mentors) + _wishes(mentors, mentees).T,
    )


def _shared(mentees: Sequence[Iterable[str]], mentors: Sequence[Iterable[str]]) -> np.ndarray:
    """How many things each two have in common."""
    known: dict[str, int] = {}
    columns = [
        [[known.setdefault(thing, len(known)) for thing in each] for each in side] for side in (mentees, mentors)
    ]
    down, across = (_incidence(side, len(known)) for side in columns)
    shared, turned = np.zeros((len(mentees), len(mentors)), np.float32), across.T.tocsr()
    for start in range(0, len(mentees), ROWS):
        shared[start : start + ROWS] = (down[start : start + ROWS] @ turned).toarray()
    return shared


def _incidence(rows: Sequence[Sequence[int]], things: int) -> csr_array:
    """A 1 in each row's columns, of as many columns as there are things."""
    columns = np.array([column for row in rows for column in row], np.int32)
    ends = np.cumsum([0, *map(len, rows)], dtype=np.int32)
    return csr_array((np.ones(len(columns), np.float32), columns, ends), shape=(len(rows), max(things, 1)))


def _wishes(wishers: Side, others: Side) -> np.ndarray:
    """Half a part for whom somebody wished first, a quarter for the second, and so on: the other half is the other
    side's."""
    found = np.zeros((len(wishers), len(others)), np.float32)
    places: dict[UUID, int] = {each.id: place for place, each in enumerate(others)}
    for row, wisher in enumerate(wishers):
        for rank, wished in enumerate(wisher.wishes, 1):
            if (column := places.get(wished)) is not None:
                found[row, column] = 0.5 / rank
    return found
