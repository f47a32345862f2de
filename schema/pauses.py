"""Pausing a match and going on with it."""

from datetime import date
from typing import Annotated

import strawberry

from models.matches import Match as MatchRow
from resolvers import pauses
from schema.context import Info
from schema.errors import Payload, mutation
from schema.fields import shown
from schema.matches import Match
from schema.node import key_of


@strawberry.input(description="A match to pause.")
class PauseMatchInput:
    match_id: strawberry.ID = strawberry.field(description="One's match.")
    until: date | None = strawberry.field(
        default=None,
        description="The day on which it goes on by itself, by one's own calendar, from tomorrow up to 12 weeks ahead; "
        "left out, it goes on when one of the two resumes it.",
    )


@strawberry.type(description="What `pauseMatch` did.")
class PauseMatchPayload(Payload):
    match: Match | None = strawberry.field(default=None, description="The match as it is now; null when refused.")


@strawberry.input(description="A match to go on with.")
class ResumeMatchInput:
    match_id: strawberry.ID = strawberry.field(description="One's match.")


@strawberry.type(description="What `resumeMatch` did.")
class ResumeMatchPayload(Payload):
    match: Match | None = strawberry.field(default=None, description="The match as it is now; null when refused.")


@strawberry.type
class PauseMutation:
    @mutation(
        "Take a break with one's match, while it is ACTIVE. Weeks, check-ins and nudges stand still; writing stays "
        "possible and does not resume it. Of a match that is PAUSED it changes the day."
    )
    async def pause_match(
        self, info: Info, input: Annotated[PauseMatchInput, strawberry.argument(description="The break.")]
    ) -> PauseMatchPayload:
        match = await pauses.pause_match(
            info.context.viewer,
            info.context.now,
            match_id=key_of(input.match_id, MatchRow, pauses.PATH),
            until=input.until,
        )
        return PauseMatchPayload(match=shown(match))

    @mutation("Go on with one's match that is PAUSED, whoever of the two has paused it.")
    async def resume_match(
        self, info: Info, input: Annotated[ResumeMatchInput, strawberry.argument(description="The match.")]
    ) -> ResumeMatchPayload:
        match_id = key_of(input.match_id, MatchRow, pauses.PATH)
        return ResumeMatchPayload(
            match=shown(await pauses.resume_match(info.context.viewer, info.context.now, match_id=match_id))
        )
