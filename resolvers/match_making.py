"""Making matches: one, or a whole proposal at once. Who may be paired says resolvers/pairing.py, asked under locks."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from tortoise.exceptions import IntegrityError

from models.base import violated
from models.enums import SignUpRole
from models.errors import ErrorCode, Refusals, Refused
from models.groups import Group, Membership
from models.matches import Match
from models.programs import Program
from models.sign_ups import SignUp
from pubsub.transaction import transaction
from resolvers import access, pairing, text
from resolvers.match_table import Pair, Table

MENTOR_PATH = ("input", "mentorSignUpId")
MENTEE_PATH = ("input", "menteeSignUpId")
PROGRAM_PATH = ("input", "programId")
PAIRS_PATH = ("input", "pairs")

MOST_PAIRS = 200
"""So many are made at once; as many as a proposal shows."""


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
    a sign-up is not waiting, a person has left or paused, or something keeps the two apart, CAPACITY_REACHED, CONFLICT
    when the mentee has an open match here, UNDERAGE.
    """
    viewer = access.signed_in(viewer)
    note = text.optional_text(note, ("input", "note"), longest=1_000, what="the note")
    pair = Pair(mentor_sign_up_id, mentee_sign_up_id)
    seen = await _seen(viewer, [pair])
    if (refused := _unlike(pair, seen)) is not None:
        raise refused
    (made,) = await _make(viewer, now, seen[mentor_sign_up_id].program_id, [pair], seen, note=note)
    if isinstance(made, Refused):
        raise made
    return made


async def create_matches(
    viewer: access.Viewer | None,
    now: datetime,
    *,
    program_id: UUID,
    pairs: Sequence[tuple[UUID | None, UUID | None]],
    all_or_nothing: bool,
) -> list[Match | Refused]:
    """Pair many of a program at once, as an admin of its group: all of them, or as many as may be paired now.

    What became of each pair, in their order; they are judged in this order too, so that of two for one place the first
    gets it. Raises Refused as `create_match` does where it is about the program, INVALID_INPUT for none or too many;
    and Refusals, where all are to be made or none and some cannot be.
    """
    viewer = access.signed_in(viewer)
    if not 1 <= len(pairs) <= MOST_PAIRS:
        raise text.invalid(f"Name 1 to {MOST_PAIRS} pairs; these are {len(pairs)}.", PAIRS_PATH)
    if not await access.visible(Program, viewer).filter(id=program_id).exists():
        raise access.not_found("program", PROGRAM_PATH)
    wanted = [Pair(*ids, (*PAIRS_PATH, str(number))) for number, ids in enumerate(pairs)]
    seen = await _seen(viewer, wanted)
    return await _make(viewer, now, program_id, wanted, seen, whole=all_or_nothing, path=PROGRAM_PATH)


async def _seen(viewer: access.Viewer, pairs: Sequence[Pair]) -> dict[UUID, SignUp]:
    """Those of the sign-ups that the viewer may see."""
    ids = [each for pair in pairs for each in pair.ids if each is not None]
    return {each.id: each for each in await access.visible(SignUp, viewer).filter(id__in=ids)}


def _unlike(pair: Pair, seen: dict[UUID, SignUp], program_id: UUID | None = None) -> Refused | None:
    """Why these are no mentor's and mentee's sign-up of one program, whoever and whenever it may be."""
    for sign_up_id, side in zip(pair.ids, ("mentorSignUpId", "menteeSignUpId"), strict=True):
        if sign_up_id is None or sign_up_id not in seen:
            return access.not_found("sign-up", pair.at(side))
    mentor, mentee = (seen[each] for each in pair.ids if each is not None)
    if mentor.role != SignUpRole.MENTOR:
        message = "This is the sign-up of a mentee. Name a mentor's sign-up here."
        return text.invalid(message, pair.at("mentorSignUpId"))
    if mentee.role != SignUpRole.MENTEE:
        message = "This is the sign-up of a mentor. Name a mentee's sign-up here."
        return text.invalid(message, pair.at("menteeSignUpId"))
    if mentor.program_id != mentee.program_id:
        return text.invalid("The two signed up for different programs.", pair.at("menteeSignUpId"))
    if program_id not in (None, mentor.program_id):
        return text.invalid("The two signed up for another program.", pair.at("mentorSignUpId"))
    return None


async def _make(
    viewer: access.Viewer,
    now: datetime,
    program_id: UUID,
    pairs: Sequence[Pair],
    seen: dict[UUID, SignUp],
    *,
    whole: bool = False,
    note: str | None = None,
    path: Sequence[str] = (),
) -> list[Match | Refused]:
    """Make the pairs that may be made, in one transaction that holds everybody first: what is true of them stays true.

    So none has to be undone, and nobody is told of what did not happen. `whole`: all of them or none.
    """
    here = [each for each in seen.values() if each.program_id == program_id]
    try:
        async with transaction() as changed:
            members = await _hold_memberships(viewer, program_id, [each.user_id for each in here], path)
            ids = [each.id for each in here]
            sign_ups = await SignUp.filter(id__in=ids).order_by("id").select_for_update(no_key=True)
            program = await Program.select_for_update(no_key=True).get(id=program_id)
            await _pairs_people(program, path)
            table = await Table.laid(changed, viewer, now, program, sign_ups, members)
            made = [_unlike(pair, seen, program_id) or await table.pair(pair, note) for pair in pairs]
            refused = [each for each in made if isinstance(each, Refused)]
            if refused and whole:
                raise Refusals(refused)
            await table.keep()
            return made
    except IntegrityError as error:
        if violated(error) != "one_open_match_a_mentee_and_program":
            raise
        raise Refused(ErrorCode.CONFLICT, pairing.HAS_A_MATCH, path) from error


async def _hold_memberships(
    viewer: access.Viewer, program_id: UUID, people: Sequence[UUID], path: Sequence[str]
) -> set[UUID]:
    """Who is a member, and stays one until the transaction ends: the admin, who has to be one, and these people."""
    group_id = (await Program.get(id=program_id)).group_id
    of_whom = [viewer.id, *people]
    held = await Membership.filter(group_id=group_id, user_id__in=of_whom).order_by("id").select_for_update(no_key=True)
    members = {membership.user_id: membership for membership in held}
    access.admin_of(members.get(viewer.id), path)
    return set(members)


async def _pairs_people(program: Program, path: Sequence[str]) -> None:
    if not program.takes_matches():
        message = (
            f"This program is {program.state}; people are paired while it is MATCHING, or RUNNING if it is rolling."
        )
        raise Refused(ErrorCode.ILLEGAL_TRANSITION, message, path)
    access.eligible(await Group.get(id=program.group_id), path)
