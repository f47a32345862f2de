"""Deleting one's account, and taking it back."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from resolvers import account_deletions
from schema.context import Info
from schema.errors import Payload, mutation
from schema.fields import shown

if TYPE_CHECKING:
    from schema.viewer import Viewer


@strawberry.input(description="The proof that it is oneself who wants to be forgotten.")
class DeleteAccountInput:
    password: str = strawberry.field(description="One's password.")


@strawberry.type(description="What `deleteAccount` did.")
class DeleteAccountPayload(Payload):
    erases_at: datetime | None = strawberry.field(
        default=None, description="When the account is erased, unless one takes it back; null when refused."
    )


@strawberry.type(description="What `cancelAccountDeletion` did.")
class CancelAccountDeletionPayload(Payload):
    viewer: Annotated["Viewer", strawberry.lazy("schema.viewer")] | None = strawberry.field(
        default=None, description="The viewer, who stays; null when refused."
    )


@strawberry.type
class AccountDeletionMutation:
    @mutation(
        "Delete one's account. At once one leaves all groups, open matches end, and all sessions end. Some days later "
        "everything about oneself and all that one wrote is erased for good; what partners wrote stays theirs. Until "
        "then one can log in and take it back."
    )
    async def delete_account(
        self, info: Info, input: Annotated[DeleteAccountInput, strawberry.argument(description="The password.")]
    ) -> DeleteAccountPayload:
        context = info.context
        erases_at = await account_deletions.delete_account(
            context.viewer, context.now, password=input.password, grace=context.deletion_grace
        )
        return DeleteAccountPayload(erases_at=erases_at)

    @mutation("Keep one's account after all. Groups that one left can be joined again; matches that ended stay ended.")
    async def cancel_account_deletion(self, info: Info) -> CancelAccountDeletionPayload:
        return CancelAccountDeletionPayload(
            viewer=shown(await account_deletions.cancel_account_deletion(info.context.viewer))
        )
