"""What people share with their partners of being there: each of it both ways or not at all."""

from models.users import User
from pubsub.transaction import transaction
from resolvers import access


async def update(
    viewer: access.Viewer | None,
    *,
    shares_presence: bool | None = None,
    shares_typing: bool | None = None,
    shares_read_receipts: bool | None = None,
) -> User:
    """Choose what to share; None leaves a choice as it is. The person as he is then.

    Whoever looks sees the choice within a second: `Presence` asks anew what the two share.
    """
    viewer = access.signed_in(viewer)
    given = {
        "shares_presence": shares_presence,
        "shares_typing": shares_typing,
        "shares_read_receipts": shares_read_receipts,
    }
    chosen = {name: value for name, value in given.items() if value is not None}
    async with transaction():
        if chosen:
            await User.filter(id=viewer.id).update(**chosen)
        return await User.get(id=viewer.id)
