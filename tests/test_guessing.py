"""Guessing is slowed down for each account and each address, and the owner still gets in."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import httpx
import pytest

from resolvers import guessing
from tests.account_letters import CHANGE_PASSWORD, NEW_PASSWORD, REQUEST_RESET
from tests.community import PASSWORD, Community, Person
from tests.documents import LOG_IN, REGISTER
from tests.servers import Served, served_here, settings_for

AN_HOUR = 40
HOME, ELSEWHERE = "203.0.113.7", "198.51.100.9"


@pytest.fixture(scope="module")
async def served(database_url: str, redis_url: str) -> AsyncIterator[Served]:
    """A server behind a proxy on this machine, which says where people are."""
    settings = settings_for(database_url, redis_url, trusted_proxies="127.0.0.1", account_attempts_per_hour=AN_HOUR)
    async with served_here(settings) as running:
        yield running


@asynccontextmanager
async def at(address: str, person: Person) -> AsyncIterator[Person]:
    """The person, seen by the proxy to come from an address."""
    async with httpx.AsyncClient(timeout=30, headers={"x-forwarded-for": address}) as http:
        yield replace(person, http=http)


async def tried(person: Person, email: str, password: str = "not her password") -> str:
    """What came of a log-in: a code, or OK."""
    answer = await person.ask(LOG_IN, input={"email": email, "password": password})
    errors = answer["data"]["logIn"]["errors"]
    return errors[0]["code"] if errors else "OK"


async def registered(community: Community, name: str, address: str) -> Person:
    """Somebody who registers from an address."""
    async with at(address, community.nobody) as there:
        email = f"{name.lower()}.{address}@example.org"
        given = {"email": email, "password": PASSWORD, "name": name, "birthDate": "1988-05-17", "timeZone": "UTC"}
        made = await there.do(REGISTER, input=given)
    return replace(community.nobody, name=name, email=email, token=made["session"]["accessToken"])


async def test_who_guesses_maya_s_password_is_slowed_down_and_she_gets_in_at_home(community: Community) -> None:
    """Each guess comes from another address, and the eleventh is refused, also with the right password; for an address
    without an account it is the same. At home she has logged in before."""
    maya = await registered(community, "Maya", HOME)
    for email in (maya.email, "nobody.at.all@example.org"):
        for number in range(10):
            async with at(f"192.0.2.{number}", community.nobody) as guesser:
                assert await tried(guesser, email) == "UNAUTHENTICATED"
        async with at("192.0.2.99", community.nobody) as guesser:
            assert await tried(guesser, email) == "RATE_LIMITED"
            assert await tried(guesser, email, PASSWORD) == "RATE_LIMITED"
            error = await guesser.refused(LOG_IN, input={"email": email, "password": PASSWORD})
            assert "Wait 5 minutes" in error["message"] and error["path"] is None

    async with at(HOME, community.nobody) as at_home:
        assert await tried(at_home, maya.email, PASSWORD) == "OK"
    community.served.clock.advance(minutes=5)
    async with at(ELSEWHERE, community.nobody) as travelling:
        assert await tried(travelling, maya.email, PASSWORD) == "OK"
        assert await tried(travelling, maya.email) == "UNAUTHENTICATED", "the address is known from now on"


async def test_who_knows_the_password_is_not_counted(community: Community) -> None:
    tom = await registered(community, "Tom", HOME)
    async with at(ELSEWHERE, community.nobody) as there:
        for _ in range(15):
            assert await tried(there, tom.email, PASSWORD) == "OK"


async def test_one_address_that_tries_many_accounts_is_slowed_down(community: Community) -> None:
    """Log-ins, registrations and requests for new passwords count together; others go on. For IPv6, a /64 is one."""
    community.served.clock.advance(hours=2)
    async with at("2001:db8::1", community.nobody) as guesser, at("2001:db8::2", community.nobody) as neighbour:
        for number in range(AN_HOUR - 1):
            assert await tried(guesser, f"somebody-{number}@example.org") == "UNAUTHENTICATED"
        await neighbour.do(REQUEST_RESET, input={"email": "somebody@example.org"})
        given = {"email": "a@b.cd", "password": PASSWORD, "name": "A", "birthDate": "1988-05-17", "timeZone": "UTC"}
        async with community.nothing_changes():
            for document, wanted in (
                (REGISTER, given),
                (REQUEST_RESET, {"email": "a@b.cd"}),
                (LOG_IN, {"email": "a@b.cd", "password": PASSWORD}),
            ):
                error = await neighbour.refused(document, input=wanted)
                assert error["code"] == "RATE_LIMITED" and "Wait 2 minutes" in error["message"]
    async with at(ELSEWHERE, community.nobody) as other:
        assert await tried(other, "somebody@example.org") == "UNAUTHENTICATED"
    community.served.clock.advance(hours=1)
    async with at("2001:db8::1", community.nobody) as guesser:
        assert await tried(guesser, "somebody@example.org") == "UNAUTHENTICATED"


async def test_an_address_is_written_to_three_times_and_then_not_so_soon(community: Community) -> None:
    """Whether it has an account or not."""
    community.served.clock.advance(hours=2)
    zoe = await registered(community, "Zoe", HOME)
    for email in (zoe.email, "not.zoe@example.org"):
        for _ in range(3):
            await community.nobody.do(REQUEST_RESET, input={"email": email})
        async with community.nothing_changes():
            error = await community.nobody.refused(REQUEST_RESET, input={"email": email})
        assert error["code"] == "RATE_LIMITED" and "Wait 20 minutes" in error["message"]


async def test_who_found_an_open_laptop_does_not_guess_the_password_for_long(community: Community) -> None:
    community.served.clock.advance(hours=2)
    maya = await registered(community, "Ada", HOME)
    given = {"currentPassword": "not her password", "newPassword": NEW_PASSWORD}
    codes = [(await maya.refused(CHANGE_PASSWORD, input=given))["code"] for _ in range(11)]
    assert codes == ["INVALID_INPUT"] * 10 + ["RATE_LIMITED"]


async def test_nothing_is_kept_of_where_people_were(community: Community) -> None:
    """No address stands in the database, and counts that say nothing any more are forgotten."""
    await registered(community, "Lina", HOME)
    for table in ("attempts", "sessions", "account_letters"):
        kept = await community.database.fetchval(f"SELECT string_agg(row::text, ' ') FROM {table} AS row")
        assert HOME not in kept.replace(f".{HOME}@", "")
    later = community.served.clock.now.replace(year=2030)
    for attempts_id in await guessing.due(later, 1_000):
        assert await guessing.forget(attempts_id, later)
    assert await community.database.fetchval("SELECT count(*) FROM attempts") == 0


async def test_a_clock_that_was_a_month_ahead_keeps_nobody_out(community: Community) -> None:
    """What was counted meanwhile counts no more once the clock is right again."""
    maya, clock = await registered(community, "Maya", "203.0.113.200"), community.served.clock
    clock.advance(days=30)
    async with at(ELSEWHERE, community.nobody) as guesser:
        assert [await tried(guesser, maya.email) for _ in range(11)][-1] == "RATE_LIMITED"
        clock.advance(days=-30)
        assert await tried(guesser, maya.email, PASSWORD) == "OK"
