"""The audit log: what is written there stays as it is."""

from datetime import UTC, datetime

import asyncpg
import pytest

from models.audit import AuditEntry
from models.enums import AuditAct
from models.users import User
from pubsub.transaction import transaction
from resolvers import audit
from tests.community import Community
from tests.falling_due import id_of

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "tampering",
    ["UPDATE audit_entries SET actor_id = NULL", "DELETE FROM audit_entries", "TRUNCATE audit_entries"],
)
async def test_nothing_that_the_application_says_to_the_database_changes_an_entry(
    community: Community, tampering: str
) -> None:
    person = await User.get(id=id_of((await community.person("Maya")).id))
    async with transaction() as changed:
        await audit.record(changed, AuditAct.ACCOUNT_SUSPENDED, person, actor=None, at=NOW, because="a test")
    async with community.nothing_changes():
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await community.database.execute(tampering)
    entry = await AuditEntry.get(subject_id=person.id)
    assert (entry.act, entry.actor_id, entry.subject_type) == (AuditAct.ACCOUNT_SUSPENDED, None, "User")
    assert (entry.at, entry.detail) == (NOW, {"because": "a test"})


async def test_an_act_that_fails_leaves_no_entry(community: Community) -> None:
    person = await User.get(id=id_of((await community.person("Maya")).id))
    async with community.nothing_changes():
        with pytest.raises(ZeroDivisionError):
            async with transaction() as changed:
                await audit.record(changed, AuditAct.ACCOUNT_SUSPENDED, person, actor=None, at=NOW)
                raise ZeroDivisionError
