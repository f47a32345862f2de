"""Choosing another password: with the old one, or with a letter for those who have lost it."""

from collections.abc import Sequence
from datetime import datetime

from models.enums import AccountLetterKind as Kind
from models.errors import ErrorCode, Refused
from models.users import User
from pubsub.transaction import transaction
from resolvers import access, account_letters, accounts, guessing, passwords, sessions
from resolvers.guessing import Caller
from resolvers.sessions import IssuedSession
from resolvers.tokens import Tokens

PATH = ("input", "newPassword")


async def ask_for_reset(caller: Caller, now: datetime, *, email: str) -> None:
    """Write a letter with which a new password can be chosen, if the address has an account.

    Whether it has is asked when the letter is sent and not here: so the answer is the same, after the same work.
    Raises Refused: INVALID_INPUT for what is no address, RATE_LIMITED.
    """
    address = accounts.address_of(email, ("input", "email"))
    await caller.come(now)
    await caller.write_to(address, Kind.RESET_PASSWORD, now)
    async with transaction():
        await account_letters.write(Kind.RESET_PASSWORD, address, now)


async def reset_link(keys: Sequence[str], *, email: str, now: datetime) -> str:
    """The token of a letter that is not sent, for the command line. Raises Refused NOT_FOUND without an account."""
    address = accounts.address_of(email, ("input", "email"))
    async with transaction():
        letter = await account_letters.write(Kind.RESET_PASSWORD, address, now, mail=False)
        if await account_letters.reader_of(letter, now) is None:
            message = (
                "No account can be used with this e-mail address. Check its spelling, and whether it is suspended."
            )
            raise Refused(ErrorCode.NOT_FOUND, message)
    return account_letters.token_of(keys, letter.id)


async def reset(
    tokens: Tokens, caller: Caller, now: datetime, *, token: str, new_password: str, device: str | None
) -> tuple[IssuedSession, User]:
    """Take a letter's token for the right to choose a new password. All sessions end, and one is opened.

    The letter has come by e-mail, so the address is verified by it. Raises Refused: NOT_FOUND for a token that is no
    good, INVALID_INPUT for a password that is, and the token can be used again, RATE_LIMITED.
    """
    await caller.come(now)
    reader = await _reader(tokens.keys, token, now)
    await passwords.check(new_password, PATH, email=reader.email, name=reader.name)
    fresh_hash = await passwords.hashed(new_password)
    device = accounts.device_name(device)
    async with transaction() as changed:
        _, user = await account_letters.open_letter(tokens.keys, token, now, (Kind.RESET_PASSWORD,))
        await account_letters.use_up(user, (Kind.RESET_PASSWORD, Kind.CONFIRM_NEW_EMAIL), now)
        user.password_hash = fresh_hash
        user.email_verified_at = user.email_verified_at or now
        await user.save(update_fields=("password_hash", "email_verified_at"))
        await sessions.revoke_all(changed, user.id, now)
        await guessing.forget_account_marks(user.id)
        await account_letters.write(Kind.PASSWORD_CHANGED, user.email, now, user_id=user.id)
        return await sessions.open_session(tokens, user, now, mark=caller.mark(user.email), device=device), user


async def change(
    viewer: access.Viewer | None, caller: Caller, now: datetime, *, current_password: str, new_password: str
) -> access.Viewer:
    """Another password for who knows the old one. All other sessions end.

    Raises Refused: INVALID_INPUT for a wrong or a weak password, RATE_LIMITED.
    """
    viewer = access.signed_in(viewer)
    user = viewer.user
    await passwords.check(new_password, PATH, email=user.email, name=user.name)
    await guessing.prove(viewer, caller, now, current_password, ("input", "currentPassword"))
    fresh_hash = await passwords.hashed(new_password)
    async with transaction() as changed:
        locked = await User.select_for_update(no_key=True).get(id=viewer.id)
        if locked.password_hash != user.password_hash:
            raise Refused(ErrorCode.CONFLICT, "Your password was changed at this moment. Log in with the new one.")
        locked.password_hash = fresh_hash
        await locked.save(update_fields=("password_hash",))
        await sessions.revoke_all(changed, viewer.id, now, but=viewer.session_id)
        await account_letters.use_up(locked, (Kind.RESET_PASSWORD, Kind.CONFIRM_NEW_EMAIL), now)
        await account_letters.write(Kind.PASSWORD_CHANGED, locked.email, now, user_id=viewer.id)
    return viewer


async def _reader(keys: Sequence[str], token: str, now: datetime) -> User:
    """Whose password it is, without a lock: hashing takes a while, and nobody is to wait for it."""
    async with transaction():
        _, user = await account_letters.open_letter(keys, token, now, (Kind.RESET_PASSWORD,))
    return user
