"""An operator sees in /metrics how e-mail fares, and that the service is ready also when no e-mail gets out."""

import httpx

from tests.community import Community
from tests.post_office import mail_settings, post_office, says
from tests.scraping import scrape, until
from tests.servers import Databases, served_apart, served_here, settings_for

WHERE = "http://127.0.0.1:8000"


async def test_an_operator_sees_what_waits_was_sent_failed_or_was_refused(databases: Databases, redis_url: str) -> None:
    async with databases.fresh() as url, post_office() as office:
        given = mail_settings(WHERE, office.port)
        settings = settings_for(url, redis_url, jobs=True, job_interval_seconds=0.05, **given)
        async with served_here(settings) as served, Community.on(served) as community:
            pair = await community.pair()
            await until(served, lambda page: page("emails_waiting") == 2)
            office.at_rcpt = says("451 Later")
            served.clock.advance(minutes=2)
            await until(served, lambda page: page("emails_total", "failed") == 2)
            async with httpx.AsyncClient() as client:
                assert (await client.get(f"{served.url}/readyz")).json()["status"] == "ready"
            office.at_rcpt = None

            async def not_to_tom(_: object) -> str:
                return "550 No" if office.arrived[-1]["To"] == pair.mentee.email else "250 OK"

            office.at_data = not_to_tom
            served.clock.advance(minutes=2)
            page = await until(served, lambda page: page("emails_waiting") == 0)
            counted = [page("emails_total", outcome) for outcome in ("sent", "failed", "refused", "logged")]
            assert counted == [4, 2, 1, 0], "with the three letters that asked for each one's address"
            assert pair.mentee.email not in page.text


async def test_two_workers_look_at_the_same_outbox(databases: Databases, redis_url: str) -> None:
    """Whichever answers says how many e-mails wait, and not twice as many."""
    async with databases.fresh() as url:
        more = {"mail_delay_seconds": 86_400, "job_interval_seconds": 0.1}
        async with (
            served_apart(url, redis_url, workers=2, **more) as served,
            Community.on(served) as community,
        ):
            await community.pair()
            await until(served, lambda page: page("workers") == 2 and page("emails_waiting") == 2, 20)
            # Longer than it takes each to look, to write its numbers down, and to read the other's.
            await until(served, lambda page: page("operations_total", "done", "mutation") > 0, 5)
            assert {(await scrape(served))("emails_waiting") for _ in range(10)} == {2}
