"""How far a pair is: its steps and weeks, and whether the two say that their mentorship is complete."""

from typing import TYPE_CHECKING, Annotated

import strawberry
from strawberry import Parent

from models.enums import StepState
from models.matches import Match as MatchRow
from models.matches import week_of
from resolvers import completion, steps
from resolvers.reads import Fact
from schema.context import Info
from schema.errors import Payload, mutation
from schema.fields import field, shown
from schema.node import key_of
from schema.reads import DECLARED, Computed, computed

if TYPE_CHECKING:
    from schema.matches import Match

LazyMatch = Annotated["Match", strawberry.lazy("schema.matches")]
WEEKS_OF = ("active_at", "paused_at", "paused_seconds", "ended_at")


def _steps(name: str, states: tuple[StepState, ...]) -> Fact:
    among = ", ".join(f"'{state}'" for state in states)
    sql = f"(SELECT count(*) FROM step_progress WHERE match_id = {{row}}.id AND state IN ({among}))"
    return Fact(f"steps {name}", sql, for_viewer=False)


DONE = _steps("done", (StepState.DONE,))
SKIPPED = _steps("skipped", (StepState.SKIPPED,))
NOT_SKIPPED = _steps("not skipped", tuple(state for state in StepState if state != StepState.SKIPPED))
LEFT = _steps("left", tuple(state for state in StepState if state not in steps.OVER))
WEEKS = Fact("weeks", "(SELECT weeks FROM programs WHERE id = {row}.program_id)", for_viewer=False)


@strawberry.type(description="How far a pair is with its steps, and in which week.")
class PairProgress:
    done: int = computed(lambda _, __, done: done, fact=DONE, description="How many steps are DONE.")
    total: int = computed(
        lambda _, __, total: total, fact=NOT_SKIPPED, description="Of how many: all steps but those that were skipped."
    )
    skipped: int = computed(lambda _, __, skipped: skipped, fact=SKIPPED, description="How many steps were SKIPPED.")
    weeks: int = computed(lambda _, __, weeks: weeks, fact=WEEKS, description="How many weeks the program plans.")

    @field(
        description="The week of the match, from 1: seven days each from the moment at which it became ACTIVE. 0 "
        "before that; it stands still while the match is PAUSED and after its end, and may go beyond `weeks`.",
        metadata={DECLARED: Computed(WEEKS_OF, None)},
    )
    def week(self, root: Parent[MatchRow], info: Info) -> int:
        return week_of(root, info.context.now)


def _said(match: MatchRow, user_id: object) -> bool:
    mentors = user_id == match.mentor_id
    return (match.mentor_completed_at if mentors else match.mentee_completed_at) is not None


SAID = ("mentor_id", "mentee_id", "mentor_completed_at", "mentee_completed_at")


@strawberry.type(description="Whether the mentorship is complete: it is when both of the two have said so.")
class Completion:
    offered: bool = computed(
        lambda match, _, left: match.state in completion.UNDER_WAY and left == 0,
        "state",
        fact=LEFT,
        description="Whether it is time to ask: the match is under way, and no step is left that is not done or "
        "skipped. The two may say so earlier, and need not now.",
    )
    said_by_viewer: bool = computed(
        lambda match, viewer: _said(match, viewer.id), *SAID, description="Whether the viewer has said so."
    )
    said_by_partner: bool = computed(
        lambda match, viewer: _said(match, match.partner_of(viewer.id)),
        *SAID,
        description="Whether the partner has.",
    )


@strawberry.input(description="A match that is complete.")
class CompleteMatchInput:
    match_id: strawberry.ID = strawberry.field(description="One's match.")


@strawberry.type(description="What `completeMatch` did.")
class CompleteMatchPayload(Payload):
    match: LazyMatch | None = strawberry.field(default=None, description="The match as it is now; null when refused.")


@strawberry.input(description="A match that is not complete yet after all.")
class WithdrawCompletionInput:
    match_id: strawberry.ID = strawberry.field(description="One's match.")


@strawberry.type(description="What `withdrawCompletion` did.")
class WithdrawCompletionPayload(Payload):
    match: LazyMatch | None = strawberry.field(default=None, description="The match as it is now; null when refused.")


@strawberry.type
class CompletionMutation:
    @mutation(
        "Say that the mentorship is complete, whatever steps are left. Once both have, the match is COMPLETED, and "
        "its space keeps a farewell for the two."
    )
    async def complete_match(
        self, info: Info, input: Annotated[CompleteMatchInput, strawberry.argument(description="The match.")]
    ) -> CompleteMatchPayload:
        match_id = key_of(input.match_id, MatchRow, completion.PATH)
        match = await completion.complete_match(info.context.viewer, info.context.now, match_id=match_id)
        return CompleteMatchPayload(match=shown(match))

    @mutation("Take back that one has said so, as long as the partner has not agreed.")
    async def withdraw_completion(
        self, info: Info, input: Annotated[WithdrawCompletionInput, strawberry.argument(description="The match.")]
    ) -> WithdrawCompletionPayload:
        match_id = key_of(input.match_id, MatchRow, completion.PATH)
        match = await completion.withdraw_completion(info.context.viewer, info.context.now, match_id=match_id)
        return WithdrawCompletionPayload(match=shown(match))
