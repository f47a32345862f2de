"""Who reviews a report: those whom the reporter chose, and who have no part in it."""

from uuid import UUID

from models.enums import GroupRole
from models.errors import ErrorCode, Refused
from models.reports import Report
from pubsub.transaction import Changed
from resolvers.access.guards import ADMIN, ROLE_IN_GROUP
from resolvers.access.viewers import Path, Viewer, not_found
from resolvers.reads import Fact, Guard

_REVIEWS = f"""(
    {{row}}.reporter_id <> {{viewer}} AND {{row}}.reported_id <> {{viewer}} AND NOT EXISTS (
        SELECT 1 FROM report_items JOIN matches ON matches.id = report_items.match_id
        WHERE report_items.report_id = {{row}}.id AND {{viewer}} IN (matches.mentor_id, matches.mentee_id)
    ) AND (
        ({{row}}.for_moderators AND EXISTS (SELECT 1 FROM users WHERE users.id = {{viewer}} AND is_moderator))
        OR ({{row}}.for_admins AND EXISTS (
            SELECT 1 FROM memberships WHERE memberships.group_id = {{row}}.group_id
            AND memberships.user_id = {{viewer}} AND memberships.role {ADMIN}
        ))
    )
)"""
_REVIEWED = Fact("reviewed", _REVIEWS)
REVIEWERS_ONLY = Guard(_REVIEWS, lambda _, __, reviews: bool(reviews), fact=_REVIEWED)
"""Of a report: what those see whom the reporter chose, who have no part in it. The scope says the same."""

ADMINS_OF_GROUP_ONLY = Guard(
    f"{ROLE_IN_GROUP.sql} {ADMIN}", lambda _, __, role: role == GroupRole.ADMIN, fact=ROLE_IN_GROUP
)
REVIEWED_BY_ADMINS = f"for_admins AND {_REVIEWS.replace('{row}', 'reports')}"
"""The reports of a group that one of its admins finds in the queue."""


_MAY_TAKE = _REVIEWS.format(row="r", viewer="$2::uuid")
_REVIEWERS = f"""
SELECT person.id FROM reports AS r, LATERAL (
    SELECT user_id AS id FROM memberships WHERE memberships.group_id = r.group_id AND role {ADMIN}
    UNION SELECT users.id FROM users WHERE is_moderator AND suspended_at IS NULL
) AS person WHERE r.id = $1 AND {_REVIEWS} ORDER BY person.id
""".format(row="r", viewer="person.id")


async def take_report(changed: Changed, viewer: Viewer, report_id: UUID, *, path: Path) -> Report:
    """Lock a report for one of its reviewers. Raises Refused: FORBIDDEN for its reporter, NOT_FOUND for all others."""
    statement = f"SELECT {Report.columns()} FROM reports AS r WHERE r.id = $1 AND {_MAY_TAKE} FOR NO KEY UPDATE"
    records = await changed.sql(statement, report_id, viewer.id)
    if records:
        return Report.from_record(records[0])
    if await Report.exists(id=report_id, reporter_id=viewer.id):
        raise Refused(ErrorCode.FORBIDDEN, "This is your own report: somebody else decides about it.", path)
    raise not_found("report", path)


async def reviewers_of(changed: Changed, report: Report) -> list[UUID]:
    """All who may review a report, by id."""
    return [record["id"] for record in await changed.sql(_REVIEWERS, report.id)]
