"""What counts in a program's matching, and setting it."""

from typing import Annotated

import strawberry

from models.match_weights import MatchPart, Weights


@strawberry.type(
    description="How much each part of a pair's score weighs, from 0 to 10. What weighs nothing is not needed either."
)
class MatchWeights:
    topics: float = strawberry.field(description="Topics of the mentee's that the mentor names too; one is needed.")
    goals: float = strawberry.field(description="Words that the goals of both have in common.")
    experience: float = strawberry.field(description="Experience of the mentor's in what the mentee looks for.")
    languages: float = strawberry.field(description="A language that both speak; one is needed.")
    hours: float = strawberry.field(description="Hours in which both are awake or have time; one a week is needed.")
    wishes: float = strawberry.field(description="How dearly each wished for the other.")

    @classmethod
    def of(cls, weights: Weights) -> "MatchWeights":
        """The weights of a program."""
        return cls(**{part.lower(): weight for part, weight in weights.items()})


@strawberry.input(description="A program, and what is to weigh how much. What is left out stays as it is.")
class SetMatchWeightsInput:
    program_id: strawberry.ID = strawberry.field(description="A program of a group of which one is an admin.")
    topics: float | None = strawberry.field(default=None, description="Topics that both name; 0 to 10.")
    goals: float | None = strawberry.field(default=None, description="Goals of both; 0 to 10.")
    experience: float | None = strawberry.field(default=None, description="The mentor's experience; 0 to 10.")
    languages: float | None = strawberry.field(default=None, description="A language that both speak; 0 to 10.")
    hours: float | None = strawberry.field(default=None, description="Hours that both have in common; 0 to 10.")
    wishes: float | None = strawberry.field(default=None, description="Wishes of both sides; 0 to 10.")

    def named(self) -> dict[MatchPart, float]:
        """The weights that are given."""
        given = {part: getattr(self, part.lower()) for part in MatchPart}
        return {part: weight for part, weight in given.items() if weight is not None}


Given = Annotated[SetMatchWeightsInput, strawberry.argument(description="The weights.")]
