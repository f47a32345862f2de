"""Working out a proposal: who fits whom, the best pairs of all, and why others are left over."""

from collections.abc import Sequence
from datetime import datetime
from itertools import accumulate, takewhile

from models.enums import MatchObjective, SignUpRole, SignUpState
from models.match_weights import Weights
from resolvers import left_over, pairing
from resolvers.assignment import best_pairs
from resolvers.match_parts import fit_of
from resolvers.match_reasons import POINTS, reasons
from resolvers.pairing import Apart, Candidate, Pool
from resolvers.proposed import LARGEST, Proposal, Scope, Suggestion, Unmatched

MOST_CELLS = 5_000_000
"""How many times a mentee may be compared with a free place: the mentors who wait longest are considered, as many as
come to no more. A thousand mentees go with a thousand mentors of five places each."""


def proposal(pool: Pool, weights: Weights, objective: MatchObjective, now: datetime, *, open_: bool) -> Proposal:
    """The best proposal for the people of a pool; `open_`: whether their program pairs anybody."""
    waiting = [each for each in pool.candidates if each.state == SignUpState.WAITING]
    ready = [each for each in waiting if open_ and pairing.alone(each, now) is None]
    mentees = [each for each in ready if each.role == SignUpRole.MENTEE]
    willing = [each for each in ready if each.role == SignUpRole.MENTOR]
    most_places = MOST_CELLS // max(len(mentees), 1)
    mentors = willing[: sum(1 for _ in takewhile(most_places.__ge__, accumulate(each.free for each in willing)))]
    pairs = _pairs(mentees, mentors, pool.apart, weights, objective, now)
    behind = willing[len(mentors) :]
    paired = {each.id for pair in pairs for each in (pair.mentor, pair.mentee)}
    left = [each for each in waiting if each.id not in paired]
    unmatched = (
        _unmatched(left, {each.id for each in behind}, pool, weights, now)
        if open_
        else [Unmatched(each, left_over.NOBODY_NOW) for each in left]
    )
    considered = {role: sum(each.role == role for each in waiting) for role in SignUpRole}
    scope = Scope(
        mentors_waiting=pool.waiting.get(SignUpRole.MENTOR, 0),
        mentees_waiting=pool.waiting.get(SignUpRole.MENTEE, 0),
        mentors_considered=considered[SignUpRole.MENTOR] - len(behind),
        mentees_considered=considered[SignUpRole.MENTEE],
    )
    return Proposal(pairs, unmatched, scope)


def _pairs(
    mentees: Sequence[Candidate],
    mentors: Sequence[Candidate],
    apart: Apart,
    weights: Weights,
    objective: MatchObjective,
    now: datetime,
) -> list[Suggestion]:
    fit = fit_of(mentees, mentors, weights, now)
    allowed = fit.needs.met
    for mentee, mentor in pairing.barred(mentees, mentors, apart):
        allowed[mentee, mentor] = False
    score = fit.score
    free, taken = [each.free for each in mentors], [each.taken for each in mentors]
    found = best_pairs(score, allowed, free, taken, objective)
    found.sort(key=lambda pair: (-score[pair], *pair))
    return [
        Suggestion(
            mentors[mentor],
            mentees[mentee],
            float(score[mentee, mentor]) / POINTS,
            reasons(
                mentors[mentor],
                mentees[mentee],
                {part: int(points[mentee, mentor]) for part, points in fit.points.items()},
                now,
            )
            if place < LARGEST
            else (),
        )
        for place, (mentee, mentor) in enumerate(found)
    ]


def _unmatched(
    left: Sequence[Candidate], behind: set[object], pool: Pool, weights: Weights, now: datetime
) -> list[Unmatched]:
    found = {}
    for role in SignUpRole:
        people = [each for each in left if each.role == role]
        why = left_over.reasons(people, pool.candidates, pool.apart, weights, now)
        for each, reason in zip(people, why, strict=True):
            waits = left_over.BEHIND if each.id in behind else left_over.better_for_others(role)
            found[each.id] = Unmatched(each, reason or waits)
    return [found[each.id] for each in left]
