"""Whether an e-mail address is its owner's: verifying it, and putting another in its place."""

from collections.abc import Sequence
from datetime import datetime

from tortoise.exceptions import IntegrityError

from models.enums import AccountLetterKind as Kind
from models.errors import ErrorCode, Refused
from models.users import User
from pubsub.transaction import transaction
from resolvers import access, account_letters, accounts, guessing, text
from resolvers.guessing import Caller

VERIFYING = (Kind.VERIFY_EMAIL, Kind.CONFIRM_NEW_EMAIL)


async def ask_again(viewer: access.Viewer | None, caller: Caller, now: datetime) -> access.Viewer:
    """Write the letter once more with which one verifies one's address.

    Raises Refused: CONFLICT when it is verified already, RATE_LIMITED.
    """
    viewer = access.signed_in(viewer)
    if viewer.user.email_verified_at is not None:
        raise Refused(ErrorCode.CONFLICT, "Your e-mail address is verified already: there is nothing more to do.")
    await caller.write_to(viewer.user.email, Kind.VERIFY_EMAIL, now)
    async with transaction():
        await account_letters.write(Kind.VERIFY_EMAIL, viewer.user.email, now, user_id=viewer.id)
    return viewer


async def verify(keys: Sequence[str], now: datetime, *, token: str) -> User:
    """Take a letter's token for the proof that its address is the person's own; a new address takes its place now.

    Whoever has the letter may bring it, signed in or not. Raises Refused: NOT_FOUND for a token that is no good,
    CONFLICT when somebody else has an account with the new address by now.
    """
    try:
        async with transaction():
            letter, user = await account_letters.open_letter(keys, token, now, VERIFYING)
            await account_letters.use_up(
                user, VERIFYING if letter.kind == Kind.CONFIRM_NEW_EMAIL else (letter.kind,), now
            )
            if user.email != letter.address:
                # Links to a new password that went to the old address are for the old address.
                await account_letters.use_up(user, (Kind.RESET_PASSWORD,), now)
            user.email, user.email_verified_at = letter.address, now
            await user.save(update_fields=("email", "email_verified_at"))
    except IntegrityError as error:
        raise accounts.taken(error, account_letters.PATH) from error
    return user


async def change(
    viewer: access.Viewer | None, caller: Caller, now: datetime, *, new_email: str, password: str
) -> access.Viewer:
    """Write to the new address, which takes the old one's place once it is verified, and tell the old one.

    It is the same whether somebody has an account with the new address: only who reads its mail may learn that. Raises
    Refused: INVALID_INPUT, also for a wrong password, RATE_LIMITED.
    """
    viewer = access.signed_in(viewer)
    address = accounts.address_of(new_email, ("input", "newEmail"))
    if address == viewer.user.email:
        raise text.invalid("This is your e-mail address already. Give another one.", ("input", "newEmail"))
    await guessing.prove(viewer, caller, now, password, ("input", "password"))
    await caller.write_to(address, Kind.CONFIRM_NEW_EMAIL, now)
    async with transaction():
        user = await User.select_for_update(no_key=True).get(id=viewer.id)
        await account_letters.use_up(user, (Kind.CONFIRM_NEW_EMAIL,), now)
        await account_letters.write(Kind.CONFIRM_NEW_EMAIL, address, now, user_id=viewer.id)
        await account_letters.write(Kind.NEW_EMAIL_ASKED, user.email, now, user_id=viewer.id)
    return viewer
