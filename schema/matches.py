"""Matches: making them, acknowledging the introduction, and ending them."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from models.enums import MatchEndReason, MatchState, SignUpRole
from models.matches import Match as MatchRow
from models.programs import Program as ProgramRow
from models.sign_ups import SignUp as SignUpRow
from models.users import User as UserRow
from resolvers import access, endings, match_making, matches
from schema.context import Info
from schema.errors import Payload, mutation
from schema.fields import field, shown
from schema.node import Node, key_of, visible_of
from schema.reads import computed, one, view
from schema.spaces import PairSpace
from schema.users import User

if TYPE_CHECKING:
    from schema.programs import Program
    from schema.sign_ups import SignUp

MATCH_ID = ("input", "matchId")


@strawberry.type(description="A mentor and a mentee, paired in a program. For the two and the group's admins.")
class Match(Node):
    state: MatchState = strawberry.field(description="Where the match stands.")
    started_at: datetime = strawberry.field(description="When the two were introduced.")
    ended_at: datetime | None = strawberry.field(description="When it ended; null while it is open.")

    program: Annotated["Program", strawberry.lazy("schema.programs")] = one(
        ProgramRow, "program_id", description="The program in which they were paired."
    )
    mentor: User = one(UserRow, "mentor_id", description="The mentor.")
    mentee: User = one(UserRow, "mentee_id", description="The mentee.")
    viewer_role: SignUpRole | None = computed(
        lambda match, viewer: viewer and match.role_of(viewer.id),
        "mentor_id",
        "mentee_id",
        description="The viewer's side of the pair; null for an admin who is not one of the two.",
    )
    viewer_sign_up: Annotated["SignUp", strawberry.lazy("schema.sign_ups")] | None = one(
        SignUpRow,
        sql="CASE {viewer} WHEN {row}.mentor_id THEN {row}.mentor_sign_up_id"
        " WHEN {row}.mentee_id THEN {row}.mentee_sign_up_id END",
        of=lambda match, viewer: viewer and match.sign_up_of(viewer.id),
        columns=("mentor_id", "mentee_id", "mentor_sign_up_id", "mentee_sign_up_id"),
        for_viewer=True,
        description="The viewer's own sign-up that led to it, which waits again after the end unless the viewer chose "
        "otherwise, and can be withdrawn. Null for an admin who is not one of the two.",
    )
    welcomes_help: bool = computed(
        MatchRow.welcomes_help,
        "state",
        "offered_at",
        "mentor_asked_help_at",
        "mentee_asked_help_at",
        description="Whether an admin's help would be welcome: after 28 days in which the two were not in touch, or "
        "when one of them asks for it (`askForHelp`). It says no more than that.",
    )
    space: PairSpace | None = view(
        guard=access.THE_TWO_ONLY, description="What only the two may see; null for everybody else."
    )


@strawberry.input(description="Two sign-ups of one program to pair.")
class CreateMatchInput:
    mentor_sign_up_id: strawberry.ID = strawberry.field(description="A mentor's sign-up with a free place.")
    mentee_sign_up_id: strawberry.ID = strawberry.field(description="A mentee's sign-up that waits.")
    note: str | None = strawberry.field(
        default=None, description="A word to both, shown in their introduction; up to 1,000 characters."
    )


@strawberry.type(description="What `createMatch` did.")
class CreateMatchPayload(Payload):
    match: Match | None = strawberry.field(default=None, description="The new match; null when refused.")


@strawberry.input(description="An introduction that one has read.")
class AcknowledgeIntroductionInput:
    match_id: strawberry.ID = strawberry.field(description="One's match.")


@strawberry.type(description="What `acknowledgeIntroduction` did.")
class AcknowledgeIntroductionPayload(Payload):
    match: Match | None = strawberry.field(default=None, description="The match as it is now; null when refused.")


@strawberry.input(description="A match to end.")
class EndMatchInput:
    match_id: strawberry.ID = strawberry.field(description="One's match.")
    reason: MatchEndReason = strawberry.field(description="Why; it stays private.")
    feedback: str | None = strawberry.field(
        default=None, description="More about it, up to 2,000 characters; it stays private."
    )
    back_to_queue: bool | None = strawberry.field(
        default=True,
        description="Whether one's sign-up goes back to its place in the queue; otherwise it is withdrawn.",
    )


@strawberry.type(description="What `endMatch` did.")
class EndMatchPayload(Payload):
    match: Match | None = strawberry.field(default=None, description="The ended match; null when refused.")


@strawberry.type
class MatchQuery:
    @field(description="A match by its id; null alike when it is absent and when it is not yours to see.")
    async def match(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="The match's id.")]
    ) -> Match | None:
        return shown(await visible_of(info, MatchRow, id))


@strawberry.type
class MatchMutation:
    @mutation("Pair two people of a program, as an admin of its group who is neither of the two.", verified=True)
    async def create_match(
        self, info: Info, input: Annotated[CreateMatchInput, strawberry.argument(description="The two.")]
    ) -> CreateMatchPayload:
        match = await match_making.create_match(
            info.context.viewer,
            info.context.now,
            mentor_sign_up_id=key_of(input.mentor_sign_up_id, SignUpRow, match_making.MENTOR_PATH),
            mentee_sign_up_id=key_of(input.mentee_sign_up_id, SignUpRow, match_making.MENTEE_PATH),
            note=input.note,
        )
        return CreateMatchPayload(match=shown(match))

    @mutation("Say that one has read the introduction. Once both have, the match is ACTIVE.")
    async def acknowledge_introduction(
        self,
        info: Info,
        input: Annotated[AcknowledgeIntroductionInput, strawberry.argument(description="The introduction.")],
    ) -> AcknowledgeIntroductionPayload:
        match_id = key_of(input.match_id, MatchRow, MATCH_ID)
        match = await matches.acknowledge_introduction(info.context.viewer, info.context.now, match_id=match_id)
        return AcknowledgeIntroductionPayload(match=shown(match))

    @mutation("End one's match, for both. What was written stays readable for both.")
    async def end_match(
        self, info: Info, input: Annotated[EndMatchInput, strawberry.argument(description="The end.")]
    ) -> EndMatchPayload:
        match = await endings.end_match(
            info.context.viewer,
            info.context.now,
            match_id=key_of(input.match_id, MatchRow, MATCH_ID),
            reason=input.reason,
            feedback=input.feedback,
            back_to_queue=input.back_to_queue is not False,
        )
        return EndMatchPayload(match=shown(match))
