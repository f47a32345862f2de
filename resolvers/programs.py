"""Starting a program from a template, walking it from draft to archive, and finding programs."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from tortoise.expressions import Q, Subquery
from tortoise.queryset import QuerySet

from models.enums import (
    OPEN_MATCH,
    OPEN_SIGN_UP,
    PROGRAM_OVER,
    PROGRAM_TRANSITIONS,
    ActivityKind,
    GroupFocus,
    ProgramState,
    SignUpRole,
    SignUpState,
    StepOpening,
)
from models.errors import ErrorCode, Refused
from models.groups import Group
from models.matches import Match
from models.program_templates import ProgramTemplate, program_template, program_templates
from models.programs import STEP_TEXT_FIELDS, Program, ProgramStep
from models.sign_ups import SignUp
from pubsub.streams import program_stream
from pubsub.transaction import Changed, transaction
from resolvers import access, endings, groups, last_days, text
from resolvers.pages import Order

NEWEST_FIRST = Order(descending=True)
PATH = ("input", "programId")

_TAKES_SIGN_UPS = Q(
    Q(sign_up_closed_at__isnull=True) | Q(rolling=True), state__in=(ProgramState.SIGN_UP, ProgramState.MATCHING)
) | Q(state=ProgramState.RUNNING, rolling=True)
_ATTEMPTS = 5


async def create_program(
    viewer: access.Viewer | None,
    now: datetime,
    *,
    group_id: UUID,
    template_key: str,
    title: str,
    description: str,
    starts_on: date | None = None,
    rolling: bool = False,
    step_opening: StepOpening = StepOpening.BY_WEEK,
    ends_on: date | None = None,
) -> Program:
    """Start a DRAFT with its own copy of a template's steps, as an admin of the group.

    Raises Refused: NOT_FOUND, FORBIDDEN, NOT_ELIGIBLE with why this group may run no programs, INVALID_INPUT.
    """
    viewer = access.signed_in(viewer)
    title = text.line(title, ("input", "title"), longest=120, what="the title")
    description = text.text(description, ("input", "description"), longest=4_000, what="the description")
    template = _template(template_key)
    path = ("input", "groupId")
    async with transaction() as changed:
        group = await access.visible(Group, viewer).get_or_none(id=group_id)
        if group is None:
            raise access.not_found("group", path)
        await access.administer(viewer, group_id, path)
        _eligible(group, path)
        program = Program(
            group_id=group_id,
            template_key=template.key,
            title=title,
            description=description,
            weeks=template.weeks,
            starts_on=starts_on,
            rolling=rolling,
            step_opening=step_opening,
            created_at=now,
        )
        last_days.end_on(program, ends_on, group, now)
        await program.save()
        await _copy_steps(template, program)
        await log_change(changed, program, now, actor=viewer.id)
    return program


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


def programs_about(
    viewer: access.Viewer | None, *, topic: str | None, open_for_sign_up: bool | None
) -> QuerySet[Program]:
    """The programs that the viewer may see; by a topic of their groups, and by whether people may sign up now."""
    query = access.visible(Program, viewer)
    if topic is not None:
        query = query.filter(group_id__in=Subquery(groups.about(Group.all(), topic).values("id")))
    if open_for_sign_up is not None:
        eligible = Q(group__mentorship_withdrawn_at__isnull=True) & ~Q(group__focus=GroupFocus.OTHER)
        takes = _TAKES_SIGN_UPS & eligible
        query = query.filter(takes if open_for_sign_up else ~takes)
    return query


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
            _eligible(await Group.get(id=program.group_id), PATH)
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


def _template(key: str) -> ProgramTemplate:
    template = program_template(key)
    if template is None:
        known = ", ".join(template.key for template in program_templates())
        raise text.invalid(f"There is no such template. Choose one of {known}.", ("input", "templateKey"))
    return template


async def _copy_steps(template: ProgramTemplate, program: Program) -> None:
    copies = [
        ProgramStep(program_id=program.id, **{field: getattr(step, field) for field in STEP_TEXT_FIELDS})
        for step in template.steps
    ]
    if copies:
        await ProgramStep.bulk_create(copies)


def _eligible(group: Group, path: Sequence[str]) -> None:
    if reason := group.ineligible_because():
        raise Refused(ErrorCode.NOT_ELIGIBLE, reason, path)


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
