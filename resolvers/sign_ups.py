"""Signing up for a program as mentor or mentee, changing what one said, and withdrawing."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from tortoise.exceptions import IntegrityError

from models.base import violated
from models.enums import OPEN_SIGN_UP, PROGRAM_OVER, ActivityKind, SignUpRole, SignUpState
from models.errors import ErrorCode, Refused
from models.groups import Group, Membership
from models.programs import Program
from models.sign_ups import SignUp
from pubsub.streams import program_stream
from pubsub.transaction import transaction
from resolvers import access, freed_places, sign_up_answers
from resolvers.sign_up_answers import Answers

PATH = ("input", "signUpId")


async def sign_up(
    viewer: access.Viewer | None, now: datetime, *, program_id: UUID, role: SignUpRole, answers: Answers
) -> SignUp:
    """Offer or look for a mentorship in a program of a group that the viewer is a member of.

    Raises Refused: UNDERAGE, NOT_ELIGIBLE (not a member, or the group is not eligible), ILLEGAL_TRANSITION when the
    program takes no sign-ups now, CONFLICT when one for this role is open already, INVALID_INPUT, NOT_FOUND for whom
    the answers name.
    """
    viewer = access.signed_in(viewer)
    kept = sign_up_answers.checked(answers, role)
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
            await sign_up_answers.settle(viewer, now, program, SignUp(program_id=program.id, role=role), kept)
            made = await SignUp.create(
                program_id=program.id, user_id=viewer.id, role=role, waiting_since=now, created_at=now, **kept
            )
            changed.tell(program_stream(program.id), ActivityKind.SIGN_UP_CHANGED, made.id, actor=viewer.id, at=now)
            return made
    except IntegrityError as error:
        if violated(error) != "one_open_sign_up_a_role":
            raise
        message = f"You have an open sign-up as {role.lower()} in this program. Withdraw it before you sign up again."
        raise Refused(ErrorCode.CONFLICT, message, ("input", "role")) from error


async def update_sign_up(viewer: access.Viewer | None, now: datetime, *, sign_up_id: UUID, answers: Answers) -> SignUp:
    """Change answers of one's own open sign-up; it keeps its place in the queue, and its matches go on.

    Raises Refused: NOT_FOUND, UNDERAGE, ILLEGAL_TRANSITION once the sign-up or the program is over, INVALID_INPUT.
    """
    viewer = access.signed_in(viewer)
    access.adult(viewer.user, now)
    async with transaction() as changed:
        made = await _take_own(viewer, sign_up_id, "changed")
        program = await Program.select_for_update(no_key=True).get(id=made.program_id)
        if program.state in PROGRAM_OVER:
            message = f"This program is {program.state}: there is nothing left to sign up for."
            raise Refused(ErrorCode.ILLEGAL_TRANSITION, message, PATH)
        kept = sign_up_answers.checked(answers, made.role)
        await sign_up_answers.settle(viewer, now, program, made, kept)
        new = {name: value for name, value in kept.items() if value != getattr(made, name)}
        more_places = new.get("capacity", 0) > made.capacity
        made.update_from_dict(new).settle_state()
        await made.save(update_fields=[*new, "state"])
        # Nobody hears of what only the person sees: the silence of such a change is part of the secret.
        if new.keys() - sign_up_answers.PRIVATE:
            changed.tell(program_stream(program.id), ActivityKind.SIGN_UP_CHANGED, made.id, actor=viewer.id, at=now)
        if more_places:
            await freed_places.tell(changed, program, made, now, actor=viewer.id)
    return made


async def withdraw_sign_up(viewer: access.Viewer | None, now: datetime, *, sign_up_id: UUID) -> SignUp:
    """Take back one's own sign-up. A match that it led to goes on; no new one is made."""
    viewer = access.signed_in(viewer)
    async with transaction() as changed:
        made = await _take_own(viewer, sign_up_id, "withdrawn")
        # Before the row is written: a new sign-up of the same person holds the program and would wait for this row.
        await Program.select_for_update(no_key=True).get(id=made.program_id)
        made.state = SignUpState.WITHDRAWN
        await made.save(update_fields=("state",))
        changed.tell(program_stream(made.program_id), ActivityKind.SIGN_UP_CHANGED, made.id, actor=viewer.id, at=now)
    return made


async def _take_own(viewer: access.Viewer, sign_up_id: UUID, done: str) -> SignUp:
    """The viewer's own sign-up, locked, as long as it is open."""
    made = await SignUp.filter(user_id=viewer.id).select_for_update(no_key=True).get_or_none(id=sign_up_id)
    if made is None:
        raise access.not_found("sign-up", PATH)
    if made.state not in OPEN_SIGN_UP:
        message = f"This sign-up is {made.state}; it can be {done} while it is WAITING or MATCHED."
        raise Refused(ErrorCode.ILLEGAL_TRANSITION, message, PATH)
    return made


async def _member(viewer: access.Viewer, program: Program, path: Sequence[str]) -> None:
    """Holds the membership until the transaction ends, so that nobody signs up while he is being removed."""
    membership = await (
        Membership.filter(group_id=program.group_id, user_id=viewer.id).select_for_update(no_key=True).first()
    )
    if membership is None:
        raise Refused(ErrorCode.NOT_ELIGIBLE, "Join the group first: its programs are for its members.", path)
    access.eligible(await Group.get(id=program.group_id), path)


def _takes_sign_ups(program: Program, path: Sequence[str]) -> None:
    if program.takes_sign_ups():
        return
    message = (
        f"This program is {program.state}; people can sign up while it is SIGN_UP or MATCHING, "
        "or RUNNING if it is rolling."
    )
    if program.is_gathering():
        message = "Sign-up for this program has closed. Ask an admin of the group if it can be opened again."
    raise Refused(ErrorCode.ILLEGAL_TRANSITION, message, path)
