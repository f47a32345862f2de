"""Sign-up windows: the days on which a program's sign-up opens and closes by itself."""

from datetime import date
from typing import Annotated

import strawberry

from models.programs import Program as ProgramRow
from resolvers import sign_up_windows
from schema.context import Info
from schema.errors import Payload, mutation
from schema.fields import shown
from schema.node import key_of
from schema.programs import Program


@strawberry.input(description="The days of a program's sign-up. What is left out stays as it is.")
class SetSignUpWindowInput:
    program_id: strawberry.ID = strawberry.field(description="A program of a group of which one is an admin.")
    opens_on: date | None = strawberry.field(
        default=strawberry.UNSET, description="The day on which the draft becomes SIGN_UP; null leaves it to an admin."
    )
    closes_on: date | None = strawberry.field(
        default=strawberry.UNSET,
        description="The last day for signing up; null leaves it to an admin. A later one opens it again.",
    )


@strawberry.type(description="What `setSignUpWindow` did.")
class SetSignUpWindowPayload(Payload):
    program: Program | None = strawberry.field(default=None, description="The program as it is now; null when refused.")


@strawberry.type
class SignUpWindowMutation:
    @mutation("Set the days on which sign-up opens and closes by itself, as an admin, until the program is RUNNING.")
    async def set_sign_up_window(
        self, info: Info, input: Annotated[SetSignUpWindowInput, strawberry.argument(description="The days.")]
    ) -> SetSignUpWindowPayload:
        window = sign_up_windows.Window(
            opens_on=None if input.opens_on is strawberry.UNSET else (input.opens_on,),
            closes_on=None if input.closes_on is strawberry.UNSET else (input.closes_on,),
        )
        program_id = key_of(input.program_id, ProgramRow, sign_up_windows.PATH)
        program = await sign_up_windows.set_sign_up_window(
            info.context.viewer, info.context.now, program_id=program_id, window=window
        )
        return SetSignUpWindowPayload(program=shown(program))
