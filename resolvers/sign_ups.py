"""Signing up for a program as mentor or mentee, and withdrawing."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from tortoise.exceptions import IntegrityError

from models.base import violated
from models.enums import OPEN_SIGN_UP, ActivityKind, SignUpRole, SignUpState
from models.errors import ErrorCode, Refused
from models.groups import Group, Membership
from models.programs import Program
from models.sign_ups import MAX_CAPACITY, SignUp
from pubsub.streams import program_stream
from pubsub.transaction import transaction
from resolvers import access, text


async def sign_up(
    viewer: access.Viewer | None,
    now: datetime,
    *,
    program_id: UUID,
    role: SignUpRole,
    topics: Sequence[str],
    goals: str,
    experience: str | None,
    languages: Sequence[str],
    time_zone: str,
    capacity: int,
) -> SignUp:
    """Offer or look for a mentorship in a program of a group that the viewer is a member of.

    Raises Refused: UNDERAGE, NOT_ELIGIBLE (not a member, or the group is not eligible), ILLEGAL_TRANSITION when the
    program takes no sign-ups now, CONFLICT when one for this role is open already, INVALID_INPUT.
    """
    viewer = access.signed_in(viewer)
    answers = {
        "topics": text.lines(topics, ("input", "topics"), most=10, longest=60, what="a topic"),
        "goals": text.text(goals, ("input", "goals"), longest=2_000, what="your goals"),
        "experience": text.optional_text(experience, ("input", "experience"), longest=2_000, what="your experience"),
        "languages": _languages(languages),
        "time_zone": text.time_zone(time_zone, ("input", "timeZone")),
        "capacity": _capacity(role, capacity),
    }
    path = ("input", "programId")
    if not await access.visible(Program, viewer).filter(id=program_id).exists():
        raise access.not_found("program", path)
    access.adult(viewer.user, now)
    try:
        async with transaction() as changed:
            program = await Program.get(id=program_id)
            await _member(viewer, program, path)
            program = await Program.select_for_update(no_key=True).get(id=program_id)
            _takes_sign_ups(program, path)
            made = await SignUp.create(
                program_id=program.id, user_id=viewer.id, role=role, waiting_since=now, created_at=now, **answers
            )
            changed.tell(program_stream(program.id), ActivityKind.SIGN_UP_CHANGED, made.id, actor=viewer.id, at=now)
            return made
    except IntegrityError as error:
        if violated(error) != "one_open_sign_up_a_role":
            raise
        message = f"You have an open sign-up as {role.lower()} in this program. Withdraw it before you sign up again."
        raise Refused(ErrorCode.CONFLICT, message, ("input", "role")) from error


async def withdraw_sign_up(viewer: access.Viewer | None, now: datetime, *, sign_up_id: UUID) -> SignUp:
    """Take back one's own sign-up. A match that it led to goes on; no new one is made."""
    viewer = access.signed_in(viewer)
    path = ("input", "signUpId")
    async with transaction() as changed:
        made = await SignUp.filter(user_id=viewer.id).select_for_update(no_key=True).get_or_none(id=sign_up_id)
        if made is None:
            raise access.not_found("sign-up", path)
        if made.state not in OPEN_SIGN_UP:
            message = f"This sign-up is {made.state}; it can be withdrawn while it is WAITING or MATCHED."
            raise Refused(ErrorCode.ILLEGAL_TRANSITION, message, path)
        # Before the row is written: a new sign-up of the same person holds the program and would wait for this row.
        await Program.select_for_update(no_key=True).get(id=made.program_id)
        made.state = SignUpState.WITHDRAWN
        await made.save(update_fields=("state",))
        changed.tell(program_stream(made.program_id), ActivityKind.SIGN_UP_CHANGED, made.id, actor=viewer.id, at=now)
    return made


async def _member(viewer: access.Viewer, program: Program, path: Sequence[str]) -> None:
    """Holds the membership until the transaction ends, so that nobody signs up while he is being removed."""
    membership = await (
        Membership.filter(group_id=program.group_id, user_id=viewer.id).select_for_update(no_key=True).first()
    )
    if membership is None:
        raise Refused(ErrorCode.NOT_ELIGIBLE, "Join the group first: its programs are for its members.", path)
    if reason := (await Group.get(id=program.group_id)).ineligible_because():
        raise Refused(ErrorCode.NOT_ELIGIBLE, reason, path)


def _takes_sign_ups(program: Program, path: Sequence[str]) -> None:
    if not program.takes_sign_ups():
        message = (
            f"This program is {program.state}; people can sign up while it is SIGN_UP or MATCHING, "
            "or RUNNING if it is rolling."
        )
        raise Refused(ErrorCode.ILLEGAL_TRANSITION, message, path)


def _languages(values: Sequence[str]) -> list[str]:
    path = ("input", "languages")
    if not 1 <= len(values) <= 10:
        raise text.invalid("Name 1 to 10 languages that you speak.", path)
    return list(dict.fromkeys(text.language(value, (*path, str(index))) for index, value in enumerate(values)))


def _capacity(role: SignUpRole, capacity: int) -> int:
    path = ("input", "capacity")
    if role == SignUpRole.MENTEE and capacity != 1:
        raise text.invalid("A mentee has one mentor: leave the capacity out, or say 1.", path)
    if not 1 <= capacity <= MAX_CAPACITY:
        raise text.invalid(f"A mentor takes 1 to {MAX_CAPACITY} mentees.", path)
    return capacity
