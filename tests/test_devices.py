"""One's own sessions: recognising them, and ending one."""

import pytest

from tests.community import PASSWORD, Community
from tests.devices import holding, refresh_refused, refreshed, signed_in
from tests.documents import VIEWER_ACTIVITY, mutation_of

LOG_IN = mutation_of("logIn", "session { accessToken refreshToken expiresAt }")
SESSIONS = "{ viewer { sessions { id device createdAt lastUsedAt current } } }"
END_SESSION = mutation_of("endSession", "viewer { sessions { device } }")


async def test_maya_recognises_her_devices_and_ends_the_session_of_the_one_she_lost(community: Community) -> None:
    """What the lost one has open is closed; it finds no token in what she sees."""
    laptop = await community.person("Maya", device="Work laptop")
    given = {"email": laptop.email, "password": PASSWORD, "device": " Telephone "}
    telephone = holding(laptop, (await community.nobody.do(LOG_IN, input=given))["session"])
    community.served.clock.advance(minutes=10)
    laptop = await refreshed(laptop)
    used_last, lost = (await laptop.do(SESSIONS))["sessions"]
    assert (used_last["device"], used_last["current"]) == ("Work laptop", True)
    assert (lost["device"], lost["current"]) == ("Telephone", False)
    assert used_last["createdAt"] == lost["createdAt"] == lost["lastUsedAt"] < used_last["lastUsedAt"]

    async with telephone.hears(VIEWER_ACTIVITY) as on_telephone, laptop.hears(VIEWER_ACTIVITY) as on_laptop:
        await on_telephone.silence()
        payload = await laptop.do(END_SESSION, input={"sessionId": lost["id"]})
        assert payload["viewer"]["sessions"] == [{"device": "Work laptop"}]
        assert await on_telephone.rest() == []
        await on_laptop.silence()
    assert not await signed_in(telephone)
    await refresh_refused(community, telephone)
    again = await laptop.refused(END_SESSION, input={"sessionId": lost["id"]})
    assert (again["code"], again["path"]) == ("NOT_FOUND", ["input", "sessionId"])


@pytest.mark.parametrize("session_id", ["", "no id", "00000000000000000000000000000000"])
async def test_a_session_that_is_not_there_and_one_of_somebody_else_s_are_the_same(
    community: Community, session_id: str
) -> None:
    maya, tom = await community.people("Maya", "Tom")
    (his,) = (await tom.do(SESSIONS))["sessions"]
    async with community.nothing_changes():
        unknown = await maya.refused(END_SESSION, input={"sessionId": session_id})
        assert await maya.refused(END_SESSION, input={"sessionId": his["id"]}) == unknown
        nobody = await community.nobody.refused(END_SESSION, input={"sessionId": his["id"]})
    assert (unknown["code"], nobody["code"]) == ("NOT_FOUND", "UNAUTHENTICATED")
    assert await signed_in(tom)


async def test_a_session_that_ran_out_is_not_shown(community: Community) -> None:
    maya = await community.person("Maya", device="Old laptop")
    community.served.clock.advance(days=31)
    given = {"email": maya.email, "password": PASSWORD}
    maya = holding(maya, (await community.nobody.do(LOG_IN, input=given))["session"])
    assert [each["device"] for each in (await maya.do(SESSIONS))["sessions"]] == [None]


async def test_a_device_s_name_is_one_line(community: Community) -> None:
    given = {"email": "maya@example.org", "password": PASSWORD, "device": "a\nb"}
    error = await community.nobody.refused(LOG_IN, input=given)
    assert (error["code"], error["path"]) == ("INVALID_INPUT", ["input", "device"])
