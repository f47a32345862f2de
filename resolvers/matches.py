"""Making a match, and its way from introduced to active."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from tortoise.exceptions import IntegrityError

from models.base import violated
from models.enums import (
    OPEN_MATCH,
    ActivityKind,
    MatchEndReason,
    MatchState,
    NotificationKind,
    SignUpRole,
    SignUpState,
    StepState,
)
from models.errors import ErrorCode, Refused
from models.groups import Group, Membership
from models.matches import BEGINNING, Match, StepProgress
from models.programs import STEP_TEXT_FIELDS, Program, ProgramStep
from models.sign_ups import SignUp
from models.users import User
from pubsub.streams import match_stream, program_stream, user_stream
from pubsub.transaction import Changed, transaction
from resolvers import access, endings, introductions, notifications, text

MENTOR_PATH = ("input", "mentorSignUpId")
MENTEE_PATH = ("input", "menteeSignUpId")


async def create_match(
    viewer: access.Viewer | None,
    now: datetime,
    *,
    mentor_sign_up_id: UUID,
    mentee_sign_up_id: UUID,
    note: str | None = None,
) -> Match:
    """Pair two sign-ups of one program, as an admin of its group who is neither of the two.

    Raises Refused: FORBIDDEN, ILLEGAL_TRANSITION or NOT_ELIGIBLE when the program pairs nobody now, NOT_AVAILABLE when
    a sign-up is not waiting or a person has left, CAPACITY_REACHED, CONFLICT when the mentee has an open match here,
    UNDERAGE.
    """
    viewer = access.signed_in(viewer)
    note = text.optional_text(note, ("input", "note"), longest=1_000, what="the note")
    mentor, mentee = (
        await _sign_up(viewer, mentor_sign_up_id, MENTOR_PATH),
        await _sign_up(viewer, mentee_sign_up_id, MENTEE_PATH),
    )
    _one_of_each(mentor, mentee)
    try:
        async with transaction() as changed:
            await _hold_memberships(viewer, mentor, mentee)
            mentor, mentee = await _lock_sign_ups(mentor.id, mentee.id)
            program = await Program.select_for_update(no_key=True).get(id=mentor.program_id)
            await _pairs_people(program)
            await _may_be_paired(mentor, mentee)
            return await _make(changed, viewer, now, program, mentor, mentee, note)
    except IntegrityError as error:
        if violated(error) != "one_open_match_a_mentee_and_program":
            raise
        message = "This mentee has an open match in this program already."
        raise Refused(ErrorCode.CONFLICT, message, MENTEE_PATH) from error


async def acknowledge_introduction(viewer: access.Viewer | None, now: datetime, *, match_id: UUID) -> Match:
    """Say that one has read the introduction. Once both have, the match is ACTIVE. Saying it again changes nothing."""
    viewer = access.signed_in(viewer)
    async with transaction() as changed:
        match = await access.take_match(changed, viewer, now, match_id, path=("input", "matchId"))
        mine = "mentor_acknowledged_at" if match.mentor_id == viewer.id else "mentee_acknowledged_at"
        if getattr(match, mine) is not None:
            match.activity_head = await changed.give_back(match_stream(match.id))
            return match
        setattr(match, mine, now)
        both = match.mentor_acknowledged_at is not None and match.mentee_acknowledged_at is not None
        if became_active := both and match.state == MatchState.INTRODUCED:
            match.begin(now)
        await match.save(update_fields=(*BEGINNING, mine))
        await _log_change(changed, match, viewer, now, became_active=became_active)
        if match.state == MatchState.INTRODUCED:
            kind = NotificationKind.INTRODUCTION_ACKNOWLEDGED
            await notifications.notify(changed, match.pair, kind, match.id, actor=viewer.id, at=now)
    return match


async def activate_by_writing(changed: Changed, match: Match, viewer: access.Viewer, now: datetime) -> None:
    """The first post, comment or message makes an introduced match ACTIVE. The match's row is locked."""
    if match.state == MatchState.INTRODUCED:
        match.begin(now)
        await match.save(update_fields=BEGINNING)
        await _log_change(changed, match, viewer, now, became_active=True)


async def _log_change(
    changed: Changed, match: Match, viewer: access.Viewer, now: datetime, *, became_active: bool
) -> None:
    """The two hear who did it; the admins only that the state has changed, and of nothing else (DESIGN.md, rule 12)."""
    await changed.log(match_stream(match.id), ActivityKind.MATCH_CHANGED, match.id, actor=viewer.id, at=now)
    for user_id in (match.mentor_id, match.mentee_id):
        changed.tell(user_stream(user_id), ActivityKind.MATCH_CHANGED, match.id, actor=viewer.id, at=now)
    if became_active:
        changed.tell(program_stream(match.program_id), ActivityKind.MATCH_CHANGED, match.id, actor=None, at=now)
        kind = NotificationKind.MATCH_ACTIVE
        await notifications.notify(changed, match.pair, kind, match.id, actor=viewer.id, at=now)


async def _sign_up(viewer: access.Viewer, sign_up_id: UUID, path: Sequence[str]) -> SignUp:
    found = await access.visible(SignUp, viewer).get_or_none(id=sign_up_id).prefetch_related("program")
    if found is None:
        raise access.not_found("sign-up", path)
    return found


def _one_of_each(mentor: SignUp, mentee: SignUp) -> None:
    if mentor.role != SignUpRole.MENTOR:
        raise text.invalid("This is the sign-up of a mentee. Name a mentor's sign-up here.", MENTOR_PATH)
    if mentee.role != SignUpRole.MENTEE:
        raise text.invalid("This is the sign-up of a mentor. Name a mentee's sign-up here.", MENTEE_PATH)
    if mentor.program_id != mentee.program_id:
        raise text.invalid("The two signed up for different programs.", MENTEE_PATH)
    if mentor.user_id == mentee.user_id:
        raise text.invalid("Mentor and mentee are two different people.", MENTEE_PATH)


async def _hold_memberships(viewer: access.Viewer, mentor: SignUp, mentee: SignUp) -> None:
    """The admin's right and both memberships, held until the transaction ends: nobody leaves meanwhile."""
    people = {viewer.id, mentor.user_id, mentee.user_id}
    group_id = mentor.program.group_id
    held = await Membership.filter(group_id=group_id, user_id__in=people).order_by("id").select_for_update(no_key=True)
    members = {membership.user_id: membership for membership in held}
    access.admin_of(members.get(viewer.id))
    if viewer.id in (mentor.user_id, mentee.user_id):
        message = "You are one of the two: another admin of the group has to make this match."
        raise Refused(ErrorCode.FORBIDDEN, message)
    for sign_up, path in ((mentor, MENTOR_PATH), (mentee, MENTEE_PATH)):
        if sign_up.user_id not in members:
            raise Refused(ErrorCode.NOT_AVAILABLE, "This person is not available: no member of the group now.", path)


async def _lock_sign_ups(mentor_id: UUID, mentee_id: UUID) -> tuple[SignUp, SignUp]:
    locked = await SignUp.filter(id__in=[mentor_id, mentee_id]).order_by("id").select_for_update(no_key=True)
    by_id = {sign_up.id: sign_up for sign_up in locked}
    return by_id[mentor_id], by_id[mentee_id]


async def _pairs_people(program: Program) -> None:
    if not program.takes_matches():
        message = (
            f"This program is {program.state}; people are paired while it is MATCHING, or RUNNING if it is rolling."
        )
        raise Refused(ErrorCode.ILLEGAL_TRANSITION, message)
    if reason := (await Group.get(id=program.group_id)).ineligible_because():
        raise Refused(ErrorCode.NOT_ELIGIBLE, reason)


async def _may_be_paired(mentor: SignUp, mentee: SignUp) -> None:
    # Counted in the program: matches of a sign-up withdrawn before this one take the mentor's places too.
    theirs = Match.filter(program_id=mentor.program_id, mentor_id=mentor.user_id, state__in=OPEN_MATCH)
    if (taken := await theirs.count()) >= mentor.capacity:
        message = f"This mentor has {taken} of {mentor.capacity} places taken. Choose another mentor."
        raise Refused(ErrorCode.CAPACITY_REACHED, message, MENTOR_PATH)
    # Looked up, not left to the constraint: its INSERT would wait for whoever is ending that match, who waits for us.
    paired = Match.filter(program_id=mentee.program_id, mentee_id=mentee.user_id, state__in=OPEN_MATCH)
    if await paired.exists():
        raise Refused(ErrorCode.CONFLICT, "This mentee has an open match in this program already.", MENTEE_PATH)
    unsafe = Match.filter(end_reason=MatchEndReason.SAFETY)
    if await unsafe.filter(mentor_id=mentor.user_id, mentee_id=mentee.user_id).exists() or (
        await unsafe.filter(mentor_id=mentee.user_id, mentee_id=mentor.user_id).exists()
    ):
        raise Refused(ErrorCode.NOT_AVAILABLE, "These two are not available for each other. Choose others.")
    for sign_up, path in ((mentor, MENTOR_PATH), (mentee, MENTEE_PATH)):
        if sign_up.state != SignUpState.WAITING:
            message = f"This sign-up is {sign_up.state}; it can be matched while it is WAITING."
            raise Refused(ErrorCode.NOT_AVAILABLE, message, path)


async def _make(
    changed: Changed,
    viewer: access.Viewer,
    now: datetime,
    program: Program,
    mentor: SignUp,
    mentee: SignUp,
    note: str | None,
) -> Match:
    people = {user.id: user for user in await User.filter(id__in=[mentor.user_id, mentee.user_id])}
    for sign_up, path in ((mentor, MENTOR_PATH), (mentee, MENTEE_PATH)):
        access.adult(people[sign_up.user_id], now, path)
        if people[sign_up.user_id].suspended_at is not None:
            raise Refused(ErrorCode.NOT_AVAILABLE, "This person is not available.", path)
    introduction = introductions.introduce(
        program, (people[mentor.user_id], mentor), (people[mentee.user_id], mentee), note
    )
    match = await Match.create(
        program_id=program.id,
        mentor_id=mentor.user_id,
        mentee_id=mentee.user_id,
        mentor_sign_up_id=mentor.id,
        mentee_sign_up_id=mentee.id,
        introduction=introduction.text,
        introduction_shared=introduction.shared,
        first_question=introduction.first_question,
        started_at=now,
    )
    await _copy_steps(program, match)
    for sign_up in (mentor, mentee):
        sign_up.open_matches += 1
        if sign_up.open_matches >= sign_up.capacity:
            sign_up.state = SignUpState.MATCHED
        await sign_up.save(update_fields=("open_matches", "state"))
        changed.tell(program_stream(program.id), ActivityKind.SIGN_UP_CHANGED, sign_up.id, actor=viewer.id, at=now)
    for stream in endings.listeners(match):
        changed.tell(stream, ActivityKind.MATCH_CHANGED, match.id, actor=viewer.id, at=now)
    await notifications.notify(changed, match.pair, NotificationKind.MATCHED, match.id, actor=viewer.id, at=now)
    return match


async def _copy_steps(program: Program, match: Match) -> None:
    """The pair's own copy: editing the program later never changes a pair under way. The first step is open at once."""
    steps = await ProgramStep.filter(program_id=program.id).order_by("position")
    copies = [
        StepProgress(
            match_id=match.id,
            state=StepState.OPEN if index == 0 else StepState.LOCKED,
            **{field: getattr(step, field) for field in STEP_TEXT_FIELDS},
        )
        for index, step in enumerate(steps)
    ]
    if copies:
        await StepProgress.bulk_create(copies)
