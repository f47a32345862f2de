"""E-mails that have had their day: about a report that somebody looks after, and in the outbox long after they went."""

from datetime import timedelta

import pytest

from tests.community import Community
from tests.documents import TRIAGE_REPORT
from tests.falling_due import ticker_on
from tests.post_office import Round
from tests.reporting import decide, moderator, report, written


async def test_a_report_that_nobody_looks_after_is_told_by_email(mail: Round, community: Community) -> None:
    here, mona = await written(community), await moderator(community)
    await report(here.pair.mentee, here.post, "MODERATOR")
    await mail.goes()
    assert mail.office.subjects(mona) == ["A report waits for you"]


@pytest.mark.parametrize("decision", [None, "DISMISS", "WARN"])
async def test_a_report_that_somebody_looks_after_or_has_decided_waits_for_nobody(
    mail: Round, community: Community, decision: str | None
) -> None:
    """Mona takes it up within two minutes: neither she nor Mika reads by e-mail that it waits, and neither does Ada."""
    here = await written(community)
    mona, mika = await moderator(community, "Mona"), await moderator(community, "Mika")
    report_id = await report(here.pair.mentee, here.post, "MODERATOR", "GROUP_ADMIN")
    mail.served.clock.advance(seconds=30)
    if decision is None:
        await mona.do(TRIAGE_REPORT, input={"reportId": report_id})
    else:
        await decide(mona, report_id, decision)
    await mail.goes()
    for person in (mona, mika, here.pair.admin):
        assert "A report waits for you" not in mail.office.subjects(person)
        assert ("POINTLESS", 0, None) in await mail.states(person)


async def test_what_became_of_an_email_is_remembered_for_a_month(mail: Round, community: Community) -> None:
    """One that still waits stays, and what they told of is to be read for as long as before."""
    pair = await community.pair()
    await mail.goes()
    late = await community.pair("Nia", "Olu")
    assert await mail.states(pair.mentor) == [("SENT", 1, None)]
    mail.served.clock.advance(days=29)
    await ticker_on(mail.served, "prune-email").tick()
    assert await mail.states(pair.mentor) == [("SENT", 1, None)]
    mail.served.clock.now += timedelta(days=1, minutes=1)
    await ticker_on(mail.served, "prune-email").tick()
    assert await mail.states(pair.mentor) == []
    assert await mail.states(late.mentor) == [("WAITING", 0, None)]
    told = "SELECT count(*) FROM notifications JOIN users ON users.id = user_id WHERE email = $1"
    assert await community.database.fetchval(told, pair.mentor.email) > 0
