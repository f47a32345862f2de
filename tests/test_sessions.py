"""Sessions: going on with one by its refresh tokens, and what happens when a token is stolen."""

import asyncio
from datetime import datetime, timedelta

import pytest

from tests.community import Community
from tests.devices import (
    REFRESH,
    another_device,
    holding,
    refresh_refused,
    refreshed,
    signed_in,
)
from tests.documents import VIEWER_ACTIVITY
from tests.racing import all_at_once


async def test_a_refresh_token_is_exchanged_again_and_again_and_the_session_goes_on(community: Community) -> None:
    """Maya's app stays logged in over weeks, each time with new tokens."""
    maya = await community.person("Maya")
    seen = {maya.refresh_token}
    for _ in range(4):
        community.served.clock.advance(days=20)
        assert not await signed_in(maya)
        maya = await refreshed(maya)
        assert await signed_in(maya)
        seen.add(maya.refresh_token)
    assert len(seen) == 5


async def test_the_new_access_token_says_when_it_ends(community: Community) -> None:
    maya = await community.person("Maya")
    session = (await community.nobody.do(REFRESH, input={"refreshToken": maya.refresh_token}))["session"]
    in_a_quarter = community.served.clock.now + timedelta(minutes=15)
    assert datetime.fromisoformat(session["expiresAt"]) == in_a_quarter.replace(microsecond=0)


async def test_after_a_month_away_maya_has_to_log_in(community: Community) -> None:
    maya = await community.person("Maya")
    community.served.clock.advance(days=30)

    async with community.nothing_changes():
        await refresh_refused(community, maya)
    assert await signed_in(await another_device(maya))


@pytest.mark.parametrize("token", ["", "never-issued", "\x00", "é", "x" * 100_000])
async def test_a_refresh_token_that_was_never_issued_is_refused(community: Community, token: str) -> None:
    async with community.nothing_changes():
        error = await community.nobody.refused(REFRESH, input={"refreshToken": token})
    assert error["code"] == "UNAUTHENTICATED"


async def test_two_tabs_that_refresh_with_one_token_both_go_on(community: Community) -> None:
    """The second comes seconds later, at the latest moment that is still in the grace."""
    first_tab = second_tab = await community.person("Maya")
    first_tab = await refreshed(first_tab)
    community.served.clock.advance(seconds=10)
    second_tab = await refreshed(second_tab)

    assert first_tab.refresh_token != second_tab.refresh_token
    community.served.clock.advance(seconds=600)
    for tab in (first_tab, second_tab):
        assert await signed_in(tab)
        assert await signed_in(await refreshed(tab))


async def test_five_tabs_that_refresh_at_the_very_same_moment_all_go_on(community: Community) -> None:
    """All five wait for the session's row before any of them may use the token."""
    maya = await community.person("Maya")
    async with all_at_once(community, "sessions", 5):
        racing = [asyncio.create_task(refreshed(maya)) for _ in range(5)]
    tabs = await asyncio.gather(*racing)

    assert len({tab.refresh_token for tab in tabs}) == 5
    for tab in tabs:
        assert await signed_in(tab)


async def test_a_stolen_token_used_after_its_owner_ends_the_session_for_both(community: Community) -> None:
    """A thief comes eleven seconds after Maya's app: neither can go on, what she has open is closed, and her phone,
    which is a session of its own, hears nothing of it."""
    thief = laptop = await community.person("Maya")
    phone = await another_device(laptop)
    laptop = await refreshed(laptop)
    async with laptop.hears(VIEWER_ACTIVITY) as on_laptop, phone.hears(VIEWER_ACTIVITY) as on_phone:
        await on_laptop.silence()
        community.served.clock.advance(seconds=11)
        await refresh_refused(community, thief)
        assert await on_laptop.rest() == []
        await on_phone.silence()

    assert not await signed_in(laptop)
    assert not await signed_in(thief)
    await refresh_refused(community, laptop)
    assert await signed_in(phone)
    assert await signed_in(await refreshed(phone))


async def test_a_thief_who_was_faster_is_found_out_when_the_owner_comes(community: Community) -> None:
    maya = await community.person("Maya")
    thief = await refreshed(maya)
    community.served.clock.advance(minutes=5)
    assert await signed_in(thief)

    await refresh_refused(community, maya)
    assert not await signed_in(thief)
    await refresh_refused(community, thief)


async def test_a_theft_found_out_while_the_session_is_being_refreshed_still_ends_it(community: Community) -> None:
    """Whichever of the two is first, no token of this session is good afterwards."""
    stale = await community.person("Maya")
    fresh = await refreshed(stale)
    community.served.clock.advance(seconds=11)
    async with all_at_once(community, "sessions", 2):
        racing = [
            asyncio.create_task(community.nobody.ask(REFRESH, input={"refreshToken": tab.refresh_token}))
            for tab in (fresh, stale)
        ]
    by_fresh, by_stale = (answer["data"]["refreshSession"] for answer in await asyncio.gather(*racing))

    assert by_stale["session"] is None
    holders = [fresh, stale] + ([holding(fresh, by_fresh["session"])] if by_fresh["session"] else [])
    for holder in holders:
        assert not await signed_in(holder)
        await refresh_refused(community, holder)
