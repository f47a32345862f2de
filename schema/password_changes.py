"""Choosing another password."""

from typing import TYPE_CHECKING, Annotated

import strawberry

from resolvers import password_changes
from schema.accounts import Session
from schema.context import Info
from schema.errors import Payload, mutation
from schema.fields import shown
from schema.users import User

if TYPE_CHECKING:
    from schema.viewer import Viewer

NEW_PASSWORD = "The new password: 10 to 200 characters, and hard to guess."


@strawberry.input(description="Whose password is lost.")
class RequestPasswordResetInput:
    email: str = strawberry.field(description="The e-mail address of the account; its case does not matter.")


@strawberry.type(description="What `requestPasswordReset` did.")
class RequestPasswordResetPayload(Payload):
    email: str | None = strawberry.field(
        default=None,
        description="The address to which a link is sent, if it has an account: the answer does not say. Null when "
        "refused.",
    )


@strawberry.input(description="A new password, for who has lost the old one.")
class ResetPasswordInput:
    token: str = strawberry.field(description="What stands behind `#token=` in the e-mail's link. It works once.")
    new_password: str = strawberry.field(description=NEW_PASSWORD)
    device: str | None = strawberry.field(
        default=None, description="What one calls this device, such as “Maya's telephone”, up to 80 characters."
    )


@strawberry.type(description="What `resetPassword` did.")
class ResetPasswordPayload(Payload):
    session: Session | None = strawberry.field(default=None, description="A new session; null when refused.")
    user: User | None = strawberry.field(default=None, description="Whose password it is; null when refused.")


@strawberry.input(description="A new password, for who knows the old one.")
class ChangePasswordInput:
    current_password: str = strawberry.field(description="The password as it is.")
    new_password: str = strawberry.field(description=NEW_PASSWORD)


@strawberry.type(description="What `changePassword` did.")
class ChangePasswordPayload(Payload):
    viewer: Annotated["Viewer", strawberry.lazy("schema.viewer")] | None = strawberry.field(
        default=None, description="The viewer, whose other sessions have ended; null when refused."
    )


@strawberry.type
class PasswordMutation:
    @mutation(
        "Ask for an e-mail with a link to choose a new password; it works for an hour. The answer is the same whether "
        "the address has an account."
    )
    async def request_password_reset(
        self, info: Info, input: Annotated[RequestPasswordResetInput, strawberry.argument(description="Whose.")]
    ) -> RequestPasswordResetPayload:
        await password_changes.ask_for_reset(info.context.caller, info.context.now, email=input.email)
        return RequestPasswordResetPayload(email=input.email)

    @mutation(
        "Choose a new password with the token from an e-mail. All sessions end, and a new one is opened. It needs no "
        "access token."
    )
    async def reset_password(
        self, info: Info, input: Annotated[ResetPasswordInput, strawberry.argument(description="The new password.")]
    ) -> ResetPasswordPayload:
        session, user = await password_changes.reset(
            info.context.tokens,
            info.context.caller,
            info.context.now,
            token=input.token,
            new_password=input.new_password,
            device=input.device,
        )
        return ResetPasswordPayload(session=shown(session), user=shown(user))

    @mutation("Choose a new password. All other sessions end, on every device but this one.")
    async def change_password(
        self, info: Info, input: Annotated[ChangePasswordInput, strawberry.argument(description="Old and new.")]
    ) -> ChangePasswordPayload:
        viewer = await password_changes.change(
            info.context.viewer,
            info.context.caller,
            info.context.now,
            current_password=input.current_password,
            new_password=input.new_password,
        )
        return ChangePasswordPayload(viewer=shown(viewer))
