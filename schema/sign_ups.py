"""Sign-ups for a program, and making them."""

from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import strawberry
from strawberry import Parent

from models.enums import SignUpRole, SignUpState
from models.programs import Program as ProgramRow
from models.sign_ups import SignUp as SignUpRow
from models.users import User as UserRow
from resolvers import access, sign_ups, waiting
from schema.context import Info
from schema.errors import Payload, mutation
from schema.node import Node, key_of
from schema.reads import computed, found_out, one
from schema.users import User

if TYPE_CHECKING:
    from schema.programs import Program


def _waiting_reason(root: Parent[Any], info: Info) -> Any:
    if root.state != SignUpState.WAITING:
        return None
    context = info.context
    read = partial(waiting.reasons, now=context.now)
    key = root.program_id, root.id
    return context.behind(access.OWNER_AND_ADMINS_ONLY, root, lambda: context.load("waiting reason", read, key))


@strawberry.type(description="A person's sign-up for a role in a program. Seen by the person and the group's admins.")
class SignUp(Node):
    role: SignUpRole = strawberry.field(description="The side of a pair that the person signs up for.")
    state: SignUpState = strawberry.field(description="Where the sign-up stands.")
    topics: list[str] = strawberry.field(description="What the person offers or looks for, in a word or two each.")
    goals: str = strawberry.field(description="What the person hopes for.")
    experience: str | None = strawberry.field(description="What the person brings along.")
    languages: list[str] = strawberry.field(description="Languages the person speaks, as BCP 47 tags.")
    time_zone: str = strawberry.field(description="Where the person will be, by its name in the IANA database.")
    capacity: int = strawberry.field(description="How many matches at once the person takes; 1 for a mentee.")
    open_matches: int = strawberry.field(description="How many of these places are taken now.")

    program: Annotated["Program", strawberry.lazy("schema.programs")] = one(
        ProgramRow, "program_id", description="The program signed up for."
    )
    user: User = one(UserRow, "user_id", description="Who signed up.")
    waiting_position: int | None = computed(
        lambda _, __, position: position,
        fact=waiting.POSITION,
        description="The place among those of the same role who wait in the program, from 1; null for a sign-up that "
        "does not wait, and for everybody but its owner and the group's admins.",
    )
    waiting_reason: str | None = found_out(
        _waiting_reason,
        "id",
        "program_id",
        "state",
        fact=access.OWNER_AND_ADMINS_ONLY.fact,
        description="Why there is no match yet, in a sentence; null as for `waitingPosition`.",
    )


@strawberry.input(description="What one offers or looks for in a program.")
class SignUpInput:
    program_id: strawberry.ID = strawberry.field(description="The program.")
    role: SignUpRole = strawberry.field(description="The side of a pair to be on.")
    topics: list[str] = strawberry.field(description="Up to 10 topics, 60 characters each.")
    goals: str = strawberry.field(description="What one hopes for, up to 2,000 characters.")
    experience: str | None = strawberry.field(
        default=None, description="What one brings along, up to 2,000 characters."
    )
    languages: list[str] = strawberry.field(description="1 to 10 languages that one speaks, as BCP 47 tags.")
    time_zone: str = strawberry.field(description="Where one will be, by its name in the IANA database.")
    capacity: int | None = strawberry.field(
        default=1, description="How many mentees a mentor takes, 1 to 5; 1 for a mentee."
    )


@strawberry.type(description="What `signUp` did.")
class SignUpPayload(Payload):
    sign_up: SignUp | None = strawberry.field(default=None, description="The new sign-up; null when refused.")


@strawberry.input(description="A sign-up to take back.")
class WithdrawSignUpInput:
    sign_up_id: strawberry.ID = strawberry.field(description="One's own sign-up.")


@strawberry.type(description="What `withdrawSignUp` did.")
class WithdrawSignUpPayload(Payload):
    sign_up: SignUp | None = strawberry.field(default=None, description="The sign-up as it is now; null when refused.")


@strawberry.type
class SignUpMutation:
    @mutation("Sign up for a program of a group that one is a member of, as mentor or mentee.")
    async def sign_up(
        self, info: Info, input: Annotated[SignUpInput, strawberry.argument(description="The sign-up.")]
    ) -> SignUpPayload:
        made = await sign_ups.sign_up(
            info.context.viewer,
            info.context.now,
            program_id=key_of(input.program_id, ProgramRow, ("input", "programId")),
            role=input.role,
            topics=input.topics,
            goals=input.goals,
            experience=input.experience,
            languages=input.languages,
            time_zone=input.time_zone,
            capacity=1 if input.capacity is None else input.capacity,
        )
        return SignUpPayload(sign_up=made)

    @mutation("Take back one's own sign-up. A match that it led to goes on.")
    async def withdraw_sign_up(
        self, info: Info, input: Annotated[WithdrawSignUpInput, strawberry.argument(description="The sign-up.")]
    ) -> WithdrawSignUpPayload:
        sign_up_id = key_of(input.sign_up_id, SignUpRow, ("input", "signUpId"))
        made = await sign_ups.withdraw_sign_up(info.context.viewer, info.context.now, sign_up_id=sign_up_id)
        return WithdrawSignUpPayload(sign_up=made)
