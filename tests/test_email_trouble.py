"""A mail server refuses, hangs or hangs up, and workers race or die: no e-mail is lost, and none is a second one."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from aiosmtpd.smtp import SMTP

from tests.community import Community
from tests.falling_due import id_of, pairs_like
from tests.post_office import (
    OK,
    Answer,
    PostOffice,
    Round,
    hangs,
    hangs_up,
    mail_settings,
    post_office,
    says,
    toms,
)
from tests.servers import Databases, Served, free_port, served_apart

_LETTERS = """
WITH told AS (
    INSERT INTO notifications (id, user_id, kind, subject_id, created_at)
    SELECT gen_random_uuid(), mentor_id, 'MATCHED', id, started_at FROM matches WHERE id = ANY($1::uuid[])
    RETURNING id, created_at
)
INSERT INTO emails (id, notification_id, state, created_at, due_at, attempts)
SELECT gen_random_uuid(), id, 'WAITING', created_at, created_at, 0 FROM told
"""


@pytest.mark.parametrize("trouble", [says("451 4.3.0 Later"), hangs_up, hangs], ids=["451", "hangs_up", "hangs"])
@pytest.mark.parametrize("place", ["at_rcpt", "at_data"])
async def test_what_a_mail_server_did_not_take_is_sent_later_as_the_same(
    mail: Round, community: Community, place: str, trouble: Answer
) -> None:
    """Whether it had the message or not when it failed: the next one has the same Message-ID, so that a mailbox that
    got both can tell."""
    pair = await toms(community)
    setattr(mail.office, place, trouble)
    ticker = await mail.goes(smtp_timeout_seconds=0.5)
    ((state, attempts, why),) = await mail.states(pair.mentee)
    assert (state, attempts, ticker.failed) == ("WAITING", 1, 0) and why
    setattr(mail.office, place, None)
    await mail.goes(timedelta(seconds=59))
    assert (await mail.states(pair.mentee))[0][1] == 1, "not at once"
    await mail.goes(timedelta(seconds=1))
    messages = mail.office.to(pair.mentee)
    assert len(messages) == (1 if place == "at_rcpt" else 2)
    assert len({message["Message-ID"] for message in messages}) == 1
    assert await mail.states(pair.mentee) == [("SENT", 2, why)]
    await mail.goes()
    assert len(mail.office.to(pair.mentee)) == len(messages)


async def test_a_mail_server_that_is_away_or_says_nothing_is_tried_again(mail: Round, community: Community) -> None:
    pair = await toms(community)
    away = mail.ticker(smtp_port=free_port())
    mail.served.clock.advance(minutes=2)
    await away.tick()
    assert (await mail.states(pair.mentee))[0][:2] == ("WAITING", 1)
    mail.office.greets = False
    await mail.goes(smtp_timeout_seconds=0.5)
    assert (await mail.states(pair.mentee))[0][:2] == ("WAITING", 2)
    mail.office.greets = True
    await mail.goes()
    assert len(mail.office.to(pair.mentee)) == 1


async def test_pauses_grow_up_to_an_hour_and_end_after_five_days(mail: Round, community: Community) -> None:
    pair = await toms(community)
    mail.office.at_rcpt = says("450 Busy")
    await community.database.execute(
        "UPDATE users SET quiet_from = NULL, quiet_until = NULL WHERE id = $1", id_of(pair.mentee.id)
    )
    due = "SELECT due_at FROM emails WHERE state = 'WAITING'"
    pauses = []
    mail.served.clock.advance(minutes=2)
    for _ in range(9):
        await mail.goes(timedelta(0))
        due_at = await community.database.fetchval(due)
        pauses.append((due_at - mail.served.clock.now) / timedelta(minutes=1))
        mail.served.clock.now = due_at
    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    await mail.goes(timedelta(days=5))
    assert await mail.states(pair.mentee) == [("GIVEN_UP", 9, "450")]


@pytest.mark.parametrize("place", ["at_rcpt", "at_data"])
async def test_what_is_refused_for_ever_is_kept_as_such_and_not_tried_again(
    mail: Round, community: Community, place: str, caplog: pytest.LogCaptureFixture
) -> None:
    pair = await toms(community)
    setattr(mail.office, place, says("550 5.1.1 No such mailbox"))
    await mail.goes()
    setattr(mail.office, place, None)
    await mail.goes(timedelta(hours=2))
    assert await mail.states(pair.mentee) == [("REFUSED", 1, "550")]
    assert len(mail.office.to(pair.mentee)) == (0 if place == "at_rcpt" else 1)
    assert pair.mentee.email not in caplog.text and "No such mailbox" not in caplog.text


async def test_a_log_in_that_is_missing_is_our_fault_and_passes(mail: Round, community: Community) -> None:
    """The mail server wants a log-in only once it is asked to deliver: nothing is lost until it is set."""
    pair = await toms(community)
    mail.office.at_rcpt = says("530 5.7.0 Authentication required")
    await mail.goes()
    assert await mail.states(pair.mentee) == [("WAITING", 1, "530")]
    mail.office.at_rcpt = None
    await mail.goes()
    assert len(mail.office.to(pair.mentee)) == 1


async def test_one_refusal_keeps_nobody_else_waiting(mail: Round, community: Community) -> None:
    pair = await community.pair()

    async def not_to_tom(server: SMTP) -> str:
        return "550 No" if mail.office.arrived[-1]["To"] == pair.mentee.email else OK

    mail.office.at_data = not_to_tom
    await mail.goes()
    assert [await mail.states(person) for person in (pair.mentor, pair.mentee)] == [
        [("SENT", 1, None)],
        [("REFUSED", 1, "550")],
    ]


async def test_an_address_that_cannot_be_written_to_is_no_trouble_for_others(mail: Round, community: Community) -> None:
    pair = await community.pair()
    await community.database.execute(
        "UPDATE users SET email = 'a,b@example.org' WHERE email = $1", address := pair.mentee.email
    )
    pair.mentee.email = "a,b@example.org"
    await mail.goes()
    assert await mail.states(pair.mentee) == [("REFUSED", 1, "BAD_ADDRESS")]
    assert mail.office.subjects(pair.mentor) == ["You have been matched"] and address


async def test_a_good_bye_that_fails_does_not_undo_a_letter(mail: Round, community: Community) -> None:
    """The server takes the message and is gone before QUIT is answered."""
    pair = await toms(community)

    async def takes_it_and_goes(server: SMTP) -> str:
        assert server.transport is not None
        asyncio.get_running_loop().call_later(0.05, server.transport.abort)
        await server.push(OK)
        await asyncio.sleep(0.1)
        return OK

    mail.office.at_data = takes_it_and_goes
    await mail.goes()
    await mail.goes(timedelta(hours=1))
    assert len(mail.office.to(pair.mentee)) == 1
    assert await mail.states(pair.mentee) == [("SENT", 1, None)]


async def test_two_workers_send_each_email_once(mail: Round, community: Community) -> None:
    pair = await toms(community)
    more = await pairs_like(community, pair, 39)
    await community.database.execute(_LETTERS, more)
    await mail.leaves_account_letters()

    async def takes_a_while(server: SMTP) -> str:
        await asyncio.sleep(0.01)
        return OK

    mail.office.at_data = takes_a_while
    mail.served.clock.advance(minutes=2)
    workers = [mail.ticker() for _ in range(2)]
    await asyncio.gather(*(worker.tick() for worker in workers))
    assert sum(worker.done for worker in workers) == 41, "with Maya's, whom they do not send one"
    assert min(worker.done for worker in workers) > 5, "both took part"
    assert Counter(message["Message-ID"] for message in mail.office.arrived).most_common(1)[0][1] == 1
    assert len(mail.office.arrived) == 40


@asynccontextmanager
async def apart(databases: Databases, redis_url: str) -> AsyncIterator[tuple[PostOffice, Served, Community, dict]]:
    """A server in a process of its own, by the real clock, whose mail server takes a message and never says so; and
    what it takes to start another one like it."""
    async with databases.fresh() as url, post_office() as office:
        office.at_data = hangs
        settings = mail_settings("http://127.0.0.1:8000", office.port, mail_delay_seconds=0, job_interval_seconds=0.3)
        async with served_apart(url, redis_url, workers=1, **settings) as served, Community.on(served) as community:
            await community.pair()
            # It may be night where the test runs.
            await community.database.execute("UPDATE users SET quiet_from = NULL, quiet_until = NULL")
            await community.database.execute("UPDATE emails SET due_at = created_at")
            async with asyncio.timeout(20):
                while not office.arrived:  # noqa: ASYNC110
                    await asyncio.sleep(0.05)
            yield office, served, community, settings


async def test_a_worker_killed_while_the_mail_server_answers_leaves_it_to_the_next(
    databases: Databases, redis_url: str
) -> None:
    """The server has the message and the worker does not know it: the next one sends it again, under the same id."""
    async with apart(databases, redis_url) as (office, served, community, settings):
        assert served.process is not None
        served.process.kill()
        await asyncio.to_thread(served.process.wait, 10)
        assert set(await states_of_all(community)) == {"WAITING"}
        office.at_data = None
        async with served_apart(served.database_url, redis_url, workers=2, **settings), asyncio.timeout(20):
            while set(await states_of_all(community)) != {"SENT"}:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        ids = [message["Message-ID"] for message in office.arrived]
        assert sorted(Counter(ids).values()) == [1, 1, 1, 1, 2] and ids.count(ids[0]) == 2


async def states_of_all(community: Community) -> list[str]:
    return [state for (state,) in await community.database.fetch("SELECT state FROM emails")]


async def test_a_hanging_mail_server_keeps_no_other_job_waiting(databases: Databases, redis_url: str) -> None:
    """While a worker waits for the mail server's answer, a match that was not taken up ends."""
    async with apart(databases, redis_url) as (office, _, community, _):
        await community.database.execute("UPDATE matches SET started_at = started_at - interval '15 days'")
        async with asyncio.timeout(10):
            while await community.database.fetchval("SELECT state FROM matches") != "EXPIRED":  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        assert len(office.arrived) == 1, "still waiting for the answer"
