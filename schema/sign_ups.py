"""Sign-ups for a program: making and changing them, and what others see of them."""

import asyncio
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, cast

import strawberry
from strawberry import UNSET, Parent

from models.base import Row
from models.enums import Availability, SignUpRole, SignUpState
from models.programs import Program as ProgramRow
from models.sign_ups import ShownSignUp as ShownRow
from models.sign_ups import SignUp as SignUpRow
from models.users import User as UserRow
from resolvers import access, sign_ups, waiting
from resolvers.reads import bare
from resolvers.sign_up_answers import Answers
from schema.context import Info
from schema.errors import Payload, mutation
from schema.fields import field, shown
from schema.node import Node, global_id, key_of
from schema.reads import DECLARED, Computed, computed, found_out, one, view
from schema.rows import visible_together
from schema.users import User

if TYPE_CHECKING:
    from schema.programs import Program

TOPICS = "Up to 10 topics, 60 characters each: from the group's list, and in one's own words unless it is closed."
GOALS = "What one hopes for, up to 2,000 characters."
EXPERIENCE = "What one brings along, up to 2,000 characters."
LANGUAGES = "1 to 10 languages that one speaks, as BCP 47 tags."
TIME_ZONE = "Where one will be, by its name in the IANA database."
AVAILABILITY = "When in a week one has time; none for any waking hour."
PAUSED_UNTIL = "A day to come: until then nobody is suggested for one."
IS_SHOWN = "Whether other members may see one's name, role, topics, experience and languages, to wish for one."
WISHES = (
    "Up to 10 of `shownSignUps` that one wishes for, the dearest first. No admin sees the list; a suggested pair says "
    "that it was wished for."
)
AVOIDED = "Up to 50 people with whom one does not want to be paired. Nobody else ever learns it, no admin either."

_NAMING: tuple[tuple[str, str, type[Row]], ...] = (
    ("wished_sign_up_ids", "wishedSignUpIds", ShownRow),
    ("avoid_user_ids", "avoidUserIds", UserRow),
)


@strawberry.type(
    description="What other members see of somebody who signed up and agreed to be shown: this, and no more."
)
class ShownSignUp(Node):
    role: SignUpRole = strawberry.field(description="The side of a pair that the person signed up for.")
    topics: list[str] = strawberry.field(description="What the person offers or looks for, in a word or two each.")
    experience: str | None = strawberry.field(description="What the person brings along.")
    languages: list[str] = strawberry.field(description="Languages the person speaks, as BCP 47 tags.")

    user: User = one(UserRow, "user_id", description="Who it is.")


@strawberry.type(description="The answers that the person who signed up sees, and no admin.")
class PrivateAnswers:
    is_shown: bool = strawberry.field(
        description="Whether other members see name, role, topics, experience and languages, in `shownSignUps`."
    )
    avoid_user_ids: list[strawberry.ID] = computed(
        lambda row: [global_id(bare(UserRow, each)) for each in row.avoid_user_ids],
        "avoid_user_ids",
        description="The people not to be paired with, also those who have left the group. Nobody else ever learns it.",
    )

    @field(
        description="The sign-ups wished for, the dearest first, as long as they are shown to the viewer.",
        metadata={DECLARED: Computed(("wished_sign_up_ids",), None)},
    )
    async def wishes(self, root: Parent[SignUpRow], info: Info) -> list[ShownSignUp]:
        wished = await asyncio.gather(*(visible_together(info, ShownRow, each) for each in root.wished_sign_up_ids))
        return [each for each in wished if each is not None]


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
    paused_until: date | None = strawberry.field(
        description="Before this day, where the person is, nobody is suggested; null when there is no pause."
    )
    capacity: int = strawberry.field(description="How many matches at once the person takes; 1 for a mentee.")
    open_matches: int = strawberry.field(
        description="How many of these places are taken now; more than there are, once fewer are offered than before."
    )

    availability: list[Availability] = computed(
        lambda row: [Availability(each) for each in row.availability],
        "availability",
        description="When in a week the person has time; empty for any waking hour.",
    )
    program: Annotated["Program", strawberry.lazy("schema.programs")] = one(
        ProgramRow, "program_id", description="The program signed up for."
    )
    user: User = one(UserRow, "user_id", description="Who signed up.")
    private: PrivateAnswers | None = view(
        guard=access.OWNER_ONLY, description="What only the person sees; null for everybody else, admins too."
    )
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
    topics: list[str] = strawberry.field(description=TOPICS)
    goals: str = strawberry.field(description=GOALS)
    experience: str | None = strawberry.field(default=None, description=EXPERIENCE)
    languages: list[str] = strawberry.field(description=LANGUAGES)
    time_zone: str = strawberry.field(description=TIME_ZONE)
    capacity: int | None = strawberry.field(
        default=1, description="How many mentees a mentor takes, 1 to 5; 1 for a mentee."
    )
    availability: list[Availability] | None = strawberry.field(default=None, description=AVAILABILITY)
    paused_until: date | None = strawberry.field(default=None, description=PAUSED_UNTIL)
    is_shown: bool | None = strawberry.field(default=False, description=IS_SHOWN)
    wished_sign_up_ids: list[strawberry.ID] | None = strawberry.field(default=None, description=WISHES)
    avoid_user_ids: list[strawberry.ID] | None = strawberry.field(default=None, description=AVOIDED)


@strawberry.input(description="What to say otherwise in a sign-up. What is left out stays as it is.")
class UpdateSignUpInput:
    sign_up_id: strawberry.ID = strawberry.field(description="One's own sign-up, WAITING or MATCHED.")
    topics: list[str] | None = strawberry.field(default=UNSET, description=TOPICS)
    goals: str | None = strawberry.field(default=UNSET, description=GOALS)
    experience: str | None = strawberry.field(default=UNSET, description=f"{EXPERIENCE} Null takes it back.")
    languages: list[str] | None = strawberry.field(default=UNSET, description=LANGUAGES)
    time_zone: str | None = strawberry.field(default=UNSET, description=TIME_ZONE)
    capacity: int | None = strawberry.field(
        default=UNSET,
        description="How many mentees a mentor takes, 1 to 5; 1 for a mentee. Fewer than there are now ends nothing.",
    )
    availability: list[Availability] | None = strawberry.field(default=UNSET, description=AVAILABILITY)
    paused_until: date | None = strawberry.field(default=UNSET, description=f"{PAUSED_UNTIL} Null ends the pause.")
    is_shown: bool | None = strawberry.field(default=UNSET, description=IS_SHOWN)
    wished_sign_up_ids: list[strawberry.ID] | None = strawberry.field(default=UNSET, description=WISHES)
    avoid_user_ids: list[strawberry.ID] | None = strawberry.field(default=UNSET, description=AVOIDED)


def _answers(input: SignUpInput | UpdateSignUpInput) -> Answers:
    """The answers that were given, with the keys of whom they name."""
    given = {name: getattr(input, name) for name in Answers.__annotations__}
    for name, where, model in _NAMING:
        if given[name]:
            path = ("input", where)
            given[name] = [key_of(each, model, (*path, str(index))) for index, each in enumerate(given[name])]
    return cast(Answers, {name: value for name, value in given.items() if value is not UNSET})


@strawberry.type(description="What `signUp` did.")
class SignUpPayload(Payload):
    sign_up: SignUp | None = strawberry.field(default=None, description="The new sign-up; null when refused.")


@strawberry.type(description="What `updateSignUp` did.")
class UpdateSignUpPayload(Payload):
    sign_up: SignUp | None = strawberry.field(default=None, description="The sign-up as it is now; null when refused.")


@strawberry.input(description="A sign-up to take back.")
class WithdrawSignUpInput:
    sign_up_id: strawberry.ID = strawberry.field(description="One's own sign-up.")


@strawberry.type(description="What `withdrawSignUp` did.")
class WithdrawSignUpPayload(Payload):
    sign_up: SignUp | None = strawberry.field(default=None, description="The sign-up as it is now; null when refused.")


@strawberry.type
class SignUpMutation:
    @mutation("Sign up for a program of a group that one is a member of, as mentor or mentee.", verified=True)
    async def sign_up(
        self, info: Info, input: Annotated[SignUpInput, strawberry.argument(description="The sign-up.")]
    ) -> SignUpPayload:
        made = await sign_ups.sign_up(
            info.context.viewer,
            info.context.now,
            program_id=key_of(input.program_id, ProgramRow, ("input", "programId")),
            role=input.role,
            answers=_answers(input),
        )
        return SignUpPayload(sign_up=shown(made))

    @mutation(
        "Say something otherwise in one's own sign-up. It keeps its place in the queue, and its matches go on.",
        verified=True,
    )
    async def update_sign_up(
        self, info: Info, input: Annotated[UpdateSignUpInput, strawberry.argument(description="The changes.")]
    ) -> UpdateSignUpPayload:
        sign_up_id = key_of(input.sign_up_id, SignUpRow, sign_ups.PATH)
        made = await sign_ups.update_sign_up(
            info.context.viewer, info.context.now, sign_up_id=sign_up_id, answers=_answers(input)
        )
        return UpdateSignUpPayload(sign_up=shown(made))

    @mutation("Take back one's own sign-up. A match that it led to goes on.")
    async def withdraw_sign_up(
        self, info: Info, input: Annotated[WithdrawSignUpInput, strawberry.argument(description="The sign-up.")]
    ) -> WithdrawSignUpPayload:
        sign_up_id = key_of(input.sign_up_id, SignUpRow, sign_ups.PATH)
        made = await sign_ups.withdraw_sign_up(info.context.viewer, info.context.now, sign_up_id=sign_up_id)
        return WithdrawSignUpPayload(sign_up=shown(made))
