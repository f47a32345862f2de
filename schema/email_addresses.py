"""Verifying one's e-mail address, and changing it."""

from typing import TYPE_CHECKING, Annotated

import strawberry

from resolvers import email_addresses
from schema.context import Info
from schema.errors import Payload, mutation
from schema.fields import shown
from schema.users import User

if TYPE_CHECKING:
    from schema.viewer import Viewer

LazyViewer = Annotated["Viewer", strawberry.lazy("schema.viewer")]


@strawberry.type(description="What `requestEmailVerification` did.")
class RequestEmailVerificationPayload(Payload):
    viewer: LazyViewer | None = strawberry.field(
        default=None, description="The viewer, to whom an e-mail is on its way; null when refused."
    )


@strawberry.input(description="The proof that one reads what is sent to an address.")
class VerifyEmailInput:
    token: str = strawberry.field(description="What stands behind `#token=` in the e-mail's link. It works once.")


@strawberry.type(description="What `verifyEmail` did.")
class VerifyEmailPayload(Payload):
    user: User | None = strawberry.field(default=None, description="Whose address it is; null when refused.")


@strawberry.input(description="Another e-mail address for one's account.")
class ChangeEmailInput:
    new_email: str = strawberry.field(description="The new address; its case does not matter.")
    password: str = strawberry.field(description="One's password.")


@strawberry.type(description="What `changeEmail` did.")
class ChangeEmailPayload(Payload):
    viewer: LazyViewer | None = strawberry.field(
        default=None,
        description="The viewer, still with the old address: the new one takes its place once it is verified. Null "
        "when refused.",
    )


@strawberry.type
class EmailAddressMutation:
    @mutation("Ask for the e-mail once more with which one verifies one's address. The last link goes on working.")
    async def request_email_verification(self, info: Info) -> RequestEmailVerificationPayload:
        context = info.context
        viewer = await email_addresses.ask_again(context.viewer, context.caller, context.now)
        return RequestEmailVerificationPayload(viewer=shown(viewer))

    @mutation(
        "Verify an e-mail address with the token from an e-mail. After `changeEmail`, the new address takes the old "
        "one's place now. It needs no access token."
    )
    async def verify_email(
        self, info: Info, input: Annotated[VerifyEmailInput, strawberry.argument(description="The token.")]
    ) -> VerifyEmailPayload:
        context = info.context
        user = await email_addresses.verify(context.tokens.keys, context.now, token=input.token)
        return VerifyEmailPayload(user=shown(user))

    @mutation("Ask for another e-mail address. It is written to, and has to be verified first; the old one is told.")
    async def change_email(
        self, info: Info, input: Annotated[ChangeEmailInput, strawberry.argument(description="The new address.")]
    ) -> ChangeEmailPayload:
        context = info.context
        viewer = await email_addresses.change(
            context.viewer, context.caller, context.now, new_email=input.new_email, password=input.password
        )
        return ChangeEmailPayload(viewer=shown(viewer))
