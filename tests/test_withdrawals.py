"""Taking a sign-up back: by the person alone, once, and without touching the pair that it led to."""

from uuid import uuid4

from models.sign_ups import SignUp
from schema.node import global_id
from tests.community import Community
from tests.documents import END_MATCH, PROGRAM_ACTIVITY, WITHDRAW_SIGN_UP
from tests.invariants import invariants
from tests.test_sign_ups import of


async def test_maya_takes_her_sign_up_back_once_and_may_sign_up_again(community: Community) -> None:
    ada, maya, tom = await community.people("Ada", "Maya", "Tom")
    program_id = await community.program(ada, await community.group(ada, maya, tom))
    sign_up_id = await community.sign_up(maya, program_id, "MENTOR")
    given = {"signUpId": sign_up_id}
    async with ada.hears(PROGRAM_ACTIVITY, programId=program_id) as admin:
        await admin.silence(0.1)
        async with community.nothing_changes():
            absent = {"signUpId": global_id(SignUp(id=uuid4()))}
            refusals = [await each.refused(WITHDRAW_SIGN_UP, input=given) for each in (tom, ada)]
            refusals.append(await maya.refused(WITHDRAW_SIGN_UP, input=absent))
            assert refusals == [refusals[0]] * 3, "somebody else's is one that does not exist, for the admin too"
            assert (refusals[0]["code"], refusals[0]["path"]) == ("NOT_FOUND", ["input", "signUpId"])
            assert (await community.nobody.refused(WITHDRAW_SIGN_UP, input=given))["code"] == "UNAUTHENTICATED"
        await admin.silence()

        assert (await maya.do(WITHDRAW_SIGN_UP, input=given))["signUp"] == {"id": sign_up_id, "state": "WITHDRAWN"}
        heard = await admin.next()
        assert (heard["__typename"], heard["actor"]["id"]) == ("SignUpChanged", maya.id)
        assert (heard["signUp"]["id"], heard["signUp"]["state"]) == (sign_up_id, "WITHDRAWN")

        async with community.nothing_changes():
            error = await maya.refused(WITHDRAW_SIGN_UP, input=given)
            assert error["code"] == "ILLEGAL_TRANSITION"
            assert "WITHDRAWN" in error["message"] and "WAITING or MATCHED" in error["message"]
        await admin.silence()
    assert await community.sign_up(maya, program_id, "MENTOR") != sign_up_id


async def test_a_pair_goes_on_when_one_of_the_two_withdraws_the_sign_up(community: Community) -> None:
    pair = await community.pair()
    await pair.mentee.do(WITHDRAW_SIGN_UP, input={"signUpId": pair.sign_ups["MENTEE"]})
    await invariants(community.database)
    (gone,) = await of(pair.mentee)
    assert (gone["state"], gone["openMatches"]) == ("WITHDRAWN", 1)
    await pair.mentor.do(END_MATCH, input={"matchId": pair.id, "reason": "OTHER"})
    (gone,) = await of(pair.mentee)
    assert (gone["state"], gone["openMatches"]) == ("WITHDRAWN", 0), "it does not come back to life"
    await invariants(community.database)
