"""Sign-up windows: sign-up opens and closes by the days that an admin has set, in the group's time zone."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from tortoise.expressions import Q

from models.enums import NotificationKind, ProgramState
from models.errors import ErrorCode, Refused
from models.groups import Group
from models.programs import Program
from models.wall_clock import DAY, moment
from pubsub.transaction import transaction
from resolvers import access, notifications, program_states, text

PATH = ("input", "programId")
OPENS, CLOSES = ("input", "opensOn"), ("input", "closesOn")

_BEFORE_RUNNING = (ProgramState.DRAFT, ProgramState.SIGN_UP, ProgramState.MATCHING)
_EARLIEST = timedelta(hours=14)
"""So far ahead of UTC is the first place on earth where a day begins."""


@dataclass(frozen=True, kw_only=True)
class Window:
    """What is to change of a window; None leaves a day as it is. It comes in a tuple, in which None takes it away."""

    opens_on: tuple[date | None] | None = None
    closes_on: tuple[date | None] | None = None


async def set_sign_up_window(
    viewer: access.Viewer | None, now: datetime, *, program_id: UUID, window: Window
) -> Program:
    """Set on which day sign-up opens by itself, and which is its last, as an admin. A later last day opens it again.

    Raises Refused: NOT_FOUND, FORBIDDEN, ILLEGAL_TRANSITION once the program is RUNNING, INVALID_INPUT.
    """
    viewer = access.signed_in(viewer)
    async with transaction() as changed:
        await access.program_to_administer(viewer, program_id, PATH)
        program = await Program.select_for_update(no_key=True).get(id=program_id)
        if program.state not in _BEFORE_RUNNING:
            message = f"This program is {program.state}; its sign-up window can be set until it is RUNNING."
            raise Refused(ErrorCode.ILLEGAL_TRANSITION, message, PATH)
        before = (program.sign_up_opens_on, program.sign_up_closes_on)
        zone = ZoneInfo((await Group.get(id=program.group_id)).time_zone)
        _write(program, window, now.astimezone(zone).date())
        if before != (program.sign_up_opens_on, program.sign_up_closes_on):
            await program.save(update_fields=("sign_up_opens_on", "sign_up_closes_on", "sign_up_closed_at"))
            await program_states.log_change(changed, program, now, actor=viewer.id)
    return program


async def due_to_open(now: datetime, limit: int) -> list[UUID]:
    """The drafts whose first day of sign-up has come, the longest ago first; those of a group that is not eligible
    wait until it is."""
    return await _due(Q(state=ProgramState.DRAFT, sign_up_opens_on__lte=(now + _EARLIEST).date()), now, limit)


async def due_to_close(now: datetime, limit: int) -> list[UUID]:
    """The programs whose last day of sign-up is over, the longest ago first."""
    over = Q(sign_up_closes_on__lt=(now + _EARLIEST).date(), sign_up_closed_at__isnull=True)
    return await _due(over & Q(state__in=(ProgramState.SIGN_UP, ProgramState.MATCHING)), now, limit)


async def open_sign_up(program_id: UUID, now: datetime) -> bool:
    """Take a draft to SIGN_UP on its day, as an admin would. False when it is not due, or when somebody is at it."""
    draft = Program.filter(id=program_id, state=ProgramState.DRAFT)
    async with transaction() as changed:
        program = await draft.select_for_update(no_key=True, skip_locked=True).first()
        if program is None or not await _is_due(program, now):
            return False
        await program_states.enter(changed, program, ProgramState.SIGN_UP, (), set(), now, actor=None)
    return True


async def close_sign_up(program_id: UUID, now: datetime) -> bool:
    """Close the sign-up whose last day is over, and take the program to MATCHING if there is somebody to pair.

    False when it is not due any more, or when somebody is at it, as one who signs up at this moment: the next tick
    tries again.
    """
    open_still = Program.filter(id=program_id, sign_up_closed_at__isnull=True)
    async with transaction() as changed:
        waiting = open_still.filter(state__in=(ProgramState.SIGN_UP, ProgramState.MATCHING))
        program = await waiting.select_for_update(no_key=True, skip_locked=True).first()
        if program is None or not await _is_due(program, now):
            return False
        program.sign_up_closed_at = now
        await program.save(update_fields=("sign_up_closed_at",))
        if program.state == ProgramState.SIGN_UP and not await program_states.nobody_to_pair(program):
            await program_states.enter(changed, program, ProgramState.MATCHING, (), set(), now, actor=None)
        else:
            await program_states.log_change(changed, program, now, actor=None)
        if not program.rolling:
            pairing = program.state == ProgramState.MATCHING
            kind = NotificationKind.SIGN_UP_CLOSED if pairing else NotificationKind.NOBODY_TO_PAIR
            await notifications.notify_admins(changed, program, kind, now)
    return True


def _write(program: Program, window: Window, today: date) -> None:
    if window.opens_on is not None and window.opens_on[0] != program.sign_up_opens_on:
        (program.sign_up_opens_on,) = window.opens_on
        if program.state != ProgramState.DRAFT:
            raise text.invalid("Sign-up has opened already: its last day alone can be changed.", OPENS)
        _not_over(program.sign_up_opens_on, today, OPENS)
    if window.closes_on is not None and window.closes_on[0] != program.sign_up_closes_on:
        (program.sign_up_closes_on,), program.sign_up_closed_at = window.closes_on, None
        _not_over(program.sign_up_closes_on, today, CLOSES)
    first, last = program.sign_up_opens_on, program.sign_up_closes_on
    if first is not None and last is not None and first > last:
        path = OPENS if window.closes_on is None else CLOSES
        raise text.invalid(f"Sign-up would open on {first} and close on {last}. Let it close after it opens.", path)


def _not_over(day: date | None, today: date, path: access.Path) -> None:
    if day is not None and not today <= day <= date(9999, 1, 1):
        raise text.invalid(f"Choose {today}, which is today in the group's time zone, or a later day.", path)


async def _due(which: Q, now: datetime, limit: int) -> list[UUID]:
    # All that may be due in some time zone or other, for PostgreSQL may know other zones than Python: a day's at most.
    found = await Program.filter(which).prefetch_related("group")
    moments = {program.id: _moment(program, program.group, now) for program in found}
    due = sorted((at, program_id) for program_id, at in moments.items() if at is not None and at <= now)
    return [program_id for _, program_id in due[:limit]]


async def _is_due(program: Program, now: datetime) -> bool:
    at = _moment(program, await Group.get(id=program.group_id), now)
    return at is not None and at <= now


def _moment(program: Program, group: Group, now: datetime) -> datetime | None:
    """When sign-up opens, or, unless the program is a draft, closes; None if it does not by itself."""
    zone = ZoneInfo(group.time_zone)
    first, last = program.sign_up_opens_on, program.sign_up_closes_on
    if program.state != ProgramState.DRAFT:
        return None if last is None else moment(last + DAY, time.min, zone)
    too_late = program.closes_at is not None and program.closes_at <= now
    return None if first is None or too_late or group.ineligible_because() else moment(first, time.min, zone)
