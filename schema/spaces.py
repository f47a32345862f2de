"""A pair's private space: introduction, thread and steps. Only its two members ever hold one."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

import strawberry

from models.check_ins import CheckIn as CheckInRow
from models.enums import MatchOffer, MatchState
from models.matches import Match as MatchRow
from models.matches import StepProgress as StepProgressRow
from models.messages import Message as MessageRow
from models.posts import Post as PostRow
from models.users import User as UserRow
from pubsub.streams import match_stream
from resolvers.access import Viewer
from resolvers.pages import Children, Order
from schema.check_ins import CheckIn
from schema.connections import Connection
from schema.messages import Message
from schema.node import parse_id
from schema.posts import Post
from schema.progress import Completion, PairProgress
from schema.read_states import ReadState
from schema.reads import computed, many, one, page, view
from schema.scalars import Markdown
from schema.steps import StepProgress
from schema.users import User

MESSAGES = Children(MessageRow, "match_id", Order("number", descending=True))
CHECK_INS = Children(CheckInRow, "match_id", Order("week_number", descending=True))
POSTS = Children(PostRow, "match_id", Order("number", descending=True))
STEP_POSTS = Children(PostRow, "match_id", Order("number", descending=True), where="step_progress_id = $2")

StepId = Annotated[
    strawberry.ID | None, strawberry.argument(description="Only the posts that belong to this step of the pair.")
]


def chosen_posts(step_progress_id: StepId = None) -> tuple[Any, ...]:
    """The pair's posts, or those of a step: none of what is no step of the pair."""
    if step_progress_id is None:
        return (POSTS,)
    parsed = parse_id(step_progress_id)
    return STEP_POSTS, parsed[1] if parsed and parsed[0] == StepProgressRow.__name__ else UUID(int=0)


ADMIN_SEES = (
    "The admins of your group see who the two of you are, when you were matched, whether your match is new, under way, "
    "paused or over, and whether it would welcome help: after 28 days of silence, or when one of you asks for it. They "
    "do not see who asked, how far you are with your steps, or anything that you write: no post, comment, message or "
    "answer to a check-in."
)


def offers_of(match: MatchRow) -> list[MatchOffer]:
    """All offers or none, as one of the two sees it."""
    return list(MatchOffer) if match.offered_at is not None and match.state == MatchState.ACTIVE else []


@strawberry.type(description="What a new pair reads first, made from what both wrote at sign-up.")
class Introduction:
    text: Markdown = strawberry.field(description="The two, introduced to each other in their own words.")
    shared: list[str] = strawberry.field(description="What the two have in common, one short line each.")
    first_question: str = strawberry.field(description="A question to begin with.")
    acknowledged_by_viewer: bool = strawberry.field(description="Whether the viewer has said to have read it.")
    acknowledged_by_partner: bool = strawberry.field(description="Whether the other one has.")


@strawberry.type(description="A pair's posts.")
class PairThread:
    posts: Connection[Post] = page(POSTS, chosen_posts, description="The posts, newest first.")


def introduction_of(match: MatchRow, viewer: Viewer) -> Introduction:
    """The introduction as one of the two sees it."""
    mine, theirs = match.mentor_acknowledged_at, match.mentee_acknowledged_at
    if match.mentee_id == viewer.id:
        mine, theirs = theirs, mine
    return Introduction(
        text=Markdown(match.introduction),
        shared=match.introduction_shared,
        first_question=match.first_question,
        acknowledged_by_viewer=mine is not None,
        acknowledged_by_partner=theirs is not None,
    )


@strawberry.type(description="What only the two of a pair may see.")
class PairSpace:
    partner: User = one(
        UserRow,
        sql="CASE {row}.mentor_id WHEN {viewer} THEN {row}.mentee_id ELSE {row}.mentor_id END",
        of=lambda match, viewer: match.partner_of(viewer.id),
        columns=("mentor_id", "mentee_id"),
        for_viewer=True,
        description="The other one of the two.",
    )
    introduction: Introduction = computed(
        introduction_of,
        "mentee_id",
        "introduction",
        "introduction_shared",
        "first_question",
        "mentor_acknowledged_at",
        "mentee_acknowledged_at",
        description="How the two were introduced.",
    )
    thread: PairThread = view(description="The pair's posts.")
    messages: Connection[Message] = page(
        MESSAGES,
        description="The pair's direct messages, newest first: a page without arguments holds the latest, and `after` "
        "leads back in time.",
    )
    read_state: ReadState = view(description="How far the two have read, and what the viewer has not.")
    steps: list[StepProgress] = many(
        StepProgressRow,
        "match_id",
        order="position",
        description="The pair's own copies of the program's steps, in their order.",
    )
    progress: PairProgress = view(description="How far the two are with the steps, and in which week.")
    completion: Completion = view(description="Whether the two say that their mentorship is complete.")
    farewell: Markdown | None = strawberry.field(
        description="What the two read when both have said so; null as long as the match is not COMPLETED."
    )
    check_ins: Connection[CheckIn] = page(CHECK_INS, description="The pair's weekly check-ins, newest first.")
    weeks_in_touch: int = strawberry.field(
        description="In how many weeks of the match the two were in touch: by a post, a comment, a message, a step or "
        "an answer to a check-in. It only ever grows."
    )
    silent_since: datetime | None = strawberry.field(
        description="When the two were last in touch, or, if not since then, when they began or came back from a "
        "pause; null before they have begun."
    )
    offers: list[MatchOffer] = computed(
        offers_of,
        "state",
        "offered_at",
        description="What both are offered after 28 days in which they were not in touch: all of it, or nothing. It "
        "goes away when one of them writes. Nothing is closed by itself.",
    )
    paused_until: date | None = computed(
        lambda match: match.paused_until if match.state == MatchState.PAUSED else None,
        "state",
        "paused_until",
        description="The day on which a pause ends by itself, by the calendar of whoever chose it; null if none.",
    )
    viewer_asks_for_help: bool = computed(
        lambda match, viewer: match.asks_for_help(viewer.id),
        "mentor_id",
        "mentor_asked_help_at",
        "mentee_asked_help_at",
        description="Whether the viewer asks for an admin's help; `stopAskingForHelp` takes it back.",
    )
    admin_sees: str = computed(
        lambda match: ADMIN_SEES,
        description="What the group's admins can and cannot see of this pair, in plain English, to be shown to both.",
    )
    activity_cursor: str = computed(
        lambda match: match_stream(match.id).cursor(match.activity_head),
        "id",
        "activity_head",
        description="Where the pair's stream stands: `matchActivity(after:)` goes on from here.",
    )
