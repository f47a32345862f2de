"""Sign-up windows under two workers, a crash, and people who come at the very end."""

import asyncio

import pytest

from tests.community import Community
from tests.documents import SIGN_UP
from tests.invariants import invariants
from tests.racing import until_waiting
from tests.servers import Served
from tests.test_expiries import nothing_can_be_logged
from tests.test_notifications import told
from tests.test_sign_ups import answers
from tests.windows import ADA, Scene, ticker


async def test_two_workers_at_once_open_and_close_each_program_once(served: Served, community: Community) -> None:
    scene = await Scene.set(community)
    programs = [scene.program] + [
        await community.program(scene.people[ADA], scene.group, state="DRAFT") for _ in range(15)
    ]
    for program in programs:
        scene.program = program
        await scene.window(opensOn=1, closesOn=1)
    for days, state in ((1, "SIGN_UP"), (2, "MATCHING")):
        await scene.comes(days)
        workers = [ticker(served) for _ in range(2)]
        await asyncio.gather(*(worker.tick() for worker in workers))
        assert [worker.failed for worker in workers] == [0, 0]
        while await ticker(served).tick():
            pass
        for program in programs:
            scene.program = program
            assert (await scene.seen())["state"] == state
            if state == "SIGN_UP":
                await scene.sign_up(1, 2)
    for program in programs:
        scene.program = program
        assert (await scene.said()).count(("PROGRAM_CHANGED", None)) == 2
    (kind,) = {each["kind"] for each in (await told(scene.people[ADA], first=100)).nodes}
    assert kind == "SIGN_UP_CLOSED"
    await invariants(community.database)


async def test_a_crash_inside_leaves_the_program_as_it_was_and_due(served: Served, community: Community) -> None:
    scene = await Scene.set(community)
    await community.advance(scene.people[ADA], scene.program, "SIGN_UP")
    await scene.window(closesOn=0)
    await scene.sign_up(1, 2)
    await scene.comes(1)
    async with community.nothing_changes(), nothing_can_be_logged(served):
        dying = asyncio.create_task(ticker(served).tick())
        await until_waiting(community, 1)
        dying.cancel()
        await asyncio.wait([dying], timeout=5)
    await ticker(served).tick()
    assert (await scene.seen())["state"] == "MATCHING"
    assert (await scene.said()).count(("PROGRAM_CHANGED", None)) == 1


@pytest.mark.parametrize("first", ["sign-up", "closing"])
async def test_who_signs_up_at_the_very_end_is_in_or_is_told_that_it_is_over(
    served: Served, community: Community, first: str
) -> None:
    """Tom's sign-up holds the program, and the ticker passes by; or the closing does, and Tom waits and is refused."""
    scene = await Scene.set(community)
    await community.advance(scene.people[ADA], scene.program, "SIGN_UP")
    await scene.window(closesOn=0)
    await scene.sign_up(1, ADA)
    await scene.comes(1)
    tom = scene.people[2]
    given = answers(scene.program, role="MENTEE")
    async with nothing_can_be_logged(served):
        if first == "closing":
            closing = asyncio.create_task(ticker(served).tick())
            await until_waiting(community, 1)
            toms = asyncio.create_task(tom.ask(SIGN_UP, input=given))
            await until_waiting(community, 2)
        else:
            toms = asyncio.create_task(tom.ask(SIGN_UP, input=given))
            await until_waiting(community, 1)
            closing = asyncio.create_task(ticker(served).tick())
            await asyncio.wait_for(closing, 5)
    await closing
    errors = [error["code"] for error in (await toms)["data"]["signUp"]["errors"]]
    assert errors == ([] if first == "sign-up" else ["ILLEGAL_TRANSITION"])
    assert (await scene.seen())["state"] == ("SIGN_UP" if first == "sign-up" else "MATCHING")
    await ticker(served).tick()
    assert (await scene.seen())["state"] == "MATCHING"
    await invariants(community.database)
