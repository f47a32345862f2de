"""A mentor's place that is free again or new, while somebody waits for one: the group's admins hear of it."""

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from models.enums import ActivityKind, GroupRole, NotificationKind, SignUpRole, SignUpState
from models.groups import Membership
from models.programs import Program
from models.sign_ups import SignUp
from pubsub.streams import program_stream
from pubsub.transaction import Changed
from resolvers import notifications


async def tell(changed: Changed, program: Program, sign_up: SignUp, now: datetime, *, actor: UUID | None) -> None:
    """Tell the admins that there is somebody new to suggest, if there is. The program's row is locked.

    Live each time; as a notification once, until they have read it. It says what the list of sign-ups says, and nothing
    of why the place is free.
    """
    if sign_up.role != SignUpRole.MENTOR or not program.takes_matches() or not _suggestible(sign_up, now):
        return
    waiting = SignUp.filter(program_id=program.id, role=SignUpRole.MENTEE, state=SignUpState.WAITING)
    if not any(_suggestible(mentee, now) for mentee in await waiting.exclude(user_id=sign_up.user_id)):
        return
    changed.tell(program_stream(program.id), ActivityKind.PLACE_FREED, sign_up.id, actor=actor, at=now)
    await tell_admins(changed, program, NotificationKind.PLACE_FREED, now)


async def tell_admins(changed: Changed, program: Program, kind: NotificationKind, now: datetime) -> None:
    """Notify the admins of a program's group of something about it. The program's row is locked."""
    admins = Membership.filter(group_id=program.group_id, role=GroupRole.ADMIN).order_by("user_id")
    people = await admins.values_list("user_id", flat=True)
    await notifications.notify(changed, people, kind, program.id, actor=None, at=now)


def _suggestible(sign_up: SignUp, now: datetime) -> bool:
    """Whether it waits now and is not paused."""
    paused = (
        sign_up.paused_until is not None and now.astimezone(ZoneInfo(sign_up.time_zone)).date() < sign_up.paused_until
    )
    return sign_up.state == SignUpState.WAITING and not paused
