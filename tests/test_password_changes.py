"""Another password: for who knows the old one, and by a letter for who has lost it."""

import asyncio
import logging
from contextlib import AsyncExitStack
from typing import Any

import pytest

from resolvers import accounts, passwords
from tests.account_letters import (
    CHANGE_PASSWORD,
    NEW_PASSWORD,
    REQUEST_RESET,
    RESET_PASSWORD,
    can_log_in,
    letter_to,
    reset_token,
)
from tests.community import PASSWORD, Community
from tests.devices import another_device, holding, refresh_refused, signed_in
from tests.documents import VIEWER_ACTIVITY
from tests.post_office import Round
from tests.racing import all_at_once
from tests.servers import Served


@pytest.fixture
def mail(mail: Round) -> Round:
    """With the letters about accounts, too."""
    mail.with_account_letters = True
    return mail


async def test_maya_who_lost_her_password_chooses_another_and_all_else_is_logged_out(
    mail: Round, community: Community
) -> None:
    """What her laptop has open is closed; the browser in which she chose it is logged in."""
    laptop = await community.person("Maya")
    token = await reset_token(mail, community.nobody, laptop.email)
    async with laptop.hears(VIEWER_ACTIVITY) as on_laptop:
        await on_laptop.silence()
        given = {"token": token, "newPassword": NEW_PASSWORD, "device": "Maya's telephone"}
        payload = await community.nobody.do(RESET_PASSWORD, input=given)
        assert await on_laptop.rest() == []

    telephone = holding(laptop, payload["session"])
    assert await signed_in(telephone) and not await signed_in(laptop)
    await refresh_refused(community, laptop)
    answer = await telephone.do("{ viewer { emailVerified sessions { device current } } }")
    assert answer == {"emailVerified": True, "sessions": [{"device": "Maya's telephone", "current": True}]}
    assert await can_log_in(community.nobody, laptop.email, NEW_PASSWORD)
    assert not await can_log_in(community.nobody, laptop.email)
    await letter_to(mail, laptop.email, "Your password was changed")


async def test_a_link_works_once_and_for_an_hour(mail: Round, community: Community) -> None:
    """Asked for twice, the second link is of no use either once the first was used."""
    maya = await community.person("Maya")
    late = await reset_token(mail, community.nobody, maya.email)
    community.served.clock.advance(hours=1)
    first = await reset_token(mail, community.nobody, maya.email)
    second = await reset_token(mail, community.nobody, maya.email)
    assert len({late, first, second}) == 3
    await community.nobody.do(RESET_PASSWORD, input={"token": first, "newPassword": NEW_PASSWORD})
    async with community.nothing_changes():
        for token in (late, first, second, first[:-1], first.swapcase(), "", "é"):
            error = await community.nobody.refused(
                RESET_PASSWORD, input={"token": token, "newPassword": "quiet rivers bend"}
            )
            assert (error["code"], error["path"]) == ("NOT_FOUND", ["input", "token"])


async def test_a_password_that_is_no_good_does_not_use_the_link_up(mail: Round, community: Community) -> None:
    maya = await community.person("Maya")
    token = await reset_token(mail, community.nobody, maya.email)
    async with community.nothing_changes():
        error = await community.nobody.refused(RESET_PASSWORD, input={"token": token, "newPassword": "password1234"})
    assert (error["code"], error["path"]) == ("INVALID_INPUT", ["input", "newPassword"])
    await community.nobody.do(RESET_PASSWORD, input={"token": token, "newPassword": NEW_PASSWORD})


async def test_two_resets_at_once_leave_one_password(mail: Round, community: Community) -> None:
    maya = await community.person("Maya")
    token = await reset_token(mail, community.nobody, maya.email)
    wished = [NEW_PASSWORD, "quiet rivers bend north"]
    async with all_at_once(community, "users", 2):
        racing = [
            asyncio.create_task(community.nobody.ask(RESET_PASSWORD, input={"token": token, "newPassword": each}))
            for each in wished
        ]
    answers = [answer["data"]["resetPassword"] for answer in await asyncio.gather(*racing)]
    assert sorted(len(answer["errors"]) for answer in answers) == [0, 1]
    for answer, password in zip(answers, wished, strict=True):
        assert await can_log_in(community.nobody, maya.email, password) is (answer["errors"] == [])


async def test_nobody_learns_from_asking_who_has_an_account(
    mail: Round, community: Community, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same answer after the same statements and no hash, for Maya, for a suspended person and for nobody at all;
    only Maya is written to."""
    maya, zoe = await community.people("Maya", "Zoe")
    await accounts.suspend(email=zoe.email, now=community.served.clock.now)

    async def never(*_: Any) -> str:
        raise AssertionError("a hash takes long enough to be noticed")

    monkeypatch.setattr(passwords, "hashed", never)
    for email in (maya.email, zoe.email, "nobody.at.all@example.org"):
        before = await _written(community)
        assert await community.nobody.do(REQUEST_RESET, input={"email": email}) == {"email": email, "errors": []}
        assert [now - then for now, then in zip(await _written(community), before, strict=True)] == [1, 1]
    await mail.goes()
    resets = [each["To"] for each in mail.office.arrived if each["Subject"] == "A new password"]
    assert resets == [maya.email]


async def test_without_a_mail_server_the_log_carries_no_link(
    mail: Round, community: Community, caplog: pytest.LogCaptureFixture
) -> None:
    maya = await community.person("Maya")
    await community.nobody.do(REQUEST_RESET, input={"email": maya.email})
    with caplog.at_level(logging.INFO):
        await mail.goes(smtp_host=None)
    assert "RESET_PASSWORD" in caplog.text
    assert "token" not in caplog.text and maya.email not in caplog.text


async def test_maya_changes_her_password_and_her_other_devices_are_logged_out(
    mail: Round, community: Community
) -> None:
    """A link to a new password that lies in her mail is of no use to who finds it now."""
    laptop = await community.person("Maya")
    telephone = await another_device(laptop)
    token = await reset_token(mail, community.nobody, laptop.email)
    laptop, telephone = await another_device(laptop), await another_device(laptop)
    async with laptop.hears(VIEWER_ACTIVITY) as on_laptop, telephone.hears(VIEWER_ACTIVITY) as on_telephone:
        await on_laptop.silence()
        await on_telephone.silence()
        given = {"currentPassword": PASSWORD, "newPassword": NEW_PASSWORD}
        await laptop.do(CHANGE_PASSWORD, input=given)
        assert await on_telephone.rest() == []
        await on_laptop.silence()
    assert await signed_in(laptop) and not await signed_in(telephone)
    assert await can_log_in(community.nobody, laptop.email, NEW_PASSWORD)
    used = {"token": token, "newPassword": "quiet rivers bend north"}
    assert (await community.nobody.refused(RESET_PASSWORD, input=used))["code"] == "NOT_FOUND"
    await letter_to(mail, laptop.email, "Your password was changed")


async def test_two_changes_at_once_leave_one_password(community: Community) -> None:
    maya = await community.person("Maya")
    wished = [NEW_PASSWORD, "quiet rivers bend north"]
    async with all_at_once(community, "users", 2):
        racing = [
            asyncio.create_task(maya.ask(CHANGE_PASSWORD, input={"currentPassword": PASSWORD, "newPassword": each}))
            for each in wished
        ]
    answers = [answer["data"]["changePassword"] for answer in await asyncio.gather(*racing)]
    assert sorted(len(answer["errors"]) for answer in answers) == [0, 1]
    for answer, password in zip(answers, wished, strict=True):
        assert await can_log_in(community.nobody, maya.email, password) is (answer["errors"] == [])


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"currentPassword": "not her password"}, "currentPassword"),
        ({"newPassword": "password1234"}, "newPassword"),
        ({"newPassword": "short"}, "newPassword"),
    ],
)
async def test_what_cannot_be_is_refused(community: Community, change: dict[str, str], field: str) -> None:
    maya = await community.person("Maya")
    given = {"currentPassword": PASSWORD, "newPassword": NEW_PASSWORD} | change
    async with community.nothing_changes():
        error = await maya.refused(CHANGE_PASSWORD, input=given)
        assert (await community.nobody.refused(CHANGE_PASSWORD, input=given))["code"] == "UNAUTHENTICATED"
    assert (error["code"], error["path"]) == ("INVALID_INPUT", ["input", field])


async def _written(community: Community) -> tuple[int, int]:
    """How many letters about accounts there are, and how many e-mails of them wait."""
    letters = await community.database.fetchval("SELECT count(*) FROM account_letters")
    waiting = "SELECT count(*) FROM emails WHERE account_letter_id IS NOT NULL AND state = 'WAITING'"
    return letters, await community.database.fetchval(waiting)


async def test_a_new_password_closes_what_is_open_on_every_worker(two_workers: Served) -> None:
    """Eight devices, so that both workers have some of them; the one that changes it goes on."""
    async with Community.on(two_workers) as community, AsyncExitStack() as stack:
        laptop = await community.person("Maya")
        others = [await another_device(laptop) for _ in range(8)]
        ears = [await stack.enter_async_context(each.hears(VIEWER_ACTIVITY)) for each in others]
        on_laptop = await stack.enter_async_context(laptop.hears(VIEWER_ACTIVITY))
        given = {"currentPassword": PASSWORD, "newPassword": NEW_PASSWORD}
        await laptop.do(CHANGE_PASSWORD, input=given)
        assert [await each.rest() for each in ears] == [[]] * 8
        await on_laptop.silence()
