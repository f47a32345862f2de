"""People are sent e-mails about what they have not seen: once, in plain words, and never with a word of a pair."""

import logging
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import pytest

from models.enums import NotificationKind
from models.users import User
from pubsub.transaction import transaction
from resolvers import accounts, notifications
from server.jobs import Ticker, jobs_of
from server.settings import Settings
from tests.community import Community, Pair, Person
from tests.documents import (
    ACKNOWLEDGE_INTRODUCTION,
    COMPLETE_STEP,
    CREATE_COMMENT,
    CREATE_POST,
    END_MATCH,
    MARK_NOTIFICATIONS_READ,
    REMOVE_MEMBER,
    SEND_MESSAGE,
)
from tests.falling_due import id_of
from tests.post_office import Round, parts
from tests.test_notifications import step_of, told

MARKER = "words-between-the-two-only"


async def test_who_does_not_look_is_sent_an_email_once(mail: Round, community: Community) -> None:
    pair = await community.pair()
    await mail.goes()
    await mail.goes()
    for person in (pair.mentor, pair.mentee):
        (message,) = mail.office.to(person)
        assert message["Subject"] == "You have been matched"
        assert message["From"] == "Mentorship <mentorship@example.org>"
        assert parsedate_to_datetime(message["Date"]) == datetime.combine(
            mail.served.clock.now.date(), datetime.min.time(), UTC
        ).replace(hour=10, minute=2)
        assert message["Auto-Submitted"] == "auto-generated"
        assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        for words in parts(message):
            assert f"Hello {person.name}," in words and "You have been matched. Say hello!" in words
            assert "You get an e-mail when you are matched with somebody." in words
            assert "https://app.example.org" in words
            assert f"{mail.served.url}/unsubscribe?token=" in words
        assert await mail.states(person) == [("SENT", 1, None)]
    assert mail.office.to(pair.admin) == []
    assert set(mail.office.senders) == {"mentorship@example.org"}


async def test_who_is_there_and_reads_it_is_sent_nothing(mail: Round, community: Community) -> None:
    """An e-mail waits for two minutes; Tom reads the notification in the first."""
    pair = await community.pair()
    await mail.goes(timedelta(minutes=1))
    assert mail.office.arrived == []
    await pair.mentee.do(MARK_NOTIFICATIONS_READ, input={"ids": (await told(pair.mentee)).ids})
    await mail.goes(timedelta(minutes=1))
    assert (mail.office.subjects(pair.mentor), mail.office.to(pair.mentee)) == (["You have been matched"], [])
    assert await mail.states(pair.mentee) == [("POINTLESS", 0, None)]


async def test_what_is_over_before_it_was_told_is_told_as_over(mail: Round, community: Community) -> None:
    """Tom is matched and a minute later is not any more: he hears of the end, as he would after a block."""
    pair = await community.pair()
    mail.served.clock.advance(minutes=1)
    await pair.mentor.do(END_MATCH, input={"matchId": pair.id, "reason": "SAFETY"})
    await mail.goes()
    assert mail.office.subjects(pair.mentee) == ["A match of yours has ended"]
    assert mail.office.to(pair.mentor) == [], "who did it knows"


async def test_what_is_done_meanwhile_is_not_asked_for(mail: Round, community: Community) -> None:
    """A step that waited is done, and a silence is over: neither e-mail has a point any more."""
    pair = await community.pair()
    await pair.mentor.do(CREATE_POST, input={"matchId": pair.id, "body": "Hello"})
    await mail.goes()
    step = {"stepProgressId": await step_of(pair, "BOTH")}
    await pair.mentor.do(COMPLETE_STEP, input=step)
    await community.database.execute("DELETE FROM emails WHERE state <> 'WAITING'")
    mail.served.clock.advance(seconds=1)
    async with transaction() as changed:
        toms = [id_of(pair.mentee.id)]
        given = {"actor": None, "at": mail.served.clock.now}
        await notifications.notify(changed, toms, NotificationKind.NUDGE_7, id_of(pair.id), **given)
    mail.served.clock.advance(seconds=1)
    await pair.mentee.do(COMPLETE_STEP, input=step)
    await mail.goes()
    states = await mail.states(pair.mentee)
    assert len(states) == 2 and set(states) == {("POINTLESS", 0, None)}


async def test_a_silence_that_lasts_is_told(mail: Round, community: Community) -> None:
    pair = await community.pair()
    await pair.mentor.do(CREATE_POST, input={"matchId": pair.id, "body": "Hello"})
    await mail.goes()
    for kind in (NotificationKind.NUDGE_14, NotificationKind.SILENT_28):
        async with transaction() as changed:
            given = {"actor": None, "at": mail.served.clock.now}
            await notifications.notify(changed, [id_of(pair.mentee.id)], kind, id_of(pair.id), **given)
    await mail.goes()
    assert sorted(mail.office.subjects(pair.mentee))[:2] == [
        "Four quiet weeks, and what you may choose",
        "Two quiet weeks",
    ]


async def test_what_one_may_not_see_any_more_is_not_told(mail: Round, community: Community) -> None:
    pair = await community.pair()
    mail.served.clock.advance(seconds=1)
    await pair.admin.do(REMOVE_MEMBER, input={"groupId": pair.group, "userId": pair.mentee.id})
    await mail.goes()
    assert mail.office.to(pair.mentee) == []
    assert mail.office.subjects(pair.mentor) == ["A match of yours has ended"]


async def test_a_suspended_account_is_sent_nothing(mail: Round, community: Community) -> None:
    pair = await community.pair()
    await accounts.suspend(email=pair.mentee.email, now=mail.served.clock.now)
    await mail.goes()
    assert mail.office.to(pair.mentee) == []
    assert await mail.states(pair.mentee) == [("POINTLESS", 0, None)]


async def test_an_account_that_is_gone_takes_its_emails_along(mail: Round, community: Community) -> None:
    pair = await community.pair()
    queued = "SELECT count(*) FROM emails JOIN notifications ON notifications.id = notification_id WHERE user_id = $1"
    tom = (await User.get(email=pair.mentee.email)).id
    assert await community.database.fetchval(queued, tom) == 1
    await community.database.execute("DELETE FROM notifications WHERE user_id = $1", tom)
    assert await community.database.fetchval(queued, tom) == 0
    assert (await mail.goes()).failed == 0
    assert mail.office.to(pair.mentee) == []


async def test_what_has_waited_for_days_is_no_news_any_more(mail: Round, community: Community) -> None:
    pair = await community.pair()
    await mail.goes(timedelta(days=6))
    assert mail.office.to(pair.mentor) == []
    assert await mail.states(pair.mentor) == [("GIVEN_UP", 0, None)]


async def write_everywhere(pair: Pair) -> None:
    """Both put the marker wherever a pair can write."""
    for person in (pair.mentor, pair.mentee):
        given = {"matchId": pair.id, "body": MARKER}
        post = (await person.do(CREATE_POST, input=given))["post"]["id"]
        await person.do(CREATE_COMMENT, input={"postId": post, "body": MARKER})
        await person.do(SEND_MESSAGE, input=given)
    feedback = {"matchId": pair.id, "reason": "OTHER", "feedback": MARKER}
    await pair.mentor.do(END_MATCH, input=feedback)


async def test_no_email_and_no_log_holds_what_others_wrote_or_who_they_are(
    mail: Round, community: Community, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither a word, nor the partner's name, nor the program's title or the group's name."""
    caplog.set_level(logging.DEBUG, "server")
    pair = await community.pair("Maya Marker", "Tom Trail", title="Secretive round")
    await pair.mentor.do(ACKNOWLEDGE_INTRODUCTION, input={"matchId": pair.id})
    await mail.goes()
    await write_everywhere(pair)
    await mail.goes()
    messages = mail.office.to(pair.mentee)
    assert sorted(each["Subject"] for each in messages) == [
        "A match of yours has ended",
        "You have been matched",
        "Your partner looks forward to you",
    ]
    for message in messages:
        whole = "\n".join([str(message), *parts(message)])
        for word in (MARKER, "Maya", "Secretive", "Soap", pair.id):
            assert word not in whole
    for word in (MARKER, "Maya", "Secretive", pair.mentor.email, pair.mentee.email, "token"):
        assert word not in caplog.text


async def test_without_a_mail_server_the_log_says_what_would_have_been_sent(
    mail: Round, community: Community, caplog: pytest.LogCaptureFixture
) -> None:
    """Its kind and ids, and neither an address nor a name."""
    caplog.set_level(logging.INFO)
    pair = await community.pair()
    mail.served.clock.advance(minutes=2)
    ticker = Ticker([job for job in jobs_of(Settings()) if job.kind == "send-email"], mail.served.clock)
    await ticker.tick()
    lines = [record.getMessage() for record in caplog.records if "notification" in record.getMessage()]
    assert len(lines) == 2 and all("MATCHED" in line for line in lines)
    assert not any(word in caplog.text for word in (pair.mentee.email, "Tom", "Maya"))
    assert await mail.states(pair.mentee) == [("LOGGED", 1, None)]
    await mail.goes()
    assert mail.office.arrived == [], "it is not made up for later"


async def test_an_act_that_fails_leaves_no_email(mail: Round, community: Community) -> None:
    pair = await community.pair()
    before = await community.database.fetchval("SELECT count(*) FROM emails")
    async with community.nothing_changes():
        await pair.mentee.refused(END_MATCH, input={"matchId": pair.group, "reason": "OTHER"})
    await pair.mentor.do(ACKNOWLEDGE_INTRODUCTION, input={"matchId": pair.id})
    assert await community.database.fetchval("SELECT count(*) FROM emails") == before + 1


async def test_a_person_hears_by_email_what_the_list_says(mail: Round, community: Community) -> None:
    """What is unread in the API and was not muted is what arrives, in the same words."""
    pair = await community.pair()
    await pair.mentor.do(ACKNOWLEDGE_INTRODUCTION, input={"matchId": pair.id})
    await mail.goes()
    listed = [node["text"] for node in (await told(pair.mentee)).nodes]
    sent = [parts(message)[0].splitlines()[2] for message in mail.office.to(pair.mentee)]
    assert sorted(sent) == sorted(listed)
    assert await nobody_else(mail, pair.mentor, pair.mentee)


async def nobody_else(mail: Round, *people: Person) -> bool:
    return {message["To"] for message in mail.office.arrived} <= {person.email for person in people}
