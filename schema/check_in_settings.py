"""Check-in settings: the weekday and hour at which one is asked."""

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import strawberry

from models.enums import Weekday
from resolvers import access, check_in_settings
from schema.context import Info
from schema.errors import Payload, mutation
from schema.fields import shown
from schema.reads import computed

if TYPE_CHECKING:
    from schema.viewer import Viewer


@strawberry.type(description="When one is asked for the weekly check-in, by one's own clock.")
class CheckInSettings:
    weekday: Weekday = computed(
        lambda user: Weekday(user.check_in_weekday), "check_in_weekday", description="The day of the week."
    )
    hour: int = computed(
        lambda user: user.check_in_hour, "check_in_hour", description="The hour of that day, from 0 to 23."
    )


@strawberry.input(description="When to be asked from the next check-in on. What is left out stays as it is.")
class UpdateCheckInSettingsInput:
    weekday: Weekday | None = strawberry.field(default=None, description="The day of the week.")
    hour: int | None = strawberry.field(
        default=None,
        description="A full hour of that day, from 0 to 23, in one's own time zone; it may lie in one's quiet hours.",
    )


@strawberry.type(description="What `updateCheckInSettings` did.")
class UpdateCheckInSettingsPayload(Payload):
    viewer: Annotated["Viewer", strawberry.lazy("schema.viewer")] | None = strawberry.field(
        default=None, description="The viewer, with the settings as they are now; null when refused."
    )


@strawberry.type
class CheckInSettingsMutation:
    @mutation("Choose the weekday and hour at which one is asked for the weekly check-in, from the next one on.")
    async def update_check_in_settings(
        self,
        info: Info,
        input: Annotated[UpdateCheckInSettingsInput, strawberry.argument(description="The choices.")],
    ) -> UpdateCheckInSettingsPayload:
        viewer, now = access.signed_in(info.context.viewer), info.context.now
        user = await check_in_settings.update(viewer, now, weekday=input.weekday, hour=input.hour)
        return UpdateCheckInSettingsPayload(viewer=shown(replace(viewer, user=user)))
