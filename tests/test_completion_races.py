"""Two who complete a match, take it back or end it at the same moment."""

import asyncio

from tests.community import Community
from tests.documents import COMPLETE_MATCH, END_MATCH, PROGRESS, VIEWER_ACTIVITY, WITHDRAW_COMPLETION
from tests.invariants import invariants
from tests.racing import all_at_once
from tests.test_completion import said
from tests.weekly import under_way


async def test_both_say_it_at_the_same_moment(community: Community) -> None:
    """Each of them also twice: the match is completed once, and both hear one end."""
    for _ in range(3):
        pair = await under_way(community)
        given = {"matchId": pair.id}
        async with pair.mentee.hears(VIEWER_ACTIVITY) as tom:
            await tom.silence(0.2)
            async with all_at_once(community, "matches", 4):
                tasks = [
                    asyncio.create_task(person.ask(COMPLETE_MATCH, input=given))
                    for person in (pair.mentor, pair.mentee) * 2
                ]
            await asyncio.gather(*tasks)
            states = []
            while not states or states[-1] != "COMPLETED":
                event = await tom.next()
                states += [event["match"]["state"]] if event["__typename"] == "MatchChanged" else []
        assert states == ["ACTIVE", "COMPLETED"]
        await invariants(community.database)


async def test_one_takes_it_back_as_the_other_agrees(community: Community) -> None:
    """Either it was taken back in time and only the other one says it now, or it is complete and he is told so."""
    for _ in range(4):
        pair = await under_way(community)
        given = {"matchId": pair.id}
        await pair.mentee.do(COMPLETE_MATCH, input=given)
        async with all_at_once(community, "matches", 2):
            tasks = [
                asyncio.create_task(pair.mentee.ask(WITHDRAW_COMPLETION, input=given)),
                asyncio.create_task(pair.mentor.ask(COMPLETE_MATCH, input=given)),
            ]
        withdrawn, _ = await asyncio.gather(*tasks)
        match = await pair.mentee.do(PROGRESS, id=pair.id)
        if errors := withdrawn["data"]["withdrawCompletion"]["errors"]:
            assert (errors[0]["code"], match["state"]) == ("READ_ONLY", "COMPLETED")
        else:
            assert (match["state"], said(match["space"])) == ("ACTIVE", (False, True))
        await invariants(community.database)


async def test_one_ends_it_as_the_other_agrees_and_it_ends_once(community: Community) -> None:
    for _ in range(3):
        pair = await under_way(community)
        await pair.mentee.do(COMPLETE_MATCH, input={"matchId": pair.id})
        async with all_at_once(community, "matches", 2):
            tasks = [
                asyncio.create_task(pair.mentee.ask(END_MATCH, input={"matchId": pair.id, "reason": "GOAL_REACHED"})),
                asyncio.create_task(pair.mentor.ask(COMPLETE_MATCH, input={"matchId": pair.id})),
            ]
        await asyncio.gather(*tasks)
        match = await pair.mentee.do(PROGRESS, id=pair.id)
        assert match["state"] in ("ENDED", "COMPLETED")
        assert (match["space"]["farewell"] is not None) == (match["state"] == "COMPLETED")
        await invariants(community.database)
