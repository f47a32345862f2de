"""Why two sign-ups go together, part by part of their score, each in a sentence of what the two themselves answered."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from models.match_weights import MatchPart
from resolvers.common_hours import week_of
from resolvers.languages import languages_of, name_of
from resolvers.match_words import listed, topics, words
from resolvers.pairing import Candidate

POINTS = 100
"""A score's points are its hundredths."""

_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")


@dataclass(frozen=True, slots=True)
class Reason:
    """A part of a score: which, what it adds, and why, in words."""

    code: str
    weight: float
    text: str


def reasons(mentor: Candidate, mentee: Candidate, points: Mapping[MatchPart, int], now: datetime) -> list[Reason]:
    """The parts that add something to a pair's score, those that add most first."""
    adding = sorted((part for part in MatchPart if points[part]), key=lambda part: -points[part])
    return [Reason(part.value, points[part] / POINTS, _SENTENCES[part](mentor, mentee, now)) for part in adding]


def _topics(mentor: Candidate, mentee: Candidate, _: datetime) -> str:
    return f"Both name {listed(_in_both(topics(mentee.topics), topics(mentor.topics)))}."


def _goals(mentor: Candidate, mentee: Candidate, _: datetime) -> str:
    return f"The goals of both speak of {_quoted(words(mentee.goals), words(mentor.goals))}."


def _experience(mentor: Candidate, mentee: Candidate, _: datetime) -> str:
    sought = words(mentee.goals, *mentee.topics)
    return f"{mentor.name} has experience with {_quoted(sought, words(mentor.experience))}, as {mentee.name} looks for."


def _languages(mentor: Candidate, mentee: Candidate, _: datetime) -> str:
    spoken = languages_of(mentor.languages)
    return f"Both speak {listed(name_of(each) for each in languages_of(mentee.languages) if each in spoken)}."


def _hours(mentor: Candidate, mentee: Candidate, now: datetime) -> str:
    one, other = (week_of(each.time_zone, each.availability, now) for each in (mentor, mentee))
    hours = sum(map(bool.__and__, one, other)) / 2
    doing = "have time" if mentor.availability or mentee.availability else "are awake"
    return f"Both {doing} in the same {hours:.0f} hours a week."


def _wishes(mentor: Candidate, mentee: Candidate, _: datetime) -> str:
    wished = [*_wish(mentee, mentor.id, mentor.name), *_wish(mentor, mentee.id, mentee.name)]
    return f"{listed(wished)}."


def _wish(wisher: Candidate, wished: UUID, name: str) -> Iterator[str]:
    if wished in wisher.wishes:
        yield f"{name} is {wisher.name}'s {_ORDINALS[list(wisher.wishes).index(wished)]} wish"


def _in_both(first: Mapping[str, str], second: Mapping[str, str]) -> Iterator[str]:
    return (written for each, written in first.items() if each in second)


def _quoted(first: Mapping[str, str], second: Mapping[str, str]) -> str:
    return listed(f"“{written}”" for written in _in_both(first, second))


_SENTENCES: Mapping[MatchPart, Callable[[Candidate, Candidate, datetime], str]] = {
    MatchPart.TOPICS: _topics,
    MatchPart.GOALS: _goals,
    MatchPart.EXPERIENCE: _experience,
    MatchPart.LANGUAGES: _languages,
    MatchPart.HOURS: _hours,
    MatchPart.WISHES: _wishes,
}
