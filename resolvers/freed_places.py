"""A mentor's place that is free again or new, when somebody waits who may have it: the group's admins hear of it."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from models.base import ids_of
from models.enums import ActivityKind, NotificationKind, SignUpRole, SignUpState
from models.programs import Program
from models.sign_ups import SignUp
from pubsub.streams import program_stream
from pubsub.transaction import Changed
from resolvers import notifications, pairing


async def tell(
    changed: Changed,
    program: Program,
    sign_up: SignUp,
    now: datetime,
    *,
    actor: UUID | None,
    parted: Collection[UUID] = (),
) -> None:
    """Tell the admins that there is a fresh pair to suggest, if there is. The program's row is locked.

    Live each time; as a notification once, until they have read it. The sign-ups just `parted` from this one make no
    fresh pair: nothing of why the place is free can be told by whether there is news.
    """
    if sign_up.role != SignUpRole.MENTOR or sign_up.state != SignUpState.WAITING or not program.takes_matches():
        return
    if not await _somebody_fits(program, sign_up, now, parted):
        return
    changed.tell(program_stream(program.id), ActivityKind.PLACE_FREED, sign_up.id, actor=actor, at=now)
    await notifications.notify_admins(changed, program, NotificationKind.PLACE_FREED, now)


async def _somebody_fits(program: Program, mentor: SignUp, now: datetime, parted: Collection[UUID]) -> bool:
    waiting = SignUp.filter(program_id=program.id, role=SignUpRole.MENTEE, state=SignUpState.WAITING)
    waiting = waiting.exclude(id__in=list(parted)) if parted else waiting
    mentees = await ids_of(waiting.order_by("waiting_since").limit(pairing.MOST_CONSIDERED))
    if not mentees:
        return False
    pool = (await pairing.of_sign_ups([mentor.id, *mentees], now))[program.id]
    free = [each for each in pool.candidates if pairing.alone(each, now) is None]
    offers = [each for each in free if each.id == mentor.id]
    seeks = [each for each in free if each.role == SignUpRole.MENTEE]
    return any(pairing.between(offer, seek, pool.apart) is None for offer in offers for seek in seeks)
