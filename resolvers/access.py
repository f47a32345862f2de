"""Who may do what. Every right in this product is decided here: read rights as query scopes, write rights as guards."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, TypeVar, cast
from uuid import UUID

from tortoise.expressions import Q, RawSQL, Subquery
from tortoise.queryset import QuerySet

from models.base import Row
from models.blocks import Block
from models.check_ins import CheckIn
from models.deletions import AccountDeletion
from models.enums import OPEN_MATCH, GroupRole, MatchState, ProgramState, StreamKind
from models.errors import ErrorCode, Refused
from models.exports import DataExport
from models.groups import Group, Membership
from models.matches import Match, StepProgress
from models.messages import Message
from models.notifications import Notification
from models.posts import Comment, Post
from models.programs import Program, ProgramStep
from models.reports import Report, ReportItem
from models.sign_ups import ShownSignUp, SignUp
from models.users import Sharing, User
from pubsub.streams import Scope, Stream, match_stream
from pubsub.transaction import Changed
from resolvers.reads import Fact, Guard

R = TypeVar("R", bound=Row)
Path = Sequence[str]


@dataclass(frozen=True, slots=True)
class Viewer:
    """The person who asks, signed in by a session that was good when the operation began, and how old he was then."""

    user: User
    session_id: UUID
    is_adult: bool

    @property
    def id(self) -> UUID:
        """The person's id."""
        return self.user.id


def signed_in(viewer: Viewer | None) -> Viewer:
    """The viewer, or Refused UNAUTHENTICATED when nobody is signed in."""
    if viewer is None:
        raise Refused(ErrorCode.UNAUTHENTICATED, "Log in first, and send the access token with the request.")
    return viewer


def verified(viewer: Viewer | None, *, wanted: bool) -> None:
    """Where it is `wanted`, refuses people whose e-mail address nobody has verified. Nobody is refused elsewhere."""
    if wanted and viewer is not None and viewer.user.email_verified_at is None:
        message = (
            "Verify your e-mail address first: open the link in the e-mail that was sent to you, or ask for "
            "another with requestEmailVerification."
        )
        raise Refused(ErrorCode.EMAIL_NOT_VERIFIED, message)


def unseen(user: User, now: datetime) -> Viewer:
    """The person as one who reads without having signed in: for deciding what may be sent to him."""
    return Viewer(user, UUID(int=0), user.is_adult(now))


def adult(user: User, now: datetime, path: Path = ()) -> None:
    """Refuses people under 18 by the calendar of their own time zone (DESIGN.md, rule 3)."""
    if not user.is_adult(now):
        raise Refused(ErrorCode.UNDERAGE, "Mentorship programs are for people of 18 and older.", path)


def not_found(noun: str, path: Path = ()) -> Refused:
    """The one answer to an id that is absent, malformed, of another type or somebody else's (DESIGN.md, rule 2)."""
    return Refused(ErrorCode.NOT_FOUND, f"There is no such {noun}, or it is not yours to see. Check the id.", path)


# ---------------------------------------------------------------------------------------------------- reading: scopes


def readable_matches(viewer: Viewer) -> Q:
    """Matches whose space the viewer may read: he is one of the two, and his right was not cut."""
    return Q(mentor_id=viewer.id, mentor_reads=True) | Q(mentee_id=viewer.id, mentee_reads=True)


def _groups_of(viewer: Viewer, **more: Any) -> Subquery:
    return Subquery(Membership.filter(user_id=viewer.id, **more).values("group_id"))


def groups_of(viewer: Viewer) -> QuerySet[Group]:
    """The groups that the viewer is a member of."""
    return Group.filter(id__in=_groups_of(viewer))


def _groups_administered(viewer: Viewer) -> Subquery:
    return _groups_of(viewer, role=GroupRole.ADMIN)


def _users(viewer: Viewer) -> Q:
    together = Membership.filter(group_id__in=_groups_of(viewer)).values("user_id")
    mentors = Match.filter(mentee_id=viewer.id, mentee_reads=True).values("mentor_id")
    mentees = Match.filter(mentor_id=viewer.id, mentor_reads=True).values("mentee_id")
    return Q(id=viewer.id) | Q(id__in=Subquery(together)) | Q(id__in=Subquery(mentors)) | Q(id__in=Subquery(mentees))


def _programs(viewer: Viewer) -> Q:
    drafts_apart = Q(group_id__in=_groups_of(viewer)) & ~Q(state=ProgramState.DRAFT)
    mine = Subquery(Match.filter(readable_matches(viewer)).values("program_id"))
    return drafts_apart | Q(group_id__in=_groups_administered(viewer)) | Q(id__in=mine)


def _program_steps(viewer: Viewer) -> Q:
    return Q(program_id__in=Subquery(Program.filter(_programs(viewer)).values("id")))


def _sign_ups(viewer: Viewer) -> Q:
    administered = Program.filter(group_id__in=_groups_administered(viewer)).values("id")
    seen = Program.filter(_programs(viewer)).values("id")
    return Q(user_id=viewer.id, program_id__in=Subquery(seen)) | Q(program_id__in=Subquery(administered))


_FORMING = (ProgramState.SIGN_UP, ProgramState.MATCHING)


def _shown_sign_ups(viewer: Viewer) -> Q:
    """Those of others who agreed to be shown: for members of age, as long as pairs are to be made, and nobody with a
    block between them."""
    if not viewer.is_adult:
        return Q(id__in=[])
    gathering = Q(state__in=_FORMING) | Q(state=ProgramState.RUNNING, rolling=True)
    programs = Program.filter(gathering, group_id__in=_groups_of(viewer)).values("id")
    mine = Block.filter(blocker_id=viewer.id).values("blocked_id")
    theirs = Block.filter(blocked_id=viewer.id).values("blocker_id")
    kept_from = Q(user_id=viewer.id) | Q(user_id__in=Subquery(mine)) | Q(user_id__in=Subquery(theirs))
    return Q(program_id__in=Subquery(programs)) & ~kept_from


def _matches(viewer: Viewer) -> Q:
    administered = Program.filter(group_id__in=_groups_administered(viewer)).values("id")
    return readable_matches(viewer) | Q(program_id__in=Subquery(administered))


def _of_the_pair(viewer: Viewer) -> Q:
    if not viewer.is_adult:
        return Q(id__in=[])
    return Q(match_id__in=Subquery(Match.filter(readable_matches(viewer)).values("id")))


def _of_no_part(viewer: Viewer) -> Q:
    """Reports that are neither by nor about the viewer, and disclose nothing of a pair that he is in."""
    mine = Match.filter(Q(mentor_id=viewer.id) | Q(mentee_id=viewer.id)).values("id")
    disclosed = ReportItem.filter(match_id__in=Subquery(mine)).values("report_id")
    return ~Q(reporter_id=viewer.id) & ~Q(reported_id=viewer.id) & ~Q(id__in=Subquery(disclosed))


def _moderated(viewer: Viewer) -> Q:
    is_moderator = Subquery(User.filter(id=viewer.id).values("is_moderator"))
    return _of_no_part(viewer) & Q(for_moderators=True) & Q(for_moderators=is_moderator)


def _reports(viewer: Viewer) -> Q:
    administered = _of_no_part(viewer) & Q(for_admins=True, group_id__in=_groups_administered(viewer))
    return Q(reporter_id=viewer.id) | administered | _moderated(viewer)


def _report_items(viewer: Viewer) -> Q:
    return Q(report_id__in=Subquery(Report.filter(_reports(viewer)).values("id")))


def reports_to_moderate(viewer: Viewer) -> QuerySet[Report]:
    """The reports that this moderator may review as one; none for anybody else."""
    return Report.filter(_moderated(viewer))


_SCOPES: dict[type[Row], Callable[[Viewer], Q]] = {
    User: _users,
    Membership: lambda viewer: Q(group_id__in=_groups_of(viewer)),
    Program: _programs,
    ProgramStep: _program_steps,
    SignUp: _sign_ups,
    ShownSignUp: _shown_sign_ups,
    Match: _matches,
    StepProgress: _of_the_pair,
    Post: _of_the_pair,
    Comment: _of_the_pair,
    Notification: lambda viewer: Q(user_id=viewer.id),
    DataExport: lambda viewer: Q(user_id=viewer.id),
    Message: _of_the_pair,
    CheckIn: _of_the_pair,
    Block: lambda viewer: Q(blocker_id=viewer.id),
    Report: _reports,
    ReportItem: _report_items,
}


def visible(model: type[R], viewer: Viewer | None) -> QuerySet[R]:
    """All rows of a model that the viewer may see. Groups are for anybody (rule 13), all else for who is signed in."""
    if model is Group:
        return model.all()
    if viewer is None:
        return model.filter(id__in=[])
    return model.filter(_SCOPES[model](viewer))


def spaces_of(viewer: Viewer) -> QuerySet[Match]:
    """The matches whose space the viewer may enter, ended ones too: one of the two, not cut off, and of age."""
    return Match.filter(readable_matches(viewer)) if viewer.is_adult else Match.filter(id__in=[])


class _Each:
    """In the place of a viewer: whoever the line `want` of a statement names."""

    id = RawSQL("want.viewer")

    def __init__(self, is_adult: bool) -> None:
        self.is_adult = is_adult


@cache
def visible_to_each(model: type[Row], *, is_adult: bool) -> tuple[str, Sequence[Any]]:
    """The row `want.subject` if `want.viewer` may see it: `visible` as SQL for many viewers at once, and its values."""
    query = visible(model, cast(Viewer, _Each(is_adult))).filter(id=RawSQL("want.subject"))
    return query.sql(), query.query.get_parameterized_sql()[1]


def opens_space(viewer: Viewer | None, match: Match) -> bool:
    """Whether the viewer may enter the pair's space: one of the two, not cut off, and of age."""
    if viewer is None or not viewer.is_adult:
        return False
    return (match.mentor_id == viewer.id and match.mentor_reads) or (
        match.mentee_id == viewer.id and match.mentee_reads
    )


# What lies behind a part of a row that others may see. Over `{row}`, `{viewer}` and `{adult}` (resolvers/reads.py).

_ROLE = "(SELECT role FROM memberships WHERE group_id = {row}.%s AND user_id = {viewer})"
_ADMIN = f"= '{GroupRole.ADMIN}'"

ROLE_IN_GROUP = Fact("role", _ROLE % "id", GroupRole)
ROLE_IN_PROGRAM = Fact("role", _ROLE % "group_id", GroupRole)
MEMBERS_ONLY = Guard(f"{ROLE_IN_GROUP.sql} IS NOT NULL", lambda _, __, role: role is not None, fact=ROLE_IN_GROUP)
ADMINS_ONLY = Guard(
    f"{ROLE_IN_PROGRAM.sql} {_ADMIN}", lambda _, __, role: role == GroupRole.ADMIN, fact=ROLE_IN_PROGRAM
)
_MINE_OR_ADMINISTERED = Fact(
    "mine or administered",
    "({row}.user_id = {viewer} OR EXISTS (SELECT 1 FROM programs"
    " JOIN memberships ON memberships.group_id = programs.group_id WHERE programs.id = {row}.program_id"
    f" AND memberships.user_id = {{viewer}} AND memberships.role {_ADMIN}))",
)
OWNER_AND_ADMINS_ONLY = Guard(_MINE_OR_ADMINISTERED.sql, lambda _, __, mine: bool(mine), fact=_MINE_OR_ADMINISTERED)
"""Of a sign-up: what is shown to nobody else who may see it."""
THE_TWO_ONLY = Guard(
    "{adult} AND (({row}.mentor_id = {viewer} AND {row}.mentor_reads)"
    " OR ({row}.mentee_id = {viewer} AND {row}.mentee_reads))",
    lambda viewer, match, _: opens_space(viewer, match),
    columns=("mentor_id", "mentee_id", "mentor_reads", "mentee_reads"),
)
MAY_WISH = Guard(
    f"{{adult}} AND {ROLE_IN_PROGRAM.sql} IS NOT NULL AND ({{row}}.state IN ('{ProgramState.SIGN_UP}',"
    f" '{ProgramState.MATCHING}') OR ({{row}}.rolling AND {{row}}.state = '{ProgramState.RUNNING}'))",
    lambda viewer, program, role: role is not None and viewer.is_adult and program.is_gathering(),
    columns=("state", "rolling"),
    fact=ROLE_IN_PROGRAM,
)
"""Who sees those that agreed to be shown, as in the scope of ShownSignUp."""
SHOWN_TO_ONE_ANOTHER = """user_id <> {viewer} AND NOT EXISTS (
    SELECT 1 FROM blocks
    WHERE (blocker_id = {viewer} AND blocked_id = user_id) OR (blocker_id = user_id AND blocked_id = {viewer})
)"""
"""Whom of them he does not see, as in that scope: himself, and nobody with a block between them."""

OWNER_ONLY = Guard(
    "{row}.user_id = {viewer}",
    lambda viewer, row, _: viewer is not None and row.user_id == viewer.id,
    columns=("user_id",),
)
BOTH_SHARE_READ_RECEIPTS = Fact(
    "both share read receipts",
    "(SELECT bool_and(shares_read_receipts) FROM users WHERE users.id IN ({row}.mentor_id, {row}.mentee_id))",
    for_viewer=False,
)
"""Whether the two of a match see how far the other one has read: both or neither, as both have chosen."""

_REVIEWS = f"""(
    {{row}}.reporter_id <> {{viewer}} AND {{row}}.reported_id <> {{viewer}} AND NOT EXISTS (
        SELECT 1 FROM report_items JOIN matches ON matches.id = report_items.match_id
        WHERE report_items.report_id = {{row}}.id AND {{viewer}} IN (matches.mentor_id, matches.mentee_id)
    ) AND (
        ({{row}}.for_moderators AND EXISTS (SELECT 1 FROM users WHERE users.id = {{viewer}} AND is_moderator))
        OR ({{row}}.for_admins AND EXISTS (
            SELECT 1 FROM memberships WHERE memberships.group_id = {{row}}.group_id
            AND memberships.user_id = {{viewer}} AND memberships.role {_ADMIN}
        ))
    )
)"""
_REVIEWED = Fact("reviewed", _REVIEWS)
REVIEWERS_ONLY = Guard(_REVIEWS, lambda _, __, reviews: bool(reviews), fact=_REVIEWED)
"""Of a report: what those see whom the reporter chose, who have no part in it. The scope says the same."""

ADMINS_OF_GROUP_ONLY = Guard(
    f"{ROLE_IN_GROUP.sql} {_ADMIN}", lambda _, __, role: role == GroupRole.ADMIN, fact=ROLE_IN_GROUP
)
REVIEWED_BY_ADMINS = f"for_admins AND {_REVIEWS.replace('{row}', 'reports')}"
"""The reports of a group that one of its admins finds in the queue."""

LISTED_PROGRAMS = f"(state <> '{ProgramState.DRAFT}' OR {ROLE_IN_GROUP.sql} {_ADMIN})"
"""The programs of the group `{row}` that its members find listed: drafts are for its admins."""


def shared(mine: Sharing, theirs: Sharing) -> Sharing:
    """What two people see of each other: of each thing both or neither, as both have chosen."""
    return Sharing(*(one and other for one, other in zip(mine, theirs, strict=True)))


_SESSION_STANDS = """EXISTS (
    SELECT 1 FROM sessions WHERE sessions.id = want.session AND sessions.user_id = want.viewer AND revoked_at IS NULL
)"""

_STREAM_RULES = {
    StreamKind.MATCH: f"""((stream.mentor_id = want.viewer AND stream.mentor_reads)
        OR (stream.mentee_id = want.viewer AND stream.mentee_reads)) AND {_SESSION_STANDS}""",
    StreamKind.USER: f"stream.id = want.viewer AND {_SESSION_STANDS}",
    StreamKind.PROGRAM: f"""EXISTS (
        SELECT 1 FROM memberships
        WHERE group_id = stream.group_id AND user_id = want.viewer AND role = '{GroupRole.ADMIN}'
    ) AND {_SESSION_STANDS}""",
}


def stream_scope(viewer: Viewer, stream: Stream) -> Scope:
    """The right to follow a stream, as a rule that the log's reader asks again with every read."""
    return Scope(_STREAM_RULES[stream.kind], viewer.id, viewer.session_id, viewer.is_adult)


# ---------------------------------------------------------------------------------------------------- writing: guards


def admin_of(membership: Membership | None, path: Path = ()) -> None:
    """Refuses everybody but an admin, who shows it by the membership that he holds."""
    if not is_admin(membership):
        raise Refused(ErrorCode.FORBIDDEN, "Only an admin of this group may do that. Ask one of them.", path)


def is_admin(membership: Membership | None) -> bool:
    """Whether this membership, or none, makes its holder an admin of the group."""
    return membership is not None and membership.role == GroupRole.ADMIN


async def administer(viewer: Viewer, group_id: UUID, path: Path = ()) -> None:
    """Refuses everybody but the group's admins. The check stands for the transaction: a demotion waits for its end."""
    held = Membership.filter(group_id=group_id, user_id=viewer.id).select_for_update(no_key=True)
    admin_of(await held.first(), path)


async def program_to_administer(viewer: Viewer, program_id: UUID, path: Path = ()) -> Program:
    """The program, when the viewer is an admin of its group; NOT_FOUND or FORBIDDEN otherwise."""
    program = await visible(Program, viewer).get_or_none(id=program_id)
    if program is None:
        raise not_found("program", path)
    await administer(viewer, program.group_id, path)
    return program


def moderate(viewer: Viewer, path: Path = ()) -> None:
    """Refuses everybody but the platform's moderators."""
    if not viewer.user.is_moderator:
        raise Refused(ErrorCode.FORBIDDEN, "Only a moderator may do that. Report it, and one will have a look.", path)


_TAKE_REPORT = f"SELECT r.* FROM reports AS r WHERE r.id = $1 AND {_REVIEWS} FOR NO KEY UPDATE OF r".format(
    row="r", viewer="$2::uuid"
)
_REVIEWERS = f"""
SELECT person.id FROM reports AS r, LATERAL (
    SELECT user_id AS id FROM memberships WHERE memberships.group_id = r.group_id AND role {_ADMIN}
    UNION SELECT users.id FROM users WHERE is_moderator AND suspended_at IS NULL
) AS person WHERE r.id = $1 AND {_REVIEWS} ORDER BY person.id
""".format(row="r", viewer="person.id")


async def take_report(changed: Changed, viewer: Viewer, report_id: UUID, *, path: Path) -> Report:
    """Lock a report for one of its reviewers. Raises Refused: FORBIDDEN for its reporter, NOT_FOUND for all others."""
    records = await changed.sql(_TAKE_REPORT, report_id, viewer.id)
    if records:
        return Report.from_record(records[0])
    if await Report.exists(id=report_id, reporter_id=viewer.id):
        raise Refused(ErrorCode.FORBIDDEN, "This is your own report: somebody else decides about it.", path)
    raise not_found("report", path)


async def reviewers_of(changed: Changed, report: Report) -> list[UUID]:
    """All who may review a report, by id."""
    return [record["id"] for record in await changed.sql(_REVIEWERS, report.id)]


async def staying(viewer: Viewer) -> None:
    """Refuses whose account is to be deleted to become a member anywhere. The person's row is held from here on, so
    that no deletion is asked for meanwhile."""
    await User.select_for_update(no_key=True).get(id=viewer.id)
    if await AccountDeletion.exists(user_id=viewer.id):
        message = "Your account is to be deleted. To stay, take that back first: cancelAccountDeletion."
        raise Refused(ErrorCode.CONFLICT, message)


_ONE_OF_THE_TWO = "((mentor_id = $2 AND mentor_reads) OR (mentee_id = $2 AND mentee_reads))"


WRITES_ON = f"{_ONE_OF_THE_TWO} AND state IN ('{MatchState.ACTIVE}', '{MatchState.PAUSED}')"
"""The guard of what is written in one statement (pubsub/append.py), $2 being who writes. What it does not let through
goes through `take_match`, which says why, and finds an INTRODUCED match to be made ACTIVE. Its author is of age."""


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
