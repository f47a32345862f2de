"""Logging out, here and everywhere, and how the end of a session is heard."""

import asyncio
from uuid import UUID

import pytest

from pubsub import live
from resolvers import accounts
from tests.community import PASSWORD, Community
from tests.devices import (
    LOG_OUT,
    LOG_OUT_EVERYWHERE,
    another_device,
    refresh_refused,
    refreshed,
    signed_in,
)
from tests.documents import VIEWER_ACTIVITY
from tests.racing import all_at_once, until_waiting


async def test_maya_logs_out_on_one_device_and_stays_logged_in_on_the_other(community: Community) -> None:
    """Her tokens are good for nothing from then on, and what that device had open is closed."""
    laptop = await community.person("Maya")
    phone = await another_device(laptop)
    async with laptop.hears(VIEWER_ACTIVITY) as on_laptop, phone.hears(VIEWER_ACTIVITY) as on_phone:
        await on_laptop.silence()
        payload = await laptop.do(LOG_OUT, input={"refreshToken": laptop.refresh_token})
        assert payload["user"] == {"id": laptop.id}
        assert await on_laptop.rest() == []
        await on_phone.silence()

    assert not await signed_in(laptop)
    await refresh_refused(community, laptop)
    assert await signed_in(phone)


async def test_a_refresh_that_comes_while_maya_logs_out_is_refused(community: Community) -> None:
    """It is not answered with tokens that are dead already."""
    maya = await community.person("Maya")
    async with all_at_once(community, "sessions", 2):
        leaving = asyncio.create_task(maya.do(LOG_OUT, input={"refreshToken": maya.refresh_token}))
        await until_waiting(community, 1)
        refreshing = asyncio.create_task(refresh_refused(community, maya))
    await leaving
    await refreshing


async def test_an_app_whose_access_token_has_expired_can_still_log_out(community: Community) -> None:
    maya = await community.person("Maya")
    community.served.clock.advance(hours=1)
    await community.nobody.do(LOG_OUT, input={"refreshToken": maya.refresh_token})
    await refresh_refused(community, maya)


async def test_a_token_that_was_exchanged_already_still_ends_its_session(community: Community) -> None:
    """Maya's app crashed before it could keep the new one."""
    maya = await community.person("Maya")
    lost = await refreshed(maya)
    community.served.clock.advance(minutes=1)
    await community.nobody.do(LOG_OUT, input={"refreshToken": maya.refresh_token})
    assert not await signed_in(lost)


async def test_logging_out_twice_and_with_a_token_never_issued_are_refused_in_the_same_words(
    community: Community,
) -> None:
    maya = await community.person("Maya")
    await maya.do(LOG_OUT, input={"refreshToken": maya.refresh_token})

    async with community.nothing_changes():
        again = await community.nobody.refused(LOG_OUT, input={"refreshToken": maya.refresh_token})
        unknown = await community.nobody.refused(LOG_OUT, input={"refreshToken": "never-issued"})
    assert again == unknown
    assert again["code"] == "UNAUTHENTICATED"


async def test_maya_logs_out_everywhere_and_every_device_is_out(community: Community) -> None:
    """Tom, who has nothing to do with it, stays."""
    laptop, tom = await community.people("Maya", "Tom")
    devices = [laptop, await another_device(laptop), await refreshed(await another_device(laptop))]
    async with devices[1].hears(VIEWER_ACTIVITY) as on_phone, tom.hears(VIEWER_ACTIVITY) as at_toms:
        await on_phone.silence()
        payload = await laptop.do(LOG_OUT_EVERYWHERE, input={"password": PASSWORD})
        assert payload["user"] == {"id": laptop.id}
        assert await on_phone.rest() == []
        await at_toms.silence()

    for device in devices:
        assert not await signed_in(device)
        await refresh_refused(community, device)
    assert await signed_in(tom)
    assert await signed_in(await another_device(laptop))


@pytest.mark.parametrize("password", ["", "not the password", PASSWORD.upper(), PASSWORD + "\x00", "x" * 100_000])
async def test_who_does_not_know_the_password_logs_nobody_out(community: Community, password: str) -> None:
    maya = await community.person("Maya")
    async with community.nothing_changes():
        error = await maya.refused(LOG_OUT_EVERYWHERE, input={"password": password})
    assert (error["code"], error["path"]) == ("INVALID_INPUT", ["input", "password"])
    assert await signed_in(maya)


async def test_nobody_cannot_log_out_everywhere(community: Community) -> None:
    async with community.nothing_changes():
        error = await community.nobody.refused(LOG_OUT_EVERYWHERE, input={"password": PASSWORD})
    assert error["code"] == "UNAUTHENTICATED"


async def test_a_log_in_that_races_with_logging_out_everywhere_leaves_no_torn_state(community: Community) -> None:
    """Of the sessions there were before, none is left; the one that is just being opened works or not as a whole."""
    laptop = await community.person("Maya")
    phone = await another_device(laptop)
    async with all_at_once(community, "users", 3):
        leaving = asyncio.create_task(laptop.ask(LOG_OUT_EVERYWHERE, input={"password": PASSWORD}))
        phones = asyncio.create_task(phone.ask(LOG_OUT_EVERYWHERE, input={"password": PASSWORD}))
        coming = asyncio.create_task(another_device(laptop))
    tablet = await coming
    answers = [answer["data"]["logOutEverywhere"]["errors"] for answer in await asyncio.gather(leaving, phones)]

    assert answers == [[], []], "two who log out everywhere at once do not get in each other's way"
    assert not await signed_in(laptop)
    assert not await signed_in(phone)
    if await signed_in(tablet):
        await refreshed(tablet)
    else:
        await refresh_refused(community, tablet)


async def test_the_end_of_a_session_is_said_at_once_and_not_left_to_be_found_out(
    community: Community, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every worker that has something open for Maya asks again, without waiting for its next look at the database."""
    maya = await community.person("Maya")
    ended: list[UUID] = []
    monkeypatch.setattr(live, "announce_rights", ended.append)
    her_id = await community.database.fetchval("SELECT id FROM users WHERE email = $1", maya.email)

    await community.nobody.refused(LOG_OUT, input={"refreshToken": "never-issued"})
    await maya.refused(LOG_OUT_EVERYWHERE, input={"password": "not the password"})
    phone = await refreshed(await another_device(maya))
    assert ended == []

    await phone.do(LOG_OUT, input={"refreshToken": phone.refresh_token})
    assert ended == [her_id]
    await maya.do(LOG_OUT_EVERYWHERE, input={"password": PASSWORD})
    assert ended == [her_id] * 2
    stale = await another_device(maya)
    await refreshed(stale)
    community.served.clock.advance(seconds=11)
    await refresh_refused(community, stale)
    assert ended == [her_id] * 3
    await accounts.suspend(email=maya.email, now=community.served.clock.now)
    assert ended == [her_id] * 4
