"""Whether an address is its owner's: verifying it by a letter, and putting another in its place."""

import asyncio

import pytest

from tests.account_letters import (
    CHANGE_EMAIL,
    IS_VERIFIED,
    REQUEST_VERIFICATION,
    VERIFY_EMAIL,
    can_log_in,
    letter_to,
    token_in,
)
from tests.community import PASSWORD, Community
from tests.devices import another_device
from tests.post_office import Round, says
from tests.racing import all_at_once

QUESTION, NEW_QUESTION = "Is this your e-mail address?", "Is this your new e-mail address?"


@pytest.fixture
def mail(mail: Round) -> Round:
    """With the letters about accounts, too."""
    mail.with_account_letters = True
    return mail


async def test_maya_is_asked_whether_the_address_is_hers_and_says_so_once(mail: Round, community: Community) -> None:
    """Her telephone opens the link, where she is not logged in."""
    maya = await community.person("Maya")
    assert await maya.do(IS_VERIFIED) == {"email": maya.email, "emailVerified": False}
    token = token_in(await letter_to(mail, maya.email, QUESTION))

    payload = await community.nobody.do(VERIFY_EMAIL, input={"token": token})
    assert payload["user"]["id"] == maya.id
    assert (await maya.do(IS_VERIFIED))["emailVerified"] is True
    async with community.nothing_changes():
        again = await community.nobody.refused(VERIFY_EMAIL, input={"token": token})
        unknown = await community.nobody.refused(VERIFY_EMAIL, input={"token": "no-token-of-ours"})
    assert again == unknown
    assert (again["code"], again["path"]) == ("NOT_FOUND", ["input", "token"])
    assert (await maya.refused(REQUEST_VERIFICATION))["code"] == "CONFLICT"


async def test_a_letter_that_is_sent_twice_is_the_same_letter(mail: Round, community: Community) -> None:
    """The mail server took it and then said that it had not: same Message-ID, same link, and it works."""
    mail.office.at_data = says("451 Something went wrong")
    maya = await community.person("Maya")
    await mail.goes()
    mail.office.at_data = None
    await mail.goes()
    first, second = (each for each in mail.office.to(maya) if each["Subject"] == QUESTION)
    assert first["Message-ID"] == second["Message-ID"]
    assert token_in(first) == token_in(second)
    await community.nobody.do(VERIFY_EMAIL, input={"token": token_in(second)})


async def test_a_link_is_good_for_three_days_and_another_can_be_asked_for(mail: Round, community: Community) -> None:
    maya = await community.person("Maya")
    old = token_in(await letter_to(mail, maya.email, QUESTION))
    community.served.clock.advance(days=3)
    assert (await community.nobody.refused(VERIFY_EMAIL, input={"token": old}))["code"] == "NOT_FOUND"

    maya = await another_device(maya)
    await maya.do(REQUEST_VERIFICATION)
    fresh = token_in(await letter_to(mail, maya.email, QUESTION))
    assert fresh != old
    await community.nobody.do(VERIFY_EMAIL, input={"token": fresh})
    assert (await maya.do(IS_VERIFIED))["emailVerified"] is True


async def test_a_new_address_counts_once_it_is_verified_and_the_old_one_is_told(
    mail: Round, community: Community
) -> None:
    maya = await community.person("Maya")
    new = f"new-{maya.email}"
    payload = await maya.do(CHANGE_EMAIL, input={"newEmail": new.upper(), "password": PASSWORD})
    assert payload["viewer"]["email"] == maya.email
    token = token_in(await letter_to(mail, new, NEW_QUESTION))
    warning = await letter_to(mail, maya.email, "Another e-mail address for your account")
    assert new not in warning.as_string() and "#token=" not in warning.as_string()
    assert not await can_log_in(community.nobody, new)

    await community.nobody.do(VERIFY_EMAIL, input={"token": token})
    assert await maya.do(IS_VERIFIED) == {"email": new, "emailVerified": True}
    assert await can_log_in(community.nobody, new)
    assert not await can_log_in(community.nobody, maya.email)


async def test_an_address_that_somebody_else_has_is_not_taken_from_him(mail: Round, community: Community) -> None:
    """Maya does not learn of his account by asking; only who reads Tom's mail does."""
    maya, tom = await community.people("Maya", "Tom")
    await maya.do(CHANGE_EMAIL, input={"newEmail": tom.email, "password": PASSWORD})
    token = token_in(await letter_to(mail, tom.email, NEW_QUESTION))
    async with community.nothing_changes():
        error = await community.nobody.refused(VERIFY_EMAIL, input={"token": token})
    assert (error["code"], error["path"]) == ("CONFLICT", ["input", "token"])


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"password": "not her password"}, "password"),
        ({"newEmail": "maya"}, "newEmail"),
        ({"newEmail": ""}, "newEmail"),
    ],
)
async def test_what_cannot_be_is_refused(community: Community, change: dict[str, str], field: str) -> None:
    maya = await community.person("Maya")
    given = {"newEmail": "maya.new@example.org", "password": PASSWORD} | change
    async with community.nothing_changes():
        error = await maya.refused(CHANGE_EMAIL, input=given)
    assert (error["code"], error["path"]) == ("INVALID_INPUT", ["input", field])


async def test_a_link_that_is_opened_twice_at_once_works_once(mail: Round, community: Community) -> None:
    """Both wait for Maya's row before either may use the letter."""
    maya = await community.person("Maya")
    token = token_in(await letter_to(mail, maya.email, QUESTION))
    async with all_at_once(community, "users", 2):
        racing = [asyncio.create_task(community.nobody.ask(VERIFY_EMAIL, input={"token": token})) for _ in range(2)]
    answers = [answer["data"]["verifyEmail"] for answer in await asyncio.gather(*racing)]
    assert sorted(len(answer["errors"]) for answer in answers) == [0, 1]
