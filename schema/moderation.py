"""What the platform's moderators see and do."""

from datetime import date
from typing import Annotated

import strawberry
from strawberry import Parent

from models.users import User as UserRow
from resolvers import access, moderation
from resolvers.pages import Order
from schema.connections import After, Before, Connection, First, Last, part
from schema.context import Info
from schema.errors import Payload, mutation
from schema.fields import field, shown
from schema.node import key_of
from schema.reports import Report, States
from schema.rows import page_of
from schema.users import User


@strawberry.type(description="What only the platform's moderators see.")
class Moderation:
    @field(
        description="The reports that were made to the moderators, the oldest first: those in which the viewer has no "
        "part."
    )
    async def reports(
        self,
        root: Parent[access.Viewer],
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        state: States = None,
    ) -> Connection[Report]:
        query = access.reports_to_moderate(root)
        if state is not None:
            query = query.filter(state__in=state)
        return await page_of(query, Order(), part(first, after, last, before), info)


@strawberry.input(description="A person's birth date, as it should have been.")
class CorrectBirthDateInput:
    user_id: strawberry.ID = strawberry.field(description="The person; not oneself.")
    birth_date: date = strawberry.field(description="The date on which the person was born.")


@strawberry.type(description="What `correctBirthDate` did.")
class CorrectBirthDatePayload(Payload):
    user: User | None = strawberry.field(default=None, description="The person; null when refused.")


@strawberry.type
class ModerationMutation:
    @mutation(
        "Correct a person's birth date, as a moderator. Somebody found to be under 18 is logged out everywhere, and "
        "may log in again but enter no pair's space. The date is shown to nobody else."
    )
    async def correct_birth_date(
        self, info: Info, input: Annotated[CorrectBirthDateInput, strawberry.argument(description="The date.")]
    ) -> CorrectBirthDatePayload:
        user = await moderation.correct_birth_date(
            info.context.viewer,
            info.context.now,
            user_id=key_of(input.user_id, UserRow, moderation.USER_PATH),
            birth_date=input.birth_date,
        )
        return CorrectBirthDatePayload(user=shown(user))
