"""Who may be paired with whom: asked in this one place by every proposal, and again by whoever makes a match."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from tortoise.connection import get_connection

from models.enums import OPEN_MATCH, LeftOver, MatchEndReason, SignUpRole, SignUpState
from models.errors import ErrorCode
from models.users import ADULT, age_on

MOST_CONSIDERED = 2_000
"""So many sign-ups of each role and state are considered at once, those that wait longest."""

HAS_A_MATCH = "This mentee has an open match in this program already."

Apart = frozenset[tuple[UUID, UUID]]
"""People who may not be paired, two by two, the lower id first. Why is secret, and not kept here."""


class Obstacle(NamedTuple):
    """What keeps somebody from being paired: as a refusal for an admin, and as a reason to be left over."""

    code: ErrorCode
    message: str
    left_over: LeftOver


@dataclass(frozen=True, slots=True)
class Candidate:
    """An open sign-up, with all that decides whether it may be paired and how well it fits.

    `taken`: how many open matches the person has in the program in this role, also those of an earlier sign-up.
    """

    id: UUID
    program_id: UUID
    user_id: UUID
    name: str
    role: SignUpRole
    state: SignUpState
    waiting_since: datetime
    capacity: int
    taken: int
    is_member: bool
    is_suspended: bool
    is_adult: bool
    paused_until: date | None
    time_zone: str
    topics: Sequence[str] = ()
    goals: str = ""
    experience: str | None = None
    languages: Sequence[str] = ()
    availability: Sequence[str] = ()
    wishes: Sequence[UUID] = ()
    avoids: Sequence[UUID] = ()

    @property
    def free(self) -> int:
        """How many more matches it takes."""
        return max(self.capacity - self.taken, 0)


@dataclass(frozen=True, slots=True)
class Pool:
    """Candidates of one program, in the order in which they wait, who of them is kept apart, and how many wait."""

    candidates: Sequence[Candidate] = ()
    apart: Apart = frozenset()
    waiting: dict[SignUpRole, int] = field(default_factory=dict)


def alone(person: Candidate, now: datetime) -> Obstacle | None:
    """What keeps this person from being paired with anybody at all."""
    if not person.is_member:
        message = "This person is not available: no member of the group now."
        return Obstacle(ErrorCode.NOT_AVAILABLE, message, LeftOver.NOT_AVAILABLE)
    if not person.free:
        return _full(person)
    if person.state != SignUpState.WAITING:
        message = f"This sign-up is {person.state}; it can be matched while it is WAITING."
        return Obstacle(ErrorCode.NOT_AVAILABLE, message, LeftOver.NOT_AVAILABLE)
    if is_paused(person, now):
        message = f"This person is not available before {day(person.paused_until)}. Choose another, or wait until then."
        return Obstacle(ErrorCode.NOT_AVAILABLE, message, LeftOver.PAUSED)
    if not person.is_adult:
        message = "Mentorship programs are for people of 18 and older."
        return Obstacle(ErrorCode.UNDERAGE, message, LeftOver.NOT_AVAILABLE)
    if person.is_suspended:
        return Obstacle(ErrorCode.NOT_AVAILABLE, "This person is not available.", LeftOver.NOT_AVAILABLE)
    return None


def between(one: Candidate, other: Candidate, apart: Apart) -> Obstacle | None:
    """What keeps these two apart. All that is secret is told in the same words."""
    if one.user_id == other.user_id:
        message = "Mentor and mentee are two different people."
        return Obstacle(ErrorCode.INVALID_INPUT, message, LeftOver.NOBODY_AVAILABLE)
    if pair_of(one.user_id, other.user_id) in apart:
        message = "These two are not available for each other. Choose others."
        return Obstacle(ErrorCode.NOT_AVAILABLE, message, LeftOver.NOBODY_AVAILABLE)
    return None


def barred(some: Sequence[Candidate], others: Sequence[Candidate], apart: Apart) -> Iterator[tuple[int, int]]:
    """The places in the two lists of any two whom `between` keeps apart: the same for very many at once."""
    by_user: dict[UUID, list[int]] = defaultdict(list)
    for place, each in enumerate(others):
        by_user[each.user_id].append(place)
    from_whom: dict[UUID, set[UUID]] = defaultdict(set)
    for low, high in apart:
        from_whom[low].add(high)
        from_whom[high].add(low)
    for place, each in enumerate(some):
        for user_id in {each.user_id} | from_whom.get(each.user_id, set()):
            yield from ((place, other) for other in by_user.get(user_id, ()))


def is_paused(person: Candidate, now: datetime) -> bool:
    """Whether the day until which the person paused is still to come where he is."""
    return person.paused_until is not None and now.astimezone(ZoneInfo(person.time_zone)).date() < person.paused_until


def pair_of(one: UUID, other: UUID) -> tuple[UUID, UUID]:
    """Two people in the order of their ids."""
    return (one, other) if one < other else (other, one)


def day(of: date | None) -> str:
    """A day as people write it, such as 1 December 2026."""
    return "" if of is None else f"{of.day} {of:%B %Y}"


def _full(person: Candidate) -> Obstacle:
    if person.role == SignUpRole.MENTOR:
        message = f"This mentor has {person.taken} of {person.capacity} places taken. Choose another mentor."
        return Obstacle(ErrorCode.CAPACITY_REACHED, message, LeftOver.NO_FREE_PLACE)
    return Obstacle(ErrorCode.CONFLICT, HAS_A_MATCH, LeftOver.NO_FREE_PLACE)


# ------------------------------------------------------------------------------------------------------------ reading

_OPEN = ", ".join(f"'{state}'" for state in OPEN_MATCH)
_TAKEN = f"""(
        SELECT count(*) FROM matches
        WHERE matches.{{}}_id = s.user_id AND matches.program_id = s.program_id AND matches.state IN ({_OPEN})
    )"""

_CANDIDATES = f"""
SELECT s.id, s.program_id, s.user_id, s.role, s.state, s.waiting_since, s.capacity, s.paused_until, s.time_zone,
    s.topics, s.languages, s.availability, s.avoid_user_ids AS avoids, s.waiting, {{more}},
    users.name, users.birth_date, users.time_zone AS home, users.suspended_at IS NOT NULL AS is_suspended,
    EXISTS (
        SELECT 1 FROM memberships WHERE memberships.group_id = programs.group_id AND memberships.user_id = s.user_id
    ) AS is_member,
    CASE WHEN s.role = '{SignUpRole.MENTOR}' THEN {_TAKEN.format("mentor")} ELSE {_TAKEN.format("mentee")} END AS taken
FROM ({{sign_ups}}) AS s JOIN users ON users.id = s.user_id JOIN programs ON programs.id = s.program_id
ORDER BY s.waiting_since, s.id
"""

_OF_PROGRAMS = f"""
SELECT * FROM (
    SELECT *, count(*) OVER sort AS waiting, row_number() OVER (sort ORDER BY waiting_since, id) AS place FROM sign_ups
    WHERE program_id = ANY($1::uuid[]) AND state IN ('{SignUpState.WAITING}', '{SignUpState.MATCHED}')
    WINDOW sort AS (PARTITION BY program_id, role, state)
) AS queue WHERE place <= $2
"""

_MORE = "s.goals, s.experience, s.wished_sign_up_ids AS wishes"
_NO_MORE = "'' AS goals, NULL AS experience, ARRAY[]::uuid[] AS wishes"

_OF_SIGN_UPS = "SELECT *, 0 AS waiting FROM sign_ups WHERE id = ANY($1::uuid[])"

# What keeps two people apart, each source a SELECT: where (a program, or NULL for everywhere), and the two. A new one
# joins here, and nowhere else. Avoid lists come with the sign-ups themselves. A match that a block ended is SAFETY.
_APART = f"""
SELECT program_id, user_low_id AS one, user_high_id AS other FROM kept_apart
WHERE program_id = ANY($1::uuid[]) AND user_low_id = ANY($2::uuid[]) AND user_high_id = ANY($2::uuid[])
UNION ALL
SELECT NULL, mentor_id, mentee_id FROM matches
WHERE end_reason = '{MatchEndReason.SAFETY}' AND mentor_id = ANY($2::uuid[]) AND mentee_id = ANY($2::uuid[])
UNION ALL
SELECT NULL, blocker_id, blocked_id FROM blocks
WHERE blocker_id = ANY($2::uuid[]) AND blocked_id = ANY($2::uuid[])
"""


async def of_programs(program_ids: Iterable[UUID], now: datetime, *, score: bool = True) -> dict[UUID, Pool]:
    """The open sign-ups of each of these programs, in two statements; with what only a score is made of if one is."""
    found = await _read(_OF_PROGRAMS, _MORE if score else _NO_MORE, list(program_ids), MOST_CONSIDERED)
    waiting: dict[UUID, dict[SignUpRole, int]] = defaultdict(dict)
    for record in found:
        if record["state"] == SignUpState.WAITING:
            waiting[record["program_id"]][SignUpRole(record["role"])] = record["waiting"]
    pools = await _pools(found, now)
    return {program_id: Pool(pool.candidates, pool.apart, waiting[program_id]) for program_id, pool in pools.items()}


async def of_sign_ups(ids: Iterable[UUID], now: datetime) -> dict[UUID, Pool]:
    """These sign-ups, open or not, by program: for whoever holds them locked."""
    return await _pools(await _read(_OF_SIGN_UPS, _NO_MORE, list(ids)), now)


async def _read(sign_ups: str, more: str, *values: Any) -> Sequence[Any]:
    statement = _CANDIDATES.format(sign_ups=sign_ups, more=more)
    _, records = await get_connection("default").execute_query(statement, list(values))
    return records


async def _pools(records: Sequence[Any], now: datetime) -> dict[UUID, Pool]:
    by_program: dict[UUID, list[Candidate]] = defaultdict(list)
    for record in records:
        by_program[record["program_id"]].append(_candidate(record, now))
    people = list({record["user_id"] for record in records})
    _, kept = await get_connection("default").execute_query(_APART, [list(by_program), people])
    return {
        program_id: Pool(candidates, _apart(candidates, kept, program_id))
        for program_id, candidates in by_program.items()
    }


def _candidate(record: Any, now: datetime) -> Candidate:
    values = {name: value for name, value in record.items() if name in Candidate.__slots__}
    today = now.astimezone(ZoneInfo(record["home"])).date()
    return Candidate(
        **values
        | {
            "role": SignUpRole(record["role"]),
            "state": SignUpState(record["state"]),
            "is_adult": age_on(record["birth_date"], today) >= ADULT,
        }
    )


def _apart(candidates: Sequence[Candidate], kept: Sequence[Any], program_id: UUID) -> Apart:
    avoided = {pair_of(each.user_id, avoided) for each in candidates for avoided in each.avoids}
    return frozenset(
        avoided | {pair_of(row["one"], row["other"]) for row in kept if row["program_id"] in (None, program_id)}
    )
