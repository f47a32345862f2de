"""Making many matches at once, and what became of each."""

from typing import Annotated
from uuid import UUID

import strawberry

from models.errors import Refused
from models.matches import Match as MatchRow
from models.programs import Program as ProgramRow
from models.sign_ups import SignUp as SignUpRow
from resolvers import match_making
from schema.context import Info
from schema.errors import Payload, UserError, mutation
from schema.fields import shown
from schema.matches import Match
from schema.node import key_of, parse_id


@strawberry.input(description="Two sign-ups of one program to pair.")
class MatchPairInput:
    mentor_sign_up_id: strawberry.ID = strawberry.field(description="A mentor's sign-up with a free place.")
    mentee_sign_up_id: strawberry.ID = strawberry.field(description="A mentee's sign-up that waits.")


@strawberry.input(description="Pairs to make in a program, such as those of its `suggestedMatches`.")
class CreateMatchesInput:
    program_id: strawberry.ID = strawberry.field(description="A program of a group of which one is an admin.")
    pairs: list[MatchPairInput] = strawberry.field(
        description="1 to 200 pairs; the first of two for one place gets it."
    )
    all_or_nothing: bool | None = strawberry.field(
        default=True, description="Whether one that is refused keeps all others from being made."
    )


@strawberry.type(description="What became of one pair.")
class PairResult:
    match: Match | None = strawberry.field(description="The new match; null when refused.")
    error: UserError | None = strawberry.field(description="Why it was refused; null when it was made.")


@strawberry.type(description="What `createMatches` did.")
class CreateMatchesPayload(Payload):
    matches: list[Match] | None = strawberry.field(
        default=None, description="The new matches, in the order of their pairs; null when nothing was done."
    )
    results: list[PairResult] | None = strawberry.field(
        default=None, description="What became of each pair, in their order; null when nothing was done."
    )

    @classmethod
    def of(cls, made: list[MatchRow | Refused]) -> "CreateMatchesPayload":
        """As many as were made, with the errors of the others."""
        errors = {number: UserError.of(each) for number, each in enumerate(made) if isinstance(each, Refused)}
        return cls(
            errors=list(errors.values()),
            matches=shown([each for each in made if not isinstance(each, Refused)]),
            results=[
                PairResult(match=shown(None if number in errors else each), error=errors.get(number))
                for number, each in enumerate(made)
            ],
        )


@strawberry.type
class MatchMakingMutation:
    @mutation(
        "Pair many people of a program at once, as an admin of its group: all of them or none, or as many as may be "
        "paired now. The errors' paths name the pairs.",
        verified=True,
    )
    async def create_matches(
        self, info: Info, input: Annotated[CreateMatchesInput, strawberry.argument(description="The pairs.")]
    ) -> CreateMatchesPayload:
        made = await match_making.create_matches(
            info.context.viewer,
            info.context.now,
            program_id=key_of(input.program_id, ProgramRow, match_making.PROGRAM_PATH),
            pairs=[(_sign_up(pair.mentor_sign_up_id), _sign_up(pair.mentee_sign_up_id)) for pair in input.pairs],
            all_or_nothing=input.all_or_nothing is not False,
        )
        return CreateMatchesPayload.of(made)


def _sign_up(value: str) -> UUID | None:
    """The key behind a sign-up's id; None for any other id, which is refused like one that does not exist."""
    parsed = parse_id(value)
    return parsed[1] if parsed and parsed[0] == SignUpRow.__name__ else None
