"""A pair's private space: introduction, thread and steps. Only its two members ever hold one."""

from typing import Annotated
from uuid import UUID

import strawberry
from strawberry import Parent

from models.matches import Match as MatchRow
from models.matches import StepProgress as StepProgressRow
from models.messages import Message as MessageRow
from models.posts import Post as PostRow
from models.users import User as UserRow
from pubsub.streams import match_stream
from resolvers import loaders
from resolvers.pages import Children, Order
from schema.connections import After, Before, Connection, First, Last, connection, part
from schema.context import Info
from schema.messages import Message
from schema.node import parse_id
from schema.posts import Post
from schema.read_states import ReadState
from schema.scalars import Markdown
from schema.steps import StepProgress
from schema.users import User

MESSAGES = Children(MessageRow, "match_id", Order("number", descending=True))
POSTS = Children(PostRow, "match_id", Order("number", descending=True))
STEP_POSTS = Children(PostRow, "match_id", Order("number", descending=True), where="step_progress_id = $2")

StepId = Annotated[
    strawberry.ID | None, strawberry.argument(description="Only the posts that belong to this step of the pair.")
]


@strawberry.type(description="What a new pair reads first, made from what both wrote at sign-up.")
class Introduction:
    text: Markdown = strawberry.field(description="The two, introduced to each other in their own words.")
    shared: list[str] = strawberry.field(description="What the two have in common, one short line each.")
    first_question: str = strawberry.field(description="A question to begin with.")
    acknowledged_by_viewer: bool = strawberry.field(description="Whether the viewer has said to have read it.")
    acknowledged_by_partner: bool = strawberry.field(description="Whether the other one has.")


@strawberry.type(description="A pair's posts.")
class PairThread:
    @strawberry.field(description="The posts, newest first.")
    async def posts(
        self,
        root: Parent[MatchRow],
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        step_progress_id: StepId = None,
    ) -> Connection[Post]:
        wanted = part(first, after, last, before)
        if step_progress_id is None:
            return connection(await info.context.page(POSTS, root.id, wanted))
        parsed = parse_id(step_progress_id)
        step_id = parsed[1] if parsed and parsed[0] == StepProgressRow.__name__ else UUID(int=0)
        return connection(await info.context.page(STEP_POSTS, root.id, wanted, step_id))


@strawberry.type(description="What only the two of a pair may see.")
class PairSpace:
    @strawberry.field(description="The other one of the two.")
    async def partner(self, root: Parent[MatchRow], info: Info) -> User:
        return await info.context.one(UserRow, root.partner_of(info.context.viewer.id))

    @strawberry.field(description="How the two were introduced.")
    def introduction(self, root: Parent[MatchRow], info: Info) -> Introduction:
        mine, theirs = root.mentor_acknowledged_at, root.mentee_acknowledged_at
        if root.mentee_id == info.context.viewer.id:
            mine, theirs = theirs, mine
        return Introduction(
            text=Markdown(root.introduction),
            shared=root.introduction_shared,
            first_question=root.first_question,
            acknowledged_by_viewer=mine is not None,
            acknowledged_by_partner=theirs is not None,
        )

    @strawberry.field(description="The pair's posts.")
    def thread(self, root: Parent[MatchRow]) -> PairThread:
        return root

    @strawberry.field(
        description="The pair's direct messages, newest first: a page without arguments holds the latest, and `after` "
        "leads back in time."
    )
    async def messages(
        self,
        root: Parent[MatchRow],
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[Message]:
        return connection(await info.context.page(MESSAGES, root.id, part(first, after, last, before)))

    @strawberry.field(description="How far the two have read, and what the viewer has not.")
    def read_state(self, root: Parent[MatchRow]) -> ReadState:
        return root

    @strawberry.field(description="The pair's own copies of the program's steps, in their order.")
    async def steps(self, root: Parent[MatchRow], info: Info) -> list[StepProgress]:
        return await info.context.load("steps of matches", loaders.steps_of_matches, root.id)

    @strawberry.field(description="Where the pair's stream stands: `matchActivity(after:)` goes on from here.")
    def activity_cursor(self, root: Parent[MatchRow]) -> str:
        return match_stream(root.id).cursor(root.activity_head)
