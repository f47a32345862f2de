"""Ending matches: by one of the two, by leaving or removal, with the whole program, or for want of an answer."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from tortoise.expressions import Q

from models.base import ids_of
from models.enums import (
    OPEN_MATCH,
    OPEN_SIGN_UP,
    PROGRAM_OVER,
    ActivityKind,
    MatchEndReason,
    MatchState,
    NotificationKind,
    SignUpState,
)
from models.matches import Match
from models.programs import Program
from models.sign_ups import KeptApart, SignUp
from pubsub.streams import Stream, match_stream, program_stream, user_stream
from pubsub.transaction import Changed, transaction
from resolvers import access, freed_places, notifications, text


def listeners(match: Match) -> tuple[Stream, Stream, Stream]:
    """The streams besides its own that hear of a match's changes: the program's, and those of the two."""
    return program_stream(match.program_id), user_stream(match.mentor_id), user_stream(match.mentee_id)


async def end_match(
    viewer: access.Viewer | None,
    now: datetime,
    *,
    match_id: UUID,
    reason: MatchEndReason,
    feedback: str | None = None,
    back_to_queue: bool = True,
) -> Match:
    """End one's match for both. Reason and feedback stay private; the viewer's sign-up goes back to its place in the
    queue, or is withdrawn. The other one's goes back, and its owner may withdraw it.
    """
    viewer = access.signed_in(viewer)
    feedback = text.optional_text(feedback, ("input", "feedback"), longest=2_000, what="the feedback")
    async with transaction() as changed:
        match = await access.take_match(changed, viewer, now, match_id, path=("input", "matchId"), minors_too=True)
        match.ended_by_id, match.end_reason, match.end_feedback = viewer.id, reason, feedback
        if reason == MatchEndReason.NOT_A_GOOD_FIT:
            await KeptApart.keep(match.program_id, *match.pair, now)
        withdrawn = set() if back_to_queue else {viewer.id}
        await end(changed, [match], now, actor=viewer.id, withdrawn=withdrawn)
    return match


_NOTIFIED = {
    MatchState.ENDED: NotificationKind.MATCH_ENDED,
    MatchState.EXPIRED: NotificationKind.MATCH_EXPIRED,
    MatchState.COMPLETED: NotificationKind.MATCH_COMPLETED,
}
"""What the two are notified of: the same words for every end but the one for want of an answer, and the agreed one."""

TOLD_OF_THE_END = tuple(_NOTIFIED.values())
"""The notifications by which people learn that a match is over."""


async def take_open_matches(changed: Changed, which: Q) -> list[Match]:
    """Lock all open matches that fit, by id, each with its stream's next number. More may be made meanwhile, unless a
    lock taken before keeps them from it."""
    ids = await ids_of(Match.filter(which, state__in=OPEN_MATCH).order_by("id"))
    open_states = [state.value for state in OPEN_MATCH]
    records = [await changed.take(match_stream(match_id), "state = ANY($2::text[])", open_states) for match_id in ids]
    return [Match.from_record(record) for record in records if record is not None]


async def end(
    changed: Changed,
    matches: Sequence[Match],
    now: datetime,
    *,
    actor: UUID | None,
    withdrawn: set[UUID],
    cut: UUID | None = None,
    state: MatchState = MatchState.ENDED,
) -> None:
    """End locked matches, each with the last number of its stream, said by nobody (DESIGN.md section 2).

    `actor`: who does it and needs no notification; nobody is told. `withdrawn`: the people whose sign-ups do not go
    back to the queue. `cut`: the person who may not read the spaces any more, as after a removal. `state`: the one that
    they end in, none of OPEN_MATCH.
    """
    sign_up_ids = {sign_up_id for match in matches for sign_up_id in (match.mentor_sign_up_id, match.mentee_sign_up_id)}
    locked = await SignUp.filter(id__in=sign_up_ids).order_by("id").select_for_update(no_key=True)
    program_ids = {match.program_id for match in matches}
    programs = await Program.filter(id__in=program_ids).order_by("id").select_for_update(no_key=True)
    by_id = {program.id: program for program in programs}
    over = {program.id for program in programs if program.state in PROGRAM_OVER}
    sign_ups = {sign_up.id: sign_up for sign_up in locked}
    for match in matches:
        for sign_up in (sign_ups[match.mentor_sign_up_id], sign_ups[match.mentee_sign_up_id]):
            _free_a_place(sign_up, withdraw=sign_up.user_id in withdrawn, over=sign_up.program_id in over)
        await _close(changed, match, now, cut, state)
        await notifications.notify(changed, match.pair, _NOTIFIED[state], match.id, actor=actor, at=now)
    for sign_up in locked:
        await sign_up.save(update_fields=("open_matches", "state"))
        stream = program_stream(sign_up.program_id)
        changed.tell(stream, ActivityKind.SIGN_UP_CHANGED, sign_up.id, actor=None, at=now)
    for sign_up in locked:
        parted = {match.mentee_sign_up_id for match in matches if match.mentor_sign_up_id == sign_up.id}
        await freed_places.tell(changed, by_id[sign_up.program_id], sign_up, now, actor=None, parted=parted)


def _free_a_place(sign_up: SignUp, *, withdraw: bool, over: bool) -> None:
    sign_up.open_matches -= 1
    if sign_up.state not in OPEN_SIGN_UP:
        return
    if withdraw:
        sign_up.state = SignUpState.WITHDRAWN
    elif over and sign_up.open_matches == 0:
        sign_up.state = SignUpState.EXPIRED
    elif not over and sign_up.open_matches < sign_up.capacity:
        sign_up.state = SignUpState.WAITING


async def _close(changed: Changed, match: Match, now: datetime, cut: UUID | None, state: MatchState) -> None:
    match.state, match.ended_at = state, now
    match.mentor_reads = match.mentor_reads and match.mentor_id != cut
    match.mentee_reads = match.mentee_reads and match.mentee_id != cut
    await match.save(
        update_fields=(
            "state", "ended_at", "ended_by_id", "end_reason", "end_feedback", "mentor_reads", "mentee_reads"
        )
    )  # fmt: skip
    await changed.log(match_stream(match.id), ActivityKind.MATCH_CHANGED, match.id, actor=None, at=now)
    for stream in listeners(match):
        changed.tell(stream, ActivityKind.MATCH_CHANGED, match.id, actor=None, at=now)
