"""A moderator corrects a birth date; nobody else can, and nobody else ever sees it."""

import pytest

from resolvers import accounts, audit, sanctions
from tests.community import Community
from tests.devices import another_device
from tests.documents import CORRECT_BIRTH_DATE, CREATE_POST, MATCH_ACTIVITY, PARTNER_PRESENCE, SPACE
from tests.falling_due import id_of
from tests.reporting import moderator

MINE = "{ viewer { birthDate } }"


async def test_somebody_found_to_be_under_18_is_out_of_the_pairs_space_at_once(community: Community) -> None:
    """What she follows ends on every device; logged in again she sees her date and no pair's space. The audit log says
    what changed, and no date."""
    pair = await community.pair()
    mona = await moderator(community)
    given = {"userId": pair.mentor.id, "birthDate": "2010-02-01"}
    async with (
        pair.mentor.hears(MATCH_ACTIVITY, matchId=pair.id) as space,
        pair.mentor.hears(PARTNER_PRESENCE, matchId=pair.id) as presence,
        pair.mentee.hears(MATCH_ACTIVITY, matchId=pair.id) as toms,
    ):
        await space.silence(0.2)
        await presence.next()
        await toms.silence(0.2)
        answer = await mona.do(CORRECT_BIRTH_DATE, input=given)
        assert answer["user"] == {"id": pair.mentor.id, "name": "Maya"}
        assert await space.rest() == []
        await presence.rest()
        await toms.silence(0.3)
    maya = await another_device(pair.mentor)
    assert (await maya.do(MINE))["birthDate"] == "2010-02-01"
    assert (await maya.do(SPACE, id=pair.id))["space"] is None
    entry = await community.database.fetchrow(
        "SELECT act, actor_id, detail FROM audit_entries WHERE subject_id = $1", id_of(maya.id)
    )
    assert (entry["act"], entry["actor_id"]) == ("BIRTH_DATE_CORRECTED", id_of(mona.id))
    assert "2010" not in entry["detail"] and '"is_adult": false' in entry["detail"]
    await mona.do(CORRECT_BIRTH_DATE, input=given | {"birthDate": "1990-02-01"})
    assert (await maya.do(SPACE, id=pair.id))["space"] is not None, "a mistake is put right, and she need not log in"


@pytest.mark.parametrize(
    ("birth_date", "is_adult"), [("2008-03-02", True), ("2008-03-03", False), ("2008-02-29", True)]
)
async def test_the_18th_birthday_counts_where_she_is(community: Community, birth_date: str, is_adult: bool) -> None:
    """The clock of the test says 2 March 2026."""
    pair = await community.pair()
    mona = await moderator(community)
    await mona.do(CORRECT_BIRTH_DATE, input={"userId": pair.mentor.id, "birthDate": birth_date})
    answer = await pair.mentor.ask(CREATE_POST, input={"matchId": pair.id, "body": "Hello"})
    assert ("errors" not in answer) == is_adult


async def test_nobody_but_another_moderator_corrects_a_birth_date(community: Community) -> None:
    pair = await community.pair()
    mona = await moderator(community)
    given = {"userId": pair.mentor.id, "birthDate": "1990-02-01"}
    refusals = [
        (community.nobody, given, "UNAUTHENTICATED"),
        (pair.mentor, given, "FORBIDDEN"),
        (pair.mentee, given, "FORBIDDEN"),
        (pair.admin, given, "FORBIDDEN"),
        (mona, given | {"userId": mona.id}, "FORBIDDEN"),
        (mona, given | {"userId": pair.id}, "NOT_FOUND"),
        (mona, given | {"birthDate": "2030-01-01"}, "INVALID_INPUT"),
        (mona, given | {"birthDate": "1830-01-01"}, "INVALID_INPUT"),
    ]
    async with community.nothing_changes():
        for person, change, code in refusals:
            assert (await person.refused(CORRECT_BIRTH_DATE, input=change))["code"] == code


async def test_an_operator_lists_what_was_done_to_whom_and_by_whom(community: Community) -> None:
    maya, tom = await community.people("Maya", "Tom")
    mona = await moderator(community)
    now = community.served.clock.now
    await accounts.suspend(email=maya.email, now=now)
    await sanctions.restore(email=maya.email, now=now)
    await mona.do(CORRECT_BIRTH_DATE, input={"userId": maya.id, "birthDate": "1990-02-01"})
    about_maya = await audit.entries(email=maya.email, last=10)
    assert [(entry.act, actor) for entry, actor in about_maya] == [
        ("BIRTH_DATE_CORRECTED", mona.email),
        ("ACCOUNT_RESTORED", None),
        ("ACCOUNT_SUSPENDED", None),
    ]
    assert [entry.act for entry, _ in await audit.entries(email=mona.email, last=10)] == [
        "BIRTH_DATE_CORRECTED",
        "MODERATOR_MADE",
    ]
    assert await audit.entries(email=tom.email, last=10) == []
    assert len(await audit.entries(email=None, last=2)) == 2
