"""Accounts: registering, logging in, and what an operator does to them."""

import re
from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from tortoise.exceptions import IntegrityError

from models.base import violated
from models.enums import AccountLetterKind, AuditAct
from models.errors import ErrorCode, Refused
from models.users import User
from pubsub.transaction import Changed, transaction
from resolvers import account_letters, audit, guessing, passwords, sessions, text
from resolvers.guessing import Caller
from resolvers.sessions import IssuedSession
from resolvers.tokens import Tokens

LONGEST_EMAIL = 254
"""RFC 5321, section 4.5.3.1.3, less the angle brackets."""

# The shape only: whether the address is its owner's can be learned by writing to it, and in no other way.
_EMAIL = re.compile(r"[^\s@]+@[^\s@.]+(\.[^\s@.]+)+")

UNKNOWN_BIRTH_DATE = date(1970, 1, 1)
"""Stands for a moderator's, whom an operator vouches for."""


async def register(
    tokens: Tokens,
    now: datetime,
    *,
    email: str,
    password: str,
    name: str,
    birth_date: date,
    time_zone: str,
    locale: str,
    caller: Caller | None = None,
    device: str | None = None,
) -> tuple[IssuedSession, User]:
    """Open an account and its first session, and write to its address, which is to be verified.

    Anybody may; programs ask for the age (DESIGN.md, rule 3). Raises Refused: INVALID_INPUT, CONFLICT when the e-mail
    address has an account, RATE_LIMITED when very many come from where this `caller` comes from.
    """
    if caller is not None:
        await caller.come(now)
    device = device_name(device)
    zone = text.time_zone(time_zone, ("input", "timeZone"))
    today = now.astimezone(ZoneInfo(zone)).date()
    profile = {
        "birth_date": text.birth_date(birth_date, today, ("input", "birthDate")),
        "time_zone": zone,
        "locale": text.language(locale, ("input", "locale")),
    }
    user = await _new_user(email, password, name, now, **profile)
    try:
        async with transaction():
            await user.save(force_create=True)
            await account_letters.write(AccountLetterKind.VERIFY_EMAIL, user.email, now, user_id=user.id)
            mark = None if caller is None else caller.mark(user.email)
            return await sessions.open_session(tokens, user, now, mark=mark, device=device), user
    except IntegrityError as error:
        raise taken(error) from error


async def log_in(
    tokens: Tokens, caller: Caller, now: datetime, *, email: str, password: str, device: str | None = None
) -> tuple[IssuedSession, User]:
    """Open a session with e-mail address and password.

    Raises Refused UNAUTHENTICATED, in the same words and after the same work for an unknown address, a wrong password
    and a suspended account; RATE_LIMITED, whether there is an account or not, after too many attempts.
    """
    device = device_name(device)
    spent = await caller.log_in(_address(email) or "", now)
    known = await _find(email)
    if not await passwords.matches(None if known is None else known.password_hash, password) or known is None:
        raise _wrong_credentials()
    fresh_hash = await passwords.hashed(password) if passwords.is_outdated(known.password_hash) else None
    async with transaction():
        user = await User.select_for_update(no_key=True).get(id=known.id)
        if user.password_hash != known.password_hash and not await passwords.matches(user.password_hash, password):
            raise _wrong_credentials()
        if user.suspended_at is not None:
            raise _wrong_credentials()
        if fresh_hash is not None:
            user.password_hash = fresh_hash
            await user.save(update_fields=("password_hash",))
        session = await sessions.open_session(tokens, user, now, mark=caller.mark(user.email), device=device)
    await guessing.give_back(spent)
    return session, user


async def create_moderator(
    *,
    email: str,
    name: str,
    password: str,
    now: datetime,
    birth_date: date = UNKNOWN_BIRTH_DATE,
    time_zone: str = "UTC",
) -> User:
    """Make a moderator's account, for the command line. Raises Refused as `register` does."""
    zone = text.time_zone(time_zone, ("input", "timeZone"))
    user = await _new_user(email, password, name, now, birth_date=birth_date, time_zone=zone, is_moderator=True)
    user.email_verified_at = now
    try:
        async with transaction() as changed:
            await user.save(force_create=True)
            await audit.record(changed, AuditAct.MODERATOR_MADE, user, actor=None, at=now)
    except IntegrityError as error:
        raise taken(error) from error
    return user


async def suspend(*, email: str, now: datetime) -> User:
    """Keep a person out, for the command line: every session ends and none can be opened. Raises Refused NOT_FOUND."""
    async with transaction() as changed:
        user = await of_address(email)
        await shut_out(changed, user, now, actor=None)
    return user


async def shut_out(changed: Changed, user: User, now: datetime, *, actor: UUID | None) -> None:
    """Suspend a person whose row is locked: what he has open ends within a second on every worker. A second suspension
    keeps the time of the first."""
    user.suspended_at = user.suspended_at or now
    await user.save(update_fields=("suspended_at",))
    await sessions.revoke_all(changed, user.id, now)
    await audit.record(changed, AuditAct.ACCOUNT_SUSPENDED, user, actor=actor, at=now)


async def of_address(email: str) -> User:
    """The person with this address, whose row is locked, for the command line. Raises Refused NOT_FOUND."""
    address = _address(email)
    user = address and await User.filter(email=address).select_for_update(no_key=True).first()
    if not user:
        raise Refused(ErrorCode.NOT_FOUND, "There is no account with this e-mail address. Check its spelling.")
    return user


async def _new_user(email: str, password: str, name: str, now: datetime, **more: object) -> User:
    address = address_of(email, ("input", "email"))
    name = text.line(name, ("input", "name"), longest=80, what="your name")
    await passwords.check(password, ("input", "password"), email=address, name=name)
    return User(email=address, name=name, password_hash=await passwords.hashed(password), created_at=now, **more)


def address_of(email: str, path: Sequence[str]) -> str:
    """The form in which an address is kept and compared. Raises Refused INVALID_INPUT when it cannot be one."""
    address = _address(email)
    if address is None:
        message = f"Give an e-mail address like name@example.org, of {LONGEST_EMAIL} characters at most."
        raise text.invalid(message, path)
    return address


def device_name(device: str | None) -> str | None:
    """What a person calls the device that he logs in with. Raises Refused INVALID_INPUT."""
    if device is None or not device.strip():
        return None
    return text.line(device, ("input", "device"), longest=80, what="the device's name")


def _address(email: str) -> str | None:
    """The form in which an address is kept and compared; None when it cannot be one."""
    address = email.strip().lower()
    fits = len(address) <= LONGEST_EMAIL and address.isprintable() and _EMAIL.fullmatch(address)
    return address if fits else None


async def _find(email: str) -> User | None:
    address = _address(email)
    return None if address is None else await User.get_or_none(email=address)


def taken(error: IntegrityError, path: Sequence[str] = ("input", "email")) -> Exception:
    """What somebody is told who wants an address with which there is an account; any other error as it is."""
    if violated(error) != "users_email_key":
        return error
    message = "There is an account with this e-mail address. Log in, or register with another address."
    return Refused(ErrorCode.CONFLICT, message, path)


def _wrong_credentials() -> Refused:
    message = "No account can be used with this e-mail address and password. Check both."
    return Refused(ErrorCode.UNAUTHENTICATED, message)
