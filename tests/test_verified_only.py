"""Where the settings ask for a verified address: what one may do without, and that one is told what to do."""

from collections.abc import AsyncIterator

import pytest

from tests.account_letters import IS_VERIFIED, VERIFY_EMAIL, letter_to, token_in
from tests.community import Community
from tests.documents import CREATE_GROUP, CREATE_MATCH, CREATE_POST, JOIN_GROUP, SIGN_UP
from tests.post_office import Round, post_office
from tests.servers import Served, served_here, settings_for

GROUP = {"name": "Soap", "slug": "soap", "focus": "PROFESSIONAL", "description": "Soap.", "topics": []}
POST = {"matchId": "TWF0Y2g6MDA", "body": "Hello"}
PAIR = {"mentorSignUpId": "U2lnblVwOjAw", "menteeSignUpId": "U2lnblVwOjAx"}
PLACE = {
    "programId": "UHJvZ3JhbTowMA",
    "role": "MENTEE",
    "topics": ["soap"],
    "goals": "Soap.",
    "languages": ["en"],
    "timeZone": "UTC",
}


@pytest.fixture(scope="module")
async def served(database_url: str, redis_url: str) -> AsyncIterator[Served]:
    """A server whose operator asks for verified addresses."""
    async with served_here(settings_for(database_url, redis_url, require_verified_email=True)) as running:
        yield running


async def test_maya_is_told_to_verify_her_address_and_goes_on(community: Community) -> None:
    """She sees herself, and may say that the address is hers; everything among others waits for that."""
    maya = await community.person("Maya")
    async with community.nothing_changes():
        for document, given in ((CREATE_GROUP, GROUP), (CREATE_POST, POST), (SIGN_UP, PLACE), (CREATE_MATCH, PAIR)):
            error = await maya.refused(document, input=given)
            assert error["code"] == "EMAIL_NOT_VERIFIED"
            assert "requestEmailVerification" in error["message"]
    assert (await maya.do(IS_VERIFIED))["emailVerified"] is False

    async with post_office() as office:
        mail = Round(community.served, community, office, with_account_letters=True)
        token = token_in(await letter_to(mail, maya.email, "Is this your e-mail address?"))
    await community.nobody.do(VERIFY_EMAIL, input={"token": token})
    group_id = (await maya.do(CREATE_GROUP, input=GROUP))["group"]["id"]
    for document, given in ((CREATE_POST, POST), (SIGN_UP, PLACE), (CREATE_MATCH, PAIR)):
        assert (await maya.refused(document, input=given))["code"] == "NOT_FOUND"

    tom = await community.person("Tom")
    await tom.do(JOIN_GROUP, input={"groupId": group_id})
