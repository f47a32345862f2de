"""Proposals for a whole program: suggested pairs with their reasons, and those who are left over with theirs."""

from functools import partial
from typing import Annotated, Any

import strawberry
from strawberry import Parent

from models.enums import LeftOver, MatchObjective
from models.match_weights import weights_of
from models.programs import Program as ProgramRow
from models.sign_ups import SignUp as SignUpRow
from resolvers import suggestions
from resolvers.proposed import Proposal, Unmatched
from resolvers.proposed import Suggestion as Suggested
from schema.context import Info
from schema.fields import field, shown
from schema.match_weights import MatchWeights
from schema.reads import computed, found_out
from schema.rows import visible_together
from schema.sign_ups import SignUp

Objective = Annotated[
    MatchObjective | None, strawberry.argument(description="What the pairs, all together, are to be the best at.")
]
FirstPairs = Annotated[
    int | None, strawberry.argument(description="How many pairs, those that fit best first: 1 to 200.")
]


@strawberry.type(description="A part of what makes two people a good pair.")
class MatchReason:
    code: str = strawberry.field(
        description="Which part: TOPICS, GOALS, EXPERIENCE, LANGUAGES, HOURS or WISHES, as in `MatchWeights`."
    )
    weight: float = strawberry.field(description="What it adds to the score.")
    text: str = strawberry.field(description="Why, in a sentence of what the two answered when they signed up.")


@strawberry.type(description="Two people whom the admins might pair; `createMatches` takes them as they are.")
class SuggestedMatch:
    score: float = strawberry.field(description="How well the two fit: the sum of the reasons' weights.")
    reasons: list[MatchReason] = strawberry.field(description="Why they fit, what adds most first.")

    @field(description="The mentor's sign-up.")
    async def mentor_sign_up(self, root: Parent[Suggested], info: Info) -> SignUp:
        return shown(await visible_together(info, SignUpRow, root.mentor.id))

    @field(description="The mentee's sign-up.")
    async def mentee_sign_up(self, root: Parent[Suggested], info: Info) -> SignUp:
        return shown(await visible_together(info, SignUpRow, root.mentee.id))

    @field(description="Whether the viewer may make this match; false for one of the two: another admin makes it.")
    def viewer_can_make(self, root: Parent[Suggested], info: Info) -> bool:
        viewer = info.context.viewer
        return viewer is not None and viewer.id not in (root.mentor.user_id, root.mentee.user_id)


@strawberry.type(description="Somebody who waits and is in no suggested pair.")
class UnmatchedSignUp:
    @field(description="The sign-up; its `waitingPosition` is the place in the queue.")
    async def sign_up(self, root: Parent[Unmatched], info: Info) -> SignUp:
        return shown(await visible_together(info, SignUpRow, root.person.id))

    @field(description="Why nobody was found, in sentences for people.")
    def reasons(self, root: Parent[Unmatched]) -> list[str]:
        return [root.left.text]

    @field(description="The same for programs, one for each of the `reasons`.")
    def codes(self, root: Parent[Unmatched]) -> list[LeftOver]:
        return [root.left.code]


@strawberry.type(description="How many people were looked at for the suggestions; with very many, the longest waiting.")
class SuggestionScope:
    mentors_waiting: int = strawberry.field(description="How many mentors wait.")
    mentees_waiting: int = strawberry.field(description="How many mentees wait.")
    mentors_considered: int = strawberry.field(
        description="How many of the mentors were considered: 2,000 at most, fewer if they have very many free places."
    )
    mentees_considered: int = strawberry.field(description="How many of the mentees were considered: 2,000 at most.")


async def _proposal(info: Info, program: ProgramRow, objective: MatchObjective) -> Proposal:
    """One for all fields of an operation that ask for the same."""
    propose = partial(suggestions.propose, objective=objective, now=info.context.now)
    return await info.context.load(("proposal", objective), propose, program.id)


async def _suggested_matches(
    root: Parent[Any], info: Info, first: FirstPairs = 50, objective: Objective = MatchObjective.BEST_SCORE
) -> list[SuggestedMatch]:
    most = suggestions.size(first, 50)
    return shown(list((await _proposal(info, root, objective or MatchObjective.BEST_SCORE)).pairs[:most]))


async def _unmatched(root: Parent[Any], info: Info) -> list[UnmatchedSignUp]:
    return shown(list((await _proposal(info, root, MatchObjective.BEST_SCORE)).unmatched))


async def _scope(root: Parent[Any], info: Info) -> SuggestionScope:
    return shown((await _proposal(info, root, MatchObjective.BEST_SCORE)).scope)


@strawberry.type
class Proposing:
    """What of `ProgramAdmin` has to do with proposing pairs."""

    suggested_matches: list[SuggestedMatch] = found_out(
        _suggested_matches,
        "id",
        description="The best pairs for all who wait, mentors up to their free places. It changes nothing: "
        "`createMatches` makes them.",
    )
    unmatched: list[UnmatchedSignUp] = found_out(
        _unmatched,
        "id",
        description="Who waits and is in none of the pairs of BEST_SCORE, those who wait longest first, and why.",
    )
    suggestion_scope: SuggestionScope = found_out(
        _scope, "id", description="How many people the suggestions are made from."
    )
    match_weights: MatchWeights = computed(
        lambda program: MatchWeights.of(weights_of(program.match_weights)),
        "match_weights",
        description="How much each part of the score weighs in this program.",
    )
