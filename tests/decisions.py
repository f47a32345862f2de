"""What a report's decision leaves behind: for its reporter, and in the audit log."""

import json
from typing import Any

from tests.community import Community, Person
from tests.falling_due import id_of
from tests.reporting import REPORTS


async def audited(community: Community, report_id: str) -> list[tuple[str, dict[str, Any]]]:
    """What the audit log says of a report, in order."""
    rows = await community.database.fetch(
        "SELECT act, actor_id, detail FROM audit_entries WHERE subject_id = $1 ORDER BY id", id_of(report_id)
    )
    assert all(row["actor_id"] is not None for row in rows)
    return [(row["act"], json.loads(row["detail"])) for row in rows]


async def outcome(person: Person) -> str:
    """What the reporter is told of his newest report."""
    return (await person.do(REPORTS))["reports"]["edges"][0]["node"]["outcome"]
