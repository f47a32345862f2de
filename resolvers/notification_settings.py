"""How people want to be notified: which kinds by e-mail, none at all, and when not to be disturbed."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from uuid_utils.compat import uuid7

from models.emails import EmailChoice
from models.enums import NotificationKind
from models.users import User
from pubsub.transaction import Changed, transaction
from resolvers import access, text
from resolvers.notification_texts import TEXTS

QUIET_PATH = ("input", "quietHours")
_TIME = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])", re.ASCII)

_CHOOSE = """
INSERT INTO email_choices (id, user_id, kind, is_wanted) VALUES ($1, $2, $3, $4)
ON CONFLICT (user_id, kind) DO UPDATE SET is_wanted = excluded.is_wanted
WHERE email_choices.is_wanted <> excluded.is_wanted
"""


@dataclass(frozen=True, slots=True)
class QuietHours:
    """When not to be disturbed, every night or day, as "HH:MM" by the person's own clock."""

    start: str
    end: str


@dataclass(frozen=True, slots=True)
class Leave:
    """In the place of a choice: it stays as it is."""


LEAVE = Leave()


def quiet_hours_of(user: User) -> QuietHours | None:
    """The person's quiet hours; None for somebody without."""
    if user.quiet_from is None or user.quiet_until is None:
        return None
    return QuietHours(_shown(user.quiet_from), _shown(user.quiet_until))


async def mailed_kinds(viewer: access.Viewer) -> dict[NotificationKind, bool]:
    """Of each kind whether the viewer gets it by e-mail, as long as he gets any: his choice, or what is usual."""
    choices = dict(await EmailChoice.filter(user_id=viewer.id).values_list("kind", "is_wanted"))
    return {kind: choices.get(kind, words.mailed) for kind, words in TEXTS.items()}


async def update(
    viewer: access.Viewer | None,
    *,
    by_email: bool | None = None,
    kinds: Mapping[NotificationKind, bool],
    quiet_hours: QuietHours | Leave | None = LEAVE,
) -> User:
    """Choose whether to get e-mails, of which kinds, and the quiet hours; the person as he is then.

    What waits to be sent follows the choice of that moment. Raises Refused: INVALID_INPUT.
    """
    viewer = access.signed_in(viewer)
    chosen: dict[str, bool | int | None] = {} if by_email is None else {"wants_emails": by_email}
    if not isinstance(quiet_hours, Leave):
        start, end = (None, None) if quiet_hours is None else _checked(quiet_hours)
        chosen |= {"quiet_from": start, "quiet_until": end}
    async with transaction() as changed:
        await _choose(changed, viewer.id, kinds)
        if chosen:
            await User.filter(id=viewer.id).update(**chosen)
        return await User.get(id=viewer.id)


async def unsubscribe(user_id: UUID, kind: NotificationKind | None) -> None:
    """Send this person no e-mail of a kind any more, or of any kind at all: what a link in an e-mail asks for, whoever
    follows it. Again, or for somebody who is gone, it changes nothing."""
    async with transaction() as changed:
        # Locked first, so that an account that goes at this moment takes the choice along.
        user = await User.filter(id=user_id).select_for_update(no_key=True).first()
        if user is None:
            return
        if kind is not None:
            await _choose(changed, user_id, {kind: False})
        elif user.wants_emails:
            await User.filter(id=user_id).update(wants_emails=False)


async def _choose(changed: Changed, user_id: UUID, kinds: Mapping[NotificationKind, bool]) -> None:
    for kind in sorted(kinds):
        await changed.sql(_CHOOSE, uuid7(), user_id, kind.value, kinds[kind])


def _checked(quiet: QuietHours) -> tuple[int, int]:
    start, end = _minutes(quiet.start, (*QUIET_PATH, "from")), _minutes(quiet.end, (*QUIET_PATH, "until"))
    if start == end:
        message = "Choose two different times, or null for no quiet hours. To get no e-mails, set byEmail to false."
        raise text.invalid(message, QUIET_PATH)
    return start, end


def _minutes(value: str, path: Sequence[str]) -> int:
    found = _TIME.fullmatch(value)
    if found is None:
        raise text.invalid("Give a time of the day from 00:00 to 23:59, such as 22:00.", path)
    hours, minutes = map(int, found.groups())
    return hours * 60 + minutes


def _shown(minutes: int) -> str:
    return "{:02}:{:02}".format(*divmod(minutes, 60))
