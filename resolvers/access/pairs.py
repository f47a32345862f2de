"""The doors to a pair's space: for reading, for writing, and for what is kept nowhere."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from models.enums import OPEN_MATCH, MatchState
from models.errors import ErrorCode, Refused
from models.matches import Match
from pubsub.streams import match_stream
from pubsub.transaction import Changed
from resolvers.access.scopes import readable_matches
from resolvers.access.viewers import Path, Viewer, adult, not_found

_ONE = "((mentor_id = {viewer} AND mentor_reads) OR (mentee_id = {viewer} AND mentee_reads))"
_ONE_OF_THE_TWO = _ONE.format(viewer="$2")

WRITES_ON = f"{_ONE.format(viewer='want.author')} AND state IN ('{MatchState.ACTIVE}', '{MatchState.PAUSED}')"
"""The guard of what is written in one statement (pubsub/append.py), `want.author` being who writes. What it does not
let through goes through `take_match`, which says why, and finds an INTRODUCED match to be made ACTIVE. Its author is of
age."""


def matches_to_read(viewer: Viewer) -> str:
    """As `readable_matches` for people of age, in SQL: the condition on a match, $2 being the viewer's id."""
    return f"({_ONE_OF_THE_TWO} AND {viewer.is_adult})"


def matches_to_search(viewer: Viewer) -> str:
    """Those whose words the viewer finds: as `matches_to_read`, without those with somebody whom he has blocked.

    Not the other way round: what the blocked person finds of the past is what he finds after any end.
    """
    blocked = "SELECT 1 FROM blocks WHERE blocker_id = $2 AND blocked_id IN (mentor_id, mentee_id)"
    return f"{matches_to_read(viewer)} AND NOT EXISTS ({blocked})"


async def take_match(
    changed: Changed,
    viewer: Viewer,
    now: datetime,
    match_id: UUID,
    *,
    path: Path,
    states: Sequence[MatchState] = OPEN_MATCH,
    minors_too: bool = False,
) -> Match:
    """Lock a pair's match for one of its two and take its stream's next number: the door to every act in a pair.

    Raises Refused: NOT_FOUND for anybody else, READ_ONLY after the end, ILLEGAL_TRANSITION in another state than
    `states`, UNDERAGE unless `minors_too`: nobody is kept from leaving.
    """
    guard = f"{_ONE_OF_THE_TWO} AND state = ANY($3::text[])"
    record = await changed.take(match_stream(match_id), guard, viewer.id, [state.value for state in states])
    if record is None:
        raise await _why_not(viewer, match_id, states, path)
    if not minors_too:
        adult(viewer.user, now)
    return Match.from_record(record)


async def hold_space(changed: Changed, viewer: Viewer, now: datetime, match_id: UUID, *, path: Path) -> Match:
    """Lock a pair's match for one of its two and take no number: for what is his own to keep, also after the end.

    Raises Refused: NOT_FOUND for anybody else, UNDERAGE.
    """
    statement = f"SELECT * FROM matches WHERE id = $1 AND {_ONE_OF_THE_TWO} FOR NO KEY UPDATE"
    rows = await changed.sql(statement, match_id, viewer.id)
    if not rows:
        raise not_found("match", path)
    adult(viewer.user, now)
    return Match.from_record(rows[0])


async def open_space(viewer: Viewer, now: datetime, match_id: UUID, *, path: Path) -> Match:
    """A pair's match that is open, for one of its two, without a lock: for what is kept nowhere.

    Raises Refused: NOT_FOUND for anybody else, READ_ONLY after the end, UNDERAGE.
    """
    match = await Match.filter(readable_matches(viewer)).get_or_none(id=match_id)
    if match is None or not match.is_open():
        raise await _why_not(viewer, match_id, OPEN_MATCH, path)
    adult(viewer.user, now)
    return match


async def _why_not(viewer: Viewer, match_id: UUID, states: Sequence[MatchState], path: Path) -> Refused:
    match = await Match.filter(readable_matches(viewer)).get_or_none(id=match_id)
    if match is None:
        return not_found("match", path)
    if not match.is_open():
        return Refused(ErrorCode.READ_ONLY, "This match has ended: its space can be read, but not changed.", path)
    allowed = ", ".join(states)
    return Refused(ErrorCode.ILLEGAL_TRANSITION, f"The match is {match.state}; this is possible while {allowed}.", path)
