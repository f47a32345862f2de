"""Privacy settings: what people share with their partners of being there."""

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import strawberry

from resolvers import access, privacy_settings
from schema.context import Info
from schema.errors import Payload, mutation
from schema.fields import shown

if TYPE_CHECKING:
    from schema.viewer import Viewer


@strawberry.type(description="What one shares with one's partners. Who does not share a thing does not see it either.")
class PrivacySettings:
    shares_presence: bool = strawberry.field(description="That one is there.")
    shares_typing: bool = strawberry.field(description="That one types.")
    shares_read_receipts: bool = strawberry.field(description="How far one has read.")


@strawberry.input(description="What to share from now on. What is left out stays as it is.")
class UpdatePrivacySettingsInput:
    shares_presence: bool | None = strawberry.field(default=None, description="That one is there.")
    shares_typing: bool | None = strawberry.field(default=None, description="That one types.")
    shares_read_receipts: bool | None = strawberry.field(default=None, description="How far one has read.")


@strawberry.type(description="What `updatePrivacySettings` did.")
class UpdatePrivacySettingsPayload(Payload):
    viewer: Annotated["Viewer", strawberry.lazy("schema.viewer")] | None = strawberry.field(
        default=None, description="The viewer, with the settings as they are now; null when refused."
    )


@strawberry.type
class PrivacySettingsMutation:
    @mutation("Choose what one shares with one's partners; they see the choice within a second.")
    async def update_privacy_settings(
        self,
        info: Info,
        input: Annotated[UpdatePrivacySettingsInput, strawberry.argument(description="The choices.")],
    ) -> UpdatePrivacySettingsPayload:
        viewer = access.signed_in(info.context.viewer)
        user = await privacy_settings.update(
            viewer,
            shares_presence=input.shares_presence,
            shares_typing=input.shares_typing,
            shares_read_receipts=input.shares_read_receipts,
        )
        return UpdatePrivacySettingsPayload(viewer=shown(replace(viewer, user=user)))
