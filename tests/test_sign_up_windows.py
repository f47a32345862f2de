"""Sign-up windows: sign-up opens and closes by itself at midnight where the group is, once, whatever happens then."""

import asyncio
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from server.jobs import Ticker
from tests.community import Community, Person
from tests.devices import refreshed
from tests.documents import ADVANCE_PROGRAM, PROGRAM_ACTIVITY, SET_SIGN_UP_WINDOW, SIGN_UP
from tests.falling_due import ticker_on
from tests.invariants import invariants
from tests.racing import until_waiting
from tests.rounds import key
from tests.servers import Served
from tests.test_expiries import nothing_can_be_logged
from tests.test_notifications import told
from tests.test_sign_ups import answers

PROGRAM = "query($id: ID!) { program(id: $id) { state signUpIsOpen signUpOpensOn signUpClosesOn } }"
OPEN_ONES = "{ programs(first: 100, openForSignUp: true) { edges { node { id } } } }"
LOG = "SELECT kind, actor_id FROM activity WHERE stream_id = $1 ORDER BY number"
ADA = 0
AUCKLAND = ZoneInfo("Pacific/Auckland")


def ticker(served: Served) -> Ticker:
    return ticker_on(served, "open-sign-up", "close-sign-up")


async def at(served: Served, moment: datetime, *people: Person) -> list[Person]:
    """It is then; these people come back with tokens that are good."""
    served.clock.now = moment
    return [await refreshed(each) for each in people]


class Scene:
    """Ada, Maya and Tom in a group in Auckland, half a day ahead of UTC, and a draft of Ada's."""

    def __init__(self, community: Community, people: list[Person], group: str, program: str) -> None:
        self.community, self.served, self.people = community, community.served, people
        self.group, self.program = group, program
        self.today = self.served.clock.now.astimezone(AUCKLAND).date()

    @classmethod
    async def set(cls, community: Community, **program: Any) -> "Scene":
        clock = community.served.clock
        clock.now = max(clock.now, datetime.fromisoformat("2026-03-02T10:00Z"))
        people = await community.people("Ada", "Maya", "Tom")
        group_id = await community.group(*people, timeZone="Pacific/Auckland")
        program_id = await community.program(people[ADA], group_id, state="DRAFT", **program)
        return cls(community, people, group_id, program_id)

    def day(self, days: int) -> date:
        return self.today + timedelta(days=days)

    async def window(self, **days: int | None) -> dict[str, Any]:
        """Set the window by days from today; None takes one away."""
        given = {name: value if value is None else self.day(value).isoformat() for name, value in days.items()}
        done = await self.people[ADA].do(SET_SIGN_UP_WINDOW, input={"programId": self.program} | given)
        return done["program"]

    async def comes(self, days: int, **later: float) -> None:
        """The clocks in Auckland show midnight at the beginning of that day, or later."""
        midnight = datetime.combine(self.day(days), time.min, AUCKLAND).astimezone(UTC)
        self.people = await at(self.served, midnight + timedelta(**later), *self.people)

    async def seen(self) -> dict[str, Any]:
        return await self.people[ADA].do(PROGRAM, id=self.program)

    async def sign_up(self, *who: int) -> None:
        for number in who:
            role = "MENTOR" if number == 1 else "MENTEE"
            await self.community.sign_up(self.people[number], self.program, role)

    async def said(self) -> list[tuple[str, Any]]:
        return [tuple(row) for row in await self.community.database.fetch(LOG, key(self.program))]


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
