"""Sign-up windows: sign-up opens and closes by itself at midnight where the group is, once, whatever happens then."""

from typing import Any

from tests.community import Community, Person
from tests.documents import ADVANCE_PROGRAM, PROGRAM_ACTIVITY, SET_SIGN_UP_WINDOW, SIGN_UP
from tests.invariants import invariants
from tests.rounds import key
from tests.servers import Served
from tests.test_notifications import told
from tests.test_sign_ups import answers
from tests.windows import ADA, Scene, ticker

OPEN_ONES = "{ programs(first: 100, openForSignUp: true) { edges { node { id } } } }"


async def test_sign_up_opens_and_closes_at_midnight_where_the_group_is_and_the_admin_hears_it(
    served: Served, community: Community
) -> None:
    scene = await Scene.set(community)
    program = await scene.window(opensOn=2, closesOn=5)
    assert (program["state"], program["signUpIsOpen"]) == ("DRAFT", False)
    assert (program["signUpOpensOn"], program["signUpClosesOn"]) == (str(scene.day(2)), str(scene.day(5)))
    await scene.comes(2, seconds=-1)
    async with community.nothing_changes():
        await ticker(served).tick()
    await scene.comes(2)
    ada = scene.people[ADA]
    async with ada.hears(PROGRAM_ACTIVITY, programId=scene.program) as admin:
        await admin.silence(0.2)
        await ticker(served).tick()
        heard = await admin.next()
        assert (heard["__typename"], heard["actor"]) == ("ProgramChanged", None)
        assert heard["program"]["state"] == "SIGN_UP"
    assert (await scene.seen())["signUpIsOpen"]
    await scene.sign_up(1, 2)

    await scene.comes(6, seconds=-1)
    async with community.nothing_changes():
        await ticker(served).tick()
    assert scene.program in str(await scene.people[1].do(OPEN_ONES)), "the last day is a whole one"
    await scene.comes(6)
    ada, maya, _ = scene.people
    async with ada.hears(PROGRAM_ACTIVITY, programId=scene.program) as admin:
        await admin.silence(0.2)
        await ticker(served).tick()
        heard = await admin.next()
        assert (heard["program"]["state"], heard["actor"]) == ("MATCHING", None)
        await admin.silence()
    assert (await scene.seen())["signUpIsOpen"] is False
    assert scene.program not in str(await maya.do(OPEN_ONES))
    news = await told(ada)
    assert (news.kinds, news.nodes[0]["subject"]["id"]) == (["SIGN_UP_CLOSED"], scene.program)
    assert (await told(maya)).kinds == []
    async with community.nothing_changes():
        error = await maya.refused(SIGN_UP, input=answers(scene.program, role="MENTEE"))
        assert error["code"] == "ILLEGAL_TRANSITION" and "closed" in error["message"]
        await ticker(served).tick()
    await invariants(community.database)


async def test_with_nobody_to_pair_sign_up_closes_and_a_later_day_opens_it_again(
    served: Served, community: Community
) -> None:
    scene = await Scene.set(community)
    await community.advance(scene.people[ADA], scene.program, "SIGN_UP")
    await scene.window(closesOn=1)
    await scene.sign_up(1)
    await scene.comes(2, hours=3)
    await ticker(served).tick()
    seen = await scene.seen()
    assert (seen["state"], seen["signUpIsOpen"]) == ("SIGN_UP", False)
    assert (await told(scene.people[ADA])).kinds == ["NOBODY_TO_PAIR"]
    async with community.nothing_changes():
        assert (await scene.people[2].refused(SIGN_UP, input=answers(scene.program)))["code"] == "ILLEGAL_TRANSITION"
        given = {"programId": scene.program, "to": "MATCHING"}
        assert (await scene.people[ADA].refused(ADVANCE_PROGRAM, input=given))["code"] == "ILLEGAL_TRANSITION"
        await ticker(served).tick()
    assert (await scene.window(closesOn=4))["signUpIsOpen"]
    await scene.sign_up(2)
    await scene.comes(5)
    await ticker(served).tick()
    assert (await scene.seen())["state"] == "MATCHING"
    assert (await told(scene.people[ADA])).kinds == ["SIGN_UP_CLOSED", "NOBODY_TO_PAIR"]


async def test_by_hand_an_admin_is_faster_than_the_window(served: Served, community: Community) -> None:
    """Matching that began by hand leaves sign-up open until its last day; a window taken away closes nothing."""
    scene = await Scene.set(community)
    await scene.window(opensOn=3, closesOn=4)
    await community.advance(scene.people[ADA], scene.program, "SIGN_UP")
    await scene.sign_up(1, 2)
    await community.advance(scene.people[ADA], scene.program, "MATCHING")
    await scene.sign_up(ADA)
    await scene.comes(5)
    await ticker(served).tick()
    seen = await scene.seen()
    assert (seen["state"], seen["signUpIsOpen"]) == ("MATCHING", False)
    assert (await scene.window(closesOn=None))["signUpIsOpen"]
    await scene.comes(9)
    async with community.nothing_changes():
        await ticker(served).tick()


async def test_in_a_rolling_program_the_last_day_starts_matching_and_closes_nothing(
    served: Served, community: Community
) -> None:
    scene = await Scene.set(community, rolling=True)
    await scene.window(opensOn=0, closesOn=0)
    await ticker(served).tick()
    await scene.sign_up(1, 2)
    await scene.comes(1)
    await ticker(served).tick()
    seen = await scene.seen()
    assert (seen["state"], seen["signUpIsOpen"]) == ("MATCHING", True)
    await scene.sign_up(ADA)
    assert (await told(scene.people[ADA])).kinds == []


async def test_a_window_in_which_no_server_ran_opens_and_closes_in_one_tick(
    served: Served, community: Community
) -> None:
    scene = await Scene.set(community)
    await scene.window(opensOn=1, closesOn=2)
    await scene.comes(20)
    await ticker(served).tick()
    assert (await scene.seen())["state"] == "SIGN_UP"
    assert (await told(scene.people[ADA])).kinds == ["NOBODY_TO_PAIR"]


async def test_a_group_that_may_run_no_programs_opens_none_until_it_may(served: Served, community: Community) -> None:
    scene = await Scene.set(community)
    await scene.window(opensOn=1)
    withdrawn = "UPDATE groups SET mentorship_withdrawn_at = $2 WHERE id = $1"
    await community.database.execute(withdrawn, key(scene.group), served.clock.now)
    await scene.comes(3)
    async with community.nothing_changes():
        await ticker(served).tick()
    await community.database.execute(withdrawn, key(scene.group), None)
    await ticker(served).tick()
    assert (await scene.seen())["state"] == "SIGN_UP"


async def test_days_that_make_no_window_are_refused(community: Community) -> None:
    scene = await Scene.set(community)
    ada, maya, _ = scene.people

    async def refused(person: Person, **days: Any) -> tuple[str, str]:
        given = {name: str(scene.day(value)) if isinstance(value, int) else value for name, value in days.items()}
        error = await person.refused(SET_SIGN_UP_WINDOW, input={"programId": scene.program} | given)
        return error["code"], error["path"][-1] if error["path"] else ""

    async with community.nothing_changes():
        assert await refused(ada, opensOn=-1) == ("INVALID_INPUT", "opensOn"), "yesterday, in Auckland"
        assert await refused(ada, closesOn=-1) == ("INVALID_INPUT", "closesOn")
        assert await refused(ada, opensOn=3, closesOn=2) == ("INVALID_INPUT", "closesOn")
        assert await refused(ada, closesOn="9999-12-31") == ("INVALID_INPUT", "closesOn")
        assert await refused(maya, opensOn=1) == ("NOT_FOUND", "programId"), "a draft is for admins"
        assert await refused(community.nobody, opensOn=1) == ("UNAUTHENTICATED", "")
    await scene.window(opensOn=1, closesOn=3)
    await community.advance(ada, scene.program, "SIGN_UP")
    async with community.nothing_changes():
        assert await refused(maya, closesOn=4) == ("FORBIDDEN", "programId")
        assert await refused(ada, opensOn=2) == ("INVALID_INPUT", "opensOn"), "it has opened"
        assert await refused(ada, closesOn=0) == ("INVALID_INPUT", "closesOn"), "before it opens by its plan"
        await scene.window(opensOn=1, closesOn=3)
    await community.advance(ada, scene.program, "CANCELLED")
    async with community.nothing_changes():
        assert await refused(ada, closesOn=4) == ("ILLEGAL_TRANSITION", "programId")
