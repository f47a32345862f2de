"""Letters about accounts: writing them into the outbox, and the tokens of their links (decision 22)."""

import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from models.accounts import AccountLetter
from models.base import ids_of
from models.emails import Email
from models.enums import AccountLetterKind
from models.errors import ErrorCode, Refused
from models.users import User

Kind = AccountLetterKind

GOOD_FOR = {
    Kind.VERIFY_EMAIL: timedelta(days=3),
    Kind.CONFIRM_NEW_EMAIL: timedelta(days=1),
    Kind.RESET_PASSWORD: timedelta(hours=1),
}
"""How long a link works. The other kinds have none."""

KEPT = timedelta(days=7)
"""How long a letter is remembered: as long as its link works, or its e-mail is tried."""

PATH = ("input", "token")

_PURPOSE = b"mentorship: letters about accounts"
_DIGEST = hashlib.sha256
_ID_BYTES, _SIGNED_BYTES = 16, 48


async def write(
    kind: AccountLetterKind, address: str, now: datetime, *, user_id: UUID | None = None, mail: bool = True
) -> AccountLetter:
    """A letter, in the outbox unless `mail` is False; for use inside a transaction."""
    good_for = GOOD_FOR.get(kind)
    letter = await AccountLetter.create(
        user_id=user_id,
        kind=kind,
        address=address,
        created_at=now,
        expires_at=None if good_for is None else now + good_for,
    )
    if mail:
        await Email.create(account_letter_id=letter.id, created_at=now, due_at=now)
    return letter


async def reader_of(letter: AccountLetter, now: datetime) -> User | None:
    """Whose account it is about, if there is still a point in reading it."""
    if letter.used_at is not None or (letter.expires_at is not None and letter.expires_at <= now):
        return None
    who = {"email": letter.address} if letter.user_id is None else {"id": letter.user_id}
    user = await User.get_or_none(**who, suspended_at=None)
    if user is not None and letter.kind == Kind.VERIFY_EMAIL:
        return user if user.email == letter.address and user.email_verified_at is None else None
    return user


def token_of(keys: Sequence[str], letter_id: UUID) -> str:
    """The token of a letter's link: the same whenever it is made, so that a letter sent twice says the same."""
    return urlsafe_b64encode(letter_id.bytes + _mac(keys[0], letter_id)).decode()


def read(keys: Sequence[str], token: str) -> UUID | None:
    """The letter of a token; None for one that no key of ours signed. It takes the same time for all of them."""
    try:
        signed = urlsafe_b64decode(token.strip().encode("ascii"))
    except ValueError:
        return None
    if len(signed) != _SIGNED_BYTES:
        return None
    letter_id = UUID(bytes=signed[:_ID_BYTES])
    good = [hmac.compare_digest(_mac(key, letter_id), signed[_ID_BYTES:]) for key in keys]
    return letter_id if any(good) else None


async def open_letter(
    keys: Sequence[str], token: str, now: datetime, kinds: Sequence[AccountLetterKind]
) -> tuple[AccountLetter, User]:
    """The letter of a link and the account that it is about, both locked, the account first. Raises Refused.

    One message for whatever is wrong with it, since a link is not for those who have to guess.
    """
    letter_id = read(keys, token)
    letter = letter_id and await AccountLetter.get_or_none(id=letter_id, kind__in=kinds)
    reader = letter and await reader_of(letter, now)
    if not letter or not reader:
        raise _no_good()
    user = await User.filter(id=reader.id).select_for_update(no_key=True).first()
    # Looked at anew: whoever was faster has used it, or has changed the account, while we waited.
    locked = await AccountLetter.filter(id=letter.id).select_for_update(no_key=True).first()
    if user is None or locked is None or await reader_of(locked, now) != user:
        raise _no_good()
    return locked, user


async def use_up(user: User, kinds: Sequence[AccountLetterKind], now: datetime) -> None:
    """No link of these kinds works any more, once one was used, or what they were asked for is no longer wanted."""
    await AccountLetter.filter(kind__in=kinds, used_at=None, user_id=user.id).update(used_at=now)
    await AccountLetter.filter(kind__in=kinds, used_at=None, user_id=None, address=user.email).update(used_at=now)


async def due(now: datetime, limit: int) -> list[UUID]:
    """Letters that nobody has to remember any more."""
    return await ids_of(AccountLetter.filter(created_at__lt=now - KEPT).order_by("created_at").limit(limit))


async def forget(letter_id: UUID, now: datetime) -> bool:
    """Delete an old letter, and its e-mail with it."""
    return await AccountLetter.filter(id=letter_id, created_at__lt=now - KEPT).delete() > 0


def _mac(key: str, letter_id: UUID) -> bytes:
    return hmac.digest(hmac.digest(key.encode(), _PURPOSE, _DIGEST), letter_id.bytes, _DIGEST)


def _no_good() -> Refused:
    message = "This link does not work any more: it was used, is too old, or is not whole. Ask for a new one."
    return Refused(ErrorCode.NOT_FOUND, message, PATH)
