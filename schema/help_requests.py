"""Asking the group's admins for help with a match, and taking it back."""

from typing import Annotated

import strawberry

from models.matches import Match as MatchRow
from resolvers import help_requests
from schema.context import Info
from schema.errors import Payload, mutation
from schema.fields import shown
from schema.matches import Match
from schema.node import key_of


@strawberry.input(description="A match with which one would welcome help.")
class AskForHelpInput:
    match_id: strawberry.ID = strawberry.field(description="One's match.")


@strawberry.type(description="What `askForHelp` did.")
class AskForHelpPayload(Payload):
    match: Match | None = strawberry.field(default=None, description="The match as it is now; null when refused.")


@strawberry.input(description="A match with which one needs no help any more.")
class StopAskingForHelpInput:
    match_id: strawberry.ID = strawberry.field(description="One's match.")


@strawberry.type(description="What `stopAskingForHelp` did.")
class StopAskingForHelpPayload(Payload):
    match: Match | None = strawberry.field(default=None, description="The match as it is now; null when refused.")


@strawberry.type
class HelpRequestMutation:
    @mutation(
        "Tell the group's admins that one's match would welcome help. They see that, and nothing that the two write. "
        "The partner sees it too; nobody is told who asked."
    )
    async def ask_for_help(
        self, info: Info, input: Annotated[AskForHelpInput, strawberry.argument(description="The match.")]
    ) -> AskForHelpPayload:
        match_id = key_of(input.match_id, MatchRow, help_requests.PATH)
        return AskForHelpPayload(
            match=shown(await help_requests.ask_for_help(info.context.viewer, info.context.now, match_id=match_id))
        )

    @mutation("Take back that one asks for help. What the partner asks stands.")
    async def stop_asking_for_help(
        self, info: Info, input: Annotated[StopAskingForHelpInput, strawberry.argument(description="The match.")]
    ) -> StopAskingForHelpPayload:
        match_id = key_of(input.match_id, MatchRow, help_requests.PATH)
        return StopAskingForHelpPayload(
            match=shown(
                await help_requests.stop_asking_for_help(info.context.viewer, info.context.now, match_id=match_id)
            )
        )
