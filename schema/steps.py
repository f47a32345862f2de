"""A pair's own copies of the steps, and completing them."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from models.enums import StepRule, StepState
from models.matches import WEEK
from models.matches import StepProgress as StepProgressRow
from models.posts import Post as PostRow
from resolvers import steps
from resolvers.pages import Children, Order
from resolvers.reads import Fact
from schema.connections import Connection
from schema.context import Info
from schema.errors import Payload, mutation
from schema.fields import shown
from schema.node import Node, key_of
from schema.reads import computed, page
from schema.scalars import Markdown

if TYPE_CHECKING:
    from schema.posts import Post

POSTS = Children(PostRow, "step_progress_id", Order("number", descending=True))
WEEKS_BEGAN = Fact(
    "weeks began",
    "(SELECT active_at + paused_seconds * INTERVAL '1 second' FROM matches WHERE id = {row}.match_id"
    " AND matches.state = 'ACTIVE')",
    for_viewer=False,
)
VIEWER_IS_MENTOR = Fact("mentor", "EXISTS (SELECT FROM matches WHERE id = {row}.match_id AND mentor_id = {viewer})")


@strawberry.type(description="A pair's own copy of a step, and how far the two are with it.")
class StepProgress(Node):
    position: int = strawberry.field(description="Its place among the steps, from 1.")
    week: int = strawberry.field(description="The week of the match that it belongs to, from 1.")
    title: str = strawberry.field(description="What it is called.")
    rule: StepRule = strawberry.field(description="Who has to complete it.")
    minutes: int = strawberry.field(description="About how long it takes each of the two.")
    state: StepState = strawberry.field(description="How far the pair is with it.")
    done_by_mentor_at: datetime | None = strawberry.field(description="When the mentor said that it is done.")
    done_by_mentee_at: datetime | None = strawberry.field(description="When the mentee said that it is done.")

    guidance: Markdown = computed(
        lambda step, _, mentor: step.mentor_guidance if mentor else step.mentee_guidance,
        "mentor_guidance",
        "mentee_guidance",
        fact=VIEWER_IS_MENTOR,
        description="What to do in this step, for the viewer's side of the pair.",
    )

    opens_at: datetime | None = computed(
        lambda step, _, began: began + (step.week - 1) * WEEK if began and step.state == StepState.LOCKED else None,
        "state",
        "week",
        fact=WEEKS_BEGAN,
        description="When a LOCKED step opens at the latest; null for all others, and while the match is not ACTIVE.",
    )

    posts: Connection[Annotated["Post", strawberry.lazy("schema.posts")]] = page(
        POSTS, description="The pair's posts that belong to it, newest first."
    )


@strawberry.input(description="A step that one has done.")
class CompleteStepInput:
    step_progress_id: strawberry.ID = strawberry.field(description="The pair's copy of the step.")


@strawberry.type(description="What `completeStep` did.")
class CompleteStepPayload(Payload):
    step_progress: StepProgress | None = strawberry.field(
        default=None, description="The step as it is now; null when refused."
    )


@strawberry.input(description="A step to work on again.")
class ReopenStepInput:
    step_progress_id: strawberry.ID = strawberry.field(description="The pair's copy of the step.")


@strawberry.type(description="What `reopenStep` did.")
class ReopenStepPayload(Payload):
    step_progress: StepProgress | None = strawberry.field(
        default=None, description="The step as it is now; null when refused."
    )


@strawberry.input(description="A step to leave out.")
class SkipStepInput:
    step_progress_id: strawberry.ID = strawberry.field(description="The pair's copy of the step.")


@strawberry.type(description="What `skipStep` did.")
class SkipStepPayload(Payload):
    step_progress: StepProgress | None = strawberry.field(
        default=None, description="The step as it is now; null when refused."
    )


@strawberry.type
class StepMutation:
    @mutation(
        "Say that one has done a step. Its rule says whether that completes it. With nothing left to do, the next one "
        "opens before its week."
    )
    async def complete_step(
        self, info: Info, input: Annotated[CompleteStepInput, strawberry.argument(description="The step.")]
    ) -> CompleteStepPayload:
        step_id = key_of(input.step_progress_id, StepProgressRow, steps.PATH)
        step = await steps.complete_step(info.context.viewer, info.context.now, step_progress_id=step_id)
        return CompleteStepPayload(step_progress=shown(step))

    @mutation("Leave out a step that is open, for both: either of the two may. `reopenStep` takes it back.")
    async def skip_step(
        self, info: Info, input: Annotated[SkipStepInput, strawberry.argument(description="The step.")]
    ) -> SkipStepPayload:
        step_id = key_of(input.step_progress_id, StepProgressRow, steps.PATH)
        step = await steps.skip_step(info.context.viewer, info.context.now, step_progress_id=step_id)
        return SkipStepPayload(step_progress=shown(step))

    @mutation("Open a step again that was done or skipped.")
    async def reopen_step(
        self, info: Info, input: Annotated[ReopenStepInput, strawberry.argument(description="The step.")]
    ) -> ReopenStepPayload:
        step_id = key_of(input.step_progress_id, StepProgressRow, steps.PATH)
        step = await steps.reopen_step(info.context.viewer, info.context.now, step_progress_id=step_id)
        return ReopenStepPayload(step_progress=shown(step))
