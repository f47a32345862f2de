"""What an operator does to accounts at the command line: suspending, restoring, making a moderator."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from models.errors import ErrorCode, Refused
from resolvers import accounts, sanctions
from tests.community import PASSWORD, Community
from tests.devices import VIEWER, another_device, refresh_refused
from tests.documents import LOG_IN, VIEWER_ACTIVITY
from tests.racing import all_at_once


async def test_an_operator_suspends_zoe_and_she_is_out_at_once(community: Community) -> None:
    """Her token is refused, what she had open is closed, and she can neither refresh nor log in. Tom stays."""
    zoe, tom = await community.people("Zoe", "Tom")
    async with zoe.hears(VIEWER_ACTIVITY) as at_zoes, tom.hears(VIEWER_ACTIVITY) as at_toms:
        await at_zoes.silence()
        await accounts.suspend(email=zoe.email.upper(), now=community.served.clock.now)
        assert await at_zoes.rest() == []
        await at_toms.silence()

    assert (await zoe.ask(VIEWER))["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    await refresh_refused(community, zoe)
    await community.nobody.refused(LOG_IN, input={"email": zoe.email, "password": PASSWORD})
    assert (await tom.do(VIEWER))["email"] == tom.email


async def test_a_suspended_person_who_is_let_in_again_has_to_log_in_anew(community: Community) -> None:
    zoe = await community.person("Zoe")
    now = community.served.clock.now
    await accounts.suspend(email=zoe.email, now=now)
    first = await community.database.fetchval("SELECT suspended_at FROM users WHERE email = $1", zoe.email)
    await accounts.suspend(email=zoe.email, now=now + timedelta(days=1))
    second = await community.database.fetchval("SELECT suspended_at FROM users WHERE email = $1", zoe.email)
    assert first == second == now, "a second suspension keeps the time of the first"

    await sanctions.restore(email=zoe.email, now=now)
    assert "errors" in await zoe.ask(VIEWER)
    assert (await (await another_device(zoe)).do(VIEWER))["user"]["id"] == zoe.id


async def test_an_operator_who_lets_in_somebody_who_is_not_out_is_told(community: Community) -> None:
    """The audit log does not say that something was restored."""
    zoe = await community.person("Zoe")
    async with community.nothing_changes():
        with pytest.raises(Refused, match="not suspended") as refusal:
            await sanctions.restore(email=zoe.email, now=community.served.clock.now)
    assert refusal.value.code == ErrorCode.CONFLICT


async def test_nobody_slips_in_while_she_is_being_suspended(community: Community) -> None:
    """Log-ins with the right password and the suspension all wait for her row: whoever is first, none is left after."""
    zoe = await community.person("Zoe")
    given = {"email": zoe.email, "password": PASSWORD}
    async with all_at_once(community, "users", 7):
        racing = [asyncio.create_task(community.nobody.ask(LOG_IN, input=given)) for _ in range(3)]
        suspending = asyncio.create_task(accounts.suspend(email=zoe.email, now=community.served.clock.now))
        racing += [asyncio.create_task(community.nobody.ask(LOG_IN, input=given)) for _ in range(3)]
    await suspending

    for payload in (answer["data"]["logIn"] for answer in await asyncio.gather(*racing)):
        if payload["session"] is not None:
            opened = replace(zoe, token=payload["session"]["accessToken"])
            assert (await opened.ask(VIEWER))["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    standing = "SELECT count(*) FROM sessions JOIN users ON users.id = user_id WHERE email = $1 AND revoked_at IS NULL"
    assert await community.database.fetchval(standing, zoe.email) == 0


@pytest.mark.parametrize("email", ["nobody.at.all@example.org", "no address", "", "nul\x00@example.org"])
async def test_an_operator_who_mistypes_an_address_is_told(community: Community, email: str) -> None:
    async with community.nothing_changes():
        for act in (accounts.suspend, sanctions.restore):
            with pytest.raises(Refused) as refusal:
                await act(email=email, now=community.served.clock.now)
            assert refusal.value.code == ErrorCode.NOT_FOUND


async def test_an_operator_makes_a_moderator_who_can_another_device(community: Community) -> None:
    moderator = replace(community.nobody, email="moderator@example.org")
    now = community.served.clock.now
    await accounts.create_moderator(email=" Moderator@example.org", name="Mona", password=PASSWORD, now=now)

    assert (await (await another_device(moderator)).do(VIEWER))["user"]["name"] == "Mona"
    is_moderator = "SELECT is_moderator FROM users WHERE email = $1"
    assert await community.database.fetchval(is_moderator, moderator.email) is True
    ordinary = await community.person("Maya")
    assert await community.database.fetchval(is_moderator, ordinary.email) is False


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"password": "short one"}, ErrorCode.INVALID_INPUT),
        ({"email": "no address"}, ErrorCode.INVALID_INPUT),
        ({"name": ""}, ErrorCode.INVALID_INPUT),
        ({"email": "taken@example.org"}, ErrorCode.CONFLICT),
    ],
)
async def test_a_moderator_s_account_is_held_to_the_same_rules(
    community: Community, change: dict[str, str], code: ErrorCode
) -> None:
    if code == ErrorCode.CONFLICT:
        await community.person("Maya", email="taken@example.org")
    given = {"email": "second.moderator@example.org", "name": "Mona", "password": PASSWORD} | change
    async with community.nothing_changes():
        with pytest.raises(Refused) as refusal:
            await accounts.create_moderator(**given, now=community.served.clock.now)
    assert refusal.value.code == code
