"""What was imposed is taken back, by those who may impose it; whoever it is about is told, and the audit log tells."""

from importlib import import_module
from typing import Any

import pytest

from resolvers import accounts
from tests.community import PASSWORD, Community, Person
from tests.decisions import audited
from tests.deleting import delete, erase_all
from tests.devices import VIEWER, another_device
from tests.documents import (
    CREATE_PROGRAM,
    JOIN_GROUP,
    LIFT_BAN,
    LOG_IN,
    REMOVE_MEMBER,
    RESTORE_ACCOUNT,
    RESTORE_ELIGIBILITY,
    SPACE,
    VIEWER_ACTIVITY,
)
from tests.falling_due import id_of
from tests.invariants import invariants
from tests.reporting import decide, moderator, report, written
from tests.servers import Served

KINDS = "{ viewer { notifications(first: 20) { edges { node { kind subject { id } } } } } }"


async def told(person: Person) -> list[tuple[str, str | None]]:
    """What this person was told of, the newest first, and what each is about."""
    edges = (await person.do(KINDS))["notifications"]["edges"]
    return [(edge["node"]["kind"], (edge["node"]["subject"] or {}).get("id")) for edge in edges]


async def refused(person: Person, document: str, **given: Any) -> tuple[str, list[str] | None]:
    error = await person.refused(document, input=given)
    return error["code"], error["path"]


@pytest.mark.parametrize("who", ["admin", "moderator"])
async def test_who_was_banned_hears_that_he_may_join_again_and_does(community: Community, who: str) -> None:
    """What ended with the ban stays ended: he is a member like any other who has just come."""
    pair = await community.pair()
    lifter = pair.admin if who == "admin" else await moderator(community)
    banned = {"groupId": pair.group, "userId": pair.mentor.id}
    await pair.admin.do(REMOVE_MEMBER, input=banned | {"ban": True})
    async with pair.mentor.hears(VIEWER_ACTIVITY) as ears:
        await ears.silence(0.2)
        await lifter.do(LIFT_BAN, input=banned)
        heard = await ears.next()
    assert (heard["notification"]["kind"], heard["actor"]) == ("BAN_LIFTED", None)
    assert (await told(pair.mentor))[0] == ("BAN_LIFTED", pair.group)
    there = {"group": str(id_of(pair.group))}
    assert await audited(community, pair.mentor.id) == [("BAN_IMPOSED", there), ("BAN_LIFTED", there)]
    async with community.nothing_changes():
        assert await refused(lifter, LIFT_BAN, **banned) == ("NOT_FOUND", ["input", "userId"]), "it is lifted"
    await pair.mentor.do(JOIN_GROUP, input={"groupId": pair.group})
    assert (await pair.mentor.do(SPACE, id=pair.id)) is None
    await invariants(community.database)


async def test_nobody_lifts_a_ban_who_could_not_have_imposed_it(community: Community) -> None:
    """Not he himself, not a member, nor the admin of another group; and no answer tells who has an account."""
    pair = await community.pair()
    other = await community.pair("Nia", "Olu")
    mona = await moderator(community)
    await mona.do(JOIN_GROUP, input={"groupId": pair.group})
    for person in (pair.mentor, mona):
        await pair.admin.do(REMOVE_MEMBER, input={"groupId": pair.group, "userId": person.id, "ban": True})
    given = {"groupId": pair.group, "userId": pair.mentor.id}
    async with community.nothing_changes():
        for person in (pair.mentor, pair.mentee, other.admin):
            assert await refused(person, LIFT_BAN, **given) == ("FORBIDDEN", ["input", "groupId"])
        assert (await refused(community.nobody, LIFT_BAN, **given))[0] == "UNAUTHENTICATED"
        mine = given | {"userId": mona.id}
        assert await refused(mona, LIFT_BAN, **mine) == ("FORBIDDEN", ["input", "userId"])
        for stranger in (other.mentee.id, pair.mentee.id):
            wrong = given | {"userId": stranger}
            assert await refused(pair.admin, LIFT_BAN, **wrong) == ("NOT_FOUND", ["input", "userId"])


@pytest.mark.parametrize("banned_first_by", ["moderator", "admin"])
async def test_an_admin_cannot_let_in_whom_a_moderator_keeps_out(community: Community, banned_first_by: str) -> None:
    """Whoever banned first, and what the admin does later, it stays the moderator's; the admin is told what to do."""
    here = await written(community)
    pair, mona = here.pair, await moderator(community)
    report_id = await report(pair.mentee, here.post, "MODERATOR")
    given = {"groupId": pair.group, "userId": pair.mentor.id}
    if banned_first_by == "admin":
        await pair.admin.do(REMOVE_MEMBER, input=given | {"ban": True})
    await decide(mona, report_id, "BAN_FROM_GROUP")
    async with community.nothing_changes():
        await pair.admin.do(REMOVE_MEMBER, input=given | {"ban": True})
        error = await pair.admin.refused(LIFT_BAN, input=given)
        assert (error["code"], error["path"]) == ("FORBIDDEN", ["input", "userId"])
        assert "Write to them" in error["message"]
    assert (await refused(pair.mentor, JOIN_GROUP, groupId=pair.group))[0] == "NOT_AVAILABLE"
    await mona.do(LIFT_BAN, input=given)
    await pair.mentor.do(JOIN_GROUP, input={"groupId": pair.group})


async def test_an_admin_lifts_what_admins_decided(community: Community) -> None:
    """A ban by a decision about a report is theirs, too, if it was theirs to decide."""
    here = await written(community)
    pair = here.pair
    await decide(pair.admin, await report(pair.mentee, here.post), "BAN_FROM_GROUP")
    await pair.admin.do(LIFT_BAN, input={"groupId": pair.group, "userId": pair.mentor.id})
    await pair.mentor.do(JOIN_GROUP, input={"groupId": pair.group})


async def test_bans_from_before_the_difference_was_kept_are_the_moderators_who_decided_them(
    community: Community,
) -> None:
    """The migration finds it in the audit log. A ban that an admin imposed after a moderator's was lifted is hers."""
    here, there = await written(community), await written(community, await community.pair("Nia", "Olu"))
    mona = await moderator(community)
    for each in (here, there):
        await decide(mona, await report(each.pair.mentee, each.post, "MODERATOR"), "BAN_FROM_GROUP")
    again = {"groupId": there.pair.group, "userId": there.pair.mentor.id}
    await mona.do(LIFT_BAN, input=again)
    community.served.clock.advance(minutes=1)
    await there.pair.admin.do(REMOVE_MEMBER, input=again | {"ban": True})
    await community.database.execute("UPDATE group_bans SET by_moderator = false")
    await community.database.execute(import_module("models.migrations.0031_bans_of_moderators").FROM_THE_AUDIT_LOG)
    kept = await community.database.fetch("SELECT user_id FROM group_bans WHERE by_moderator")
    assert [row["user_id"] for row in kept] == [id_of(here.pair.mentor.id)]


async def test_a_group_gets_its_eligibility_back_from_a_moderator_of_no_part_in_it(community: Community) -> None:
    here = await written(community)
    pair, mona = here.pair, await moderator(community)
    report_id = await report(pair.mentee, pair.admin.id, "MODERATOR", groupId=pair.group)
    await decide(mona, report_id, "WITHDRAW_ELIGIBILITY")
    given = {"groupId": pair.group}
    own = {"groupId": await community.group(mona)}
    async with community.nothing_changes():
        for person in (pair.admin, pair.mentee):
            assert (await refused(person, RESTORE_ELIGIBILITY, **given))[0] == "FORBIDDEN"
        assert await refused(mona, RESTORE_ELIGIBILITY, **own) == ("FORBIDDEN", ["input", "groupId"])
    await mona.do(RESTORE_ELIGIBILITY, input=given)
    assert (await told(pair.admin))[0] == ("ELIGIBILITY_RESTORED", pair.group)
    assert "ELIGIBILITY_RESTORED" not in dict(await told(pair.mentee))
    assert await audited(community, pair.group) == [("ELIGIBILITY_RESTORED", {})]
    plan = {"templateKey": "blank", "title": "Next", "description": "Another round."}
    assert (await pair.admin.do(CREATE_PROGRAM, input=given | plan))["program"]
    async with community.nothing_changes():
        assert await refused(mona, RESTORE_ELIGIBILITY, **given) == ("CONFLICT", ["input", "groupId"])


async def test_a_moderator_gives_a_suspended_account_back_and_its_owner_finds_it_said(community: Community) -> None:
    """She has to log in anew: what the suspension ended stays ended."""
    zoe, tom = await community.people("Zoe", "Tom")
    mona, given = await moderator(community), {"userId": zoe.id}
    await accounts.suspend(email=zoe.email, now=community.served.clock.now)
    async with community.nothing_changes():
        assert (await refused(tom, RESTORE_ACCOUNT, **given))[0] == "FORBIDDEN"
        assert await refused(mona, RESTORE_ACCOUNT, userId=mona.id) == ("FORBIDDEN", ["input", "userId"])
        assert await refused(mona, RESTORE_ACCOUNT, userId=tom.id) == ("CONFLICT", ["input", "userId"])
    await mona.do(RESTORE_ACCOUNT, input=given)
    assert "errors" in await zoe.ask(VIEWER)
    assert await told(await another_device(zoe)) == [("ACCOUNT_RESTORED", zoe.id)]
    entry = "SELECT actor_id FROM audit_entries WHERE act = 'ACCOUNT_RESTORED' AND subject_id = $1"
    assert await community.database.fetchval(entry, id_of(zoe.id)) == id_of(mona.id)


async def test_an_account_that_was_erased_comes_back_to_nobody(served: Served, community: Community) -> None:
    """It is kept out like a suspended one, and no moderator opens it again."""
    zoe, mona = await community.person("Zoe"), await moderator(community)
    await delete(zoe)
    served.clock.advance(days=15)
    await erase_all(served, community)
    mona = await another_device(mona)
    async with community.nothing_changes():
        assert await refused(mona, RESTORE_ACCOUNT, userId=zoe.id) == ("CONFLICT", ["input", "userId"])
    assert (await refused(community.nobody, LOG_IN, email=zoe.email, password=PASSWORD))[0] == "UNAUTHENTICATED"
