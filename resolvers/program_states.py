"""Walking a program from draft to archive, and what becomes of its sign-ups and matches on the way."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from tortoise.expressions import Q

from models.enums import (
    OPEN_MATCH,
    OPEN_SIGN_UP,
    PROGRAM_OVER,
    PROGRAM_TRANSITIONS,
    ActivityKind,
    ProgramState,
    SignUpRole,
    SignUpState,
)
from models.errors import ErrorCode, Refused
from models.groups import Group
from models.matches import Match
from models.programs import Program
from models.sign_ups import SignUp
from pubsub.streams import program_stream
from pubsub.transaction import Changed, transaction
from resolvers import access, endings, last_days

PATH = ("input", "programId")

_ATTEMPTS = 5


async def advance_program(
    viewer: access.Viewer | None, now: datetime, *, program_id: UUID, to: ProgramState
) -> Program:
    """Take a program to its next state, as an admin of its group. Closing lets matches finish, cancelling ends them.

    Raises Refused: NOT_FOUND, FORBIDDEN, ILLEGAL_TRANSITION naming what is allowed from here, NOT_ELIGIBLE, CONFLICT
    when people sign up or are paired so fast that five attempts in a row found somebody new.
    """
    viewer = access.signed_in(viewer)
    for _ in range(_ATTEMPTS):
        try:
            return await _advance(viewer, now, program_id, to)
        except SomebodyNew:
            continue
    message = "People are signing up or being paired at this very moment. Try again."
    raise Refused(ErrorCode.CONFLICT, message, PATH)


class SomebodyNew(Exception):
    """Between listing a program's people and locking its row a match or sign-up came in: it takes a new attempt."""


async def _advance(viewer: access.Viewer, now: datetime, program_id: UUID, to: ProgramState) -> Program:
    async with transaction() as changed:
        program = await access.program_to_administer(viewer, program_id, PATH)
        _allowed(program, to)
        matches = await _take_matches(changed, program, to)
        sign_ups = await lock_sign_ups(program, to, matches)
        program = await Program.select_for_update(no_key=True).get(id=program_id)
        _allowed(program, to)
        last_days.still_to_come(program, to, now)
        if to not in PROGRAM_OVER:
            access.eligible(await Group.get(id=program.group_id), PATH)
        if to == ProgramState.MATCHING and (reason := await nobody_to_pair(program)):
            raise Refused(ErrorCode.ILLEGAL_TRANSITION, reason, ("input", "to"))
        await enter(changed, program, to, matches, sign_ups, now, actor=viewer.id)
    return program


async def enter(
    changed: Changed,
    program: Program,
    to: ProgramState,
    matches: Sequence[Match],
    sign_ups: set[UUID],
    now: datetime,
    *,
    actor: UUID | None,
) -> None:
    """Take a locked program to a state. These matches end with it, and these sign-ups expire; all of them are locked.

    Raises SomebodyNew when there are more to end or expire.
    """
    await _nobody_new(program, to, matches, sign_ups)
    program.state = to
    if to in PROGRAM_OVER:
        program.closes_at = None
    await program.save(update_fields=("state", "closes_at"))
    await log_change(changed, program, now, actor=actor)
    await endings.end(changed, matches, now, actor=actor, withdrawn=set())
    await _expire(changed, program, to, sign_ups, now, actor=actor)


def _allowed(program: Program, to: ProgramState) -> None:
    following = PROGRAM_TRANSITIONS[program.state]
    if to not in following:
        possible = f"from here it can become {' or '.join(following)}" if following else "nothing follows from here"
        message = f"This program is {program.state}; {possible}."
        raise Refused(ErrorCode.ILLEGAL_TRANSITION, message, ("input", "to"))


async def nobody_to_pair(program: Program) -> str | None:
    """Why matching cannot start yet, or None when a mentor and a mentee wait."""
    waiting = await SignUp.filter(program_id=program.id, state=SignUpState.WAITING).values_list("role", "user_id")
    mentors = {user_id for role, user_id in waiting if role == SignUpRole.MENTOR}
    mentees = {user_id for role, user_id in waiting if role == SignUpRole.MENTEE}
    if mentors and mentees and len(mentors | mentees) > 1:
        return None
    return (
        "Matching starts once a mentor and a mentee, two different people, are waiting; here wait "
        f"{len(mentors)} and {len(mentees)}. Until then the program stays SIGN_UP, or becomes CANCELLED."
    )


def _expiring(program: Program, to: ProgramState) -> Q:
    """The sign-ups that expire with this step: the waiting ones when the program closes, all when it is cancelled."""
    states = {ProgramState.CLOSED: (SignUpState.WAITING,), ProgramState.CANCELLED: OPEN_SIGN_UP}.get(to, ())
    return Q(program_id=program.id, state__in=states)


async def _take_matches(changed: Changed, program: Program, to: ProgramState) -> list[Match]:
    if to != ProgramState.CANCELLED:
        return []
    return await endings.take_open_matches(changed, Q(program_id=program.id))


async def lock_sign_ups(program: Program, to: ProgramState, matches: Sequence[Match]) -> set[UUID]:
    """Those that expire with this step, and those of the matches, withdrawn ones too, which `endings.end` writes."""
    of_matches = [id_ for match in matches for id_ in (match.mentor_sign_up_id, match.mentee_sign_up_id)]
    which = _expiring(program, to) | Q(id__in=of_matches)
    locked = await SignUp.filter(which).order_by("id").select_for_update(no_key=True)
    return {sign_up.id for sign_up in locked}


async def _nobody_new(program: Program, to: ProgramState, matches: Sequence[Match], sign_ups: set[UUID]) -> None:
    """The program's row is locked: nobody signs up or is paired from now on, and who came before is seen here."""
    if await SignUp.filter(_expiring(program, to)).exclude(id__in=list(sign_ups)).exists():
        raise SomebodyNew
    if to == ProgramState.CANCELLED:
        taken = [match.id for match in matches]
        if await Match.filter(program_id=program.id, state__in=OPEN_MATCH).exclude(id__in=taken).exists():
            raise SomebodyNew


async def _expire(
    changed: Changed, program: Program, to: ProgramState, sign_ups: set[UUID], now: datetime, *, actor: UUID | None
) -> None:
    for sign_up in await SignUp.filter(_expiring(program, to), id__in=list(sign_ups)).order_by("id"):
        sign_up.state = SignUpState.EXPIRED
        await sign_up.save(update_fields=("state",))
        stream = program_stream(program.id)
        changed.tell(stream, ActivityKind.SIGN_UP_CHANGED, sign_up.id, actor=actor, at=now)


async def log_change(changed: Changed, program: Program, now: datetime, *, actor: UUID | None) -> None:
    """Tell the group's admins that a program has changed; nobody did it when its last day was over."""
    stream = program_stream(program.id)
    program.activity_head = await changed.log(stream, ActivityKind.PROGRAM_CHANGED, program.id, actor=actor, at=now)
