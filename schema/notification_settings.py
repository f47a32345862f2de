"""Notification settings: what one is told by e-mail, and when not."""

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import strawberry
from strawberry import Parent

from models.enums import NotificationKind
from resolvers import access, notification_settings
from resolvers.notification_settings import LEAVE
from resolvers.notification_texts import TEXTS
from schema.context import Info
from schema.errors import Payload, mutation
from schema.fields import field, shown

if TYPE_CHECKING:
    from schema.viewer import Viewer


@strawberry.type(description="When one is sent nothing, every day, by the clock of one's own time zone.")
class QuietHours:
    start: str = strawberry.field(name="from", description="When they begin, such as 22:00.")
    end: str = strawberry.field(
        name="until", description="When they are over, such as 08:00; the next day, if that is earlier."
    )


@strawberry.type(description="How one is told of one kind of thing.")
class NotificationKindSettings:
    kind: NotificationKind = strawberry.field(description="The kind.")
    when: str = strawberry.field(description="What it is about, in plain English: “When …”.")
    in_app: bool = strawberry.field(description="Whether it comes as a notification here: always.")
    by_email: bool = strawberry.field(
        description="Whether it comes by e-mail too, unless `NotificationSettings.byEmail` is off."
    )


@strawberry.type(description="How one is told of things. E-mails say that something happened, never what was written.")
class NotificationSettings:
    @field(description="Whether one gets e-mails at all.")
    def by_email(self, root: Parent[access.Viewer]) -> bool:
        return root.user.wants_emails

    @field(description="Each kind of thing that one may be told of.")
    async def kinds(self, root: Parent[access.Viewer]) -> list[NotificationKindSettings]:
        mailed = await notification_settings.mailed_kinds(root)
        return [
            NotificationKindSettings(kind=kind, when=f"When {TEXTS[kind].when}.", in_app=True, by_email=is_mailed)
            for kind, is_mailed in mailed.items()
        ]

    @field(description="When no e-mails come; what is due then comes when they are over. Null for never.")
    def quiet_hours(self, root: Parent[access.Viewer]) -> QuietHours | None:
        return shown(notification_settings.quiet_hours_of(root.user))


@strawberry.input(description="Two times of the day from 00:00 to 23:59, by the clock of one's own time zone.")
class QuietHoursInput:
    start: str = strawberry.field(name="from", description="When they begin, such as 22:00.")
    end: str = strawberry.field(
        name="until", description="When they are over, such as 08:00; the next day, if that is earlier."
    )


@strawberry.input(description="How to be told of one kind of thing.")
class NotificationKindSettingsInput:
    kind: NotificationKind = strawberry.field(description="The kind.")
    by_email: bool = strawberry.field(description="Whether by e-mail too.")


@strawberry.input(description="How to be told of things from now on. What is left out stays as it is.")
class UpdateNotificationSettingsInput:
    by_email: bool | None = strawberry.field(default=None, description="Whether to get e-mails at all.")
    kinds: list[NotificationKindSettingsInput] | None = strawberry.field(
        default=None, description="The kinds to choose anew; of one that is named twice, the last counts."
    )
    quiet_hours: QuietHoursInput | None = strawberry.field(
        default=strawberry.UNSET, description="When to send nothing; null for no quiet hours."
    )


@strawberry.type(description="What `updateNotificationSettings` did.")
class UpdateNotificationSettingsPayload(Payload):
    viewer: Annotated["Viewer", strawberry.lazy("schema.viewer")] | None = strawberry.field(
        default=None, description="The viewer, with the settings as they are now; null when refused."
    )


@strawberry.type
class NotificationSettingsMutation:
    @mutation("Choose what one is told by e-mail, and when not.")
    async def update_notification_settings(
        self,
        info: Info,
        input: Annotated[UpdateNotificationSettingsInput, strawberry.argument(description="The choices.")],
    ) -> UpdateNotificationSettingsPayload:
        viewer, quiet = access.signed_in(info.context.viewer), input.quiet_hours
        user = await notification_settings.update(
            viewer,
            by_email=input.by_email,
            kinds={each.kind: each.by_email for each in input.kinds or ()},
            quiet_hours=LEAVE if quiet is strawberry.UNSET else _quiet(quiet),
        )
        return UpdateNotificationSettingsPayload(viewer=shown(replace(viewer, user=user)))


def _quiet(given: QuietHoursInput | None) -> notification_settings.QuietHours | None:
    return None if given is None else notification_settings.QuietHours(given.start, given.end)
