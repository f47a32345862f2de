"""One order: what was fetched, changed by the events since, is what is fetched anew; for both members and the admin.

For every kind of change there is an act in ACTS, and a new kind without one fails: after Zulip's `verify_action`.
"""

import asyncio
from contextlib import AsyncExitStack

import pytest

from models.enums import ActivityKind
from tests.changes import ACTS, HALF_A_STEP, THE_MATCH, Act, Case, Scene, by, then
from tests.community import Community, Pair
from tests.documents import (
    CREATE_COMMENT,
    CREATE_MATCH,
    CREATE_POST,
    SEND_MESSAGE,
    SPACE,
)
from tests.invariants import invariants
from tests.reference_client import EVENTS, admin, member
from tests.rounds import waiting
from tests.watching import Watch, after, order


def typename(kind: ActivityKind) -> str:
    """The type of a kind's events."""
    return "".join(word.capitalize() for word in kind.split("_"))


def test_every_kind_of_change_has_its_act_and_brings_something() -> None:
    assert {case.kind for case in ACTS} == set(ActivityKind)
    assert set(EVENTS) == {typename(kind) for kind in ActivityKind}


async def set_up(community: Community, *, talked: bool) -> Scene:
    """Maya may have two mentees, and has Tom; somebody else waits."""
    here = await waiting(community, mentees=2, capacity=2)
    (maya, offer), (tom, search), (_, other) = here.mentors[0], *here.mentees
    match_id = (await here.admin.do(CREATE_MATCH, input=here.pair()))["match"]["id"]
    pair = Pair(match_id, maya, tom, here.admin, here.group, here.program)
    ids = {"match": match_id, "offer": offer, "search": search, "other search": other, "program": here.program}
    scene = Scene(community, pair, ids)
    scene.ids["step"] = (await maya.do(SPACE, id=match_id))["space"]["steps"][0]["id"]
    news = (await tom.do("{ viewer { notifications { edges { node { id } } } } }"))["notifications"]["edges"]
    scene.ids["news"] = news[0]["node"]["id"]
    if talked:
        post = await maya.do(CREATE_POST, input={"matchId": match_id, "body": "Hello, Tom"})
        scene.ids["post"] = post["post"]["id"]
        comment = await tom.do(CREATE_COMMENT, input={"postId": scene.ids["post"], "body": "Hello, Maya"})
        message = await maya.do(SEND_MESSAGE, input={"matchId": match_id, "body": "How are you?"})
        scene.ids |= {"comment": comment["comment"]["id"], "message": message["message"]["id"]}
    return scene


async def verify(scene: Scene, act: Act) -> set[str]:
    """Do it, and compare what everybody shows with what is so; the types of the events that told of it."""
    pair = scene.pair
    clients = [member(pair.mentor, pair), member(pair.mentee, pair), admin(pair.admin, pair)]
    told: set[str] = set()
    orders = []
    async with AsyncExitStack() as stack:
        before = [await client.fetch() for client in clients]
        live = [
            await stack.enter_async_context(Watch.over(client, state))
            for client, state in zip(clients, before, strict=True)
        ]
        await act(scene)
        for watch in live:
            client, old, fresh = watch.client, watch.state, await watch.client.fetch()
            heard = await watch.until(fresh)
            async with Watch.over(client, old) as late:
                caught_up = await late.until(fresh)
            assert after(client, old, heard) == fresh, "who watched shows what is so"
            assert after(client, old, caught_up) == fresh, "so does who fetched before, and listened later"
            assert after(client, fresh, caught_up) == fresh, "what was known already changes nothing"
            told |= {event["__typename"] for events in heard.values() for event in events}
            if "match" in heard:
                orders += [order(heard), order(caught_up)]
    assert orders == [orders[0]] * 4, "both see one order"
    return told


@pytest.mark.parametrize("case", ACTS, ids=lambda case: case.what.replace(" ", "-"))
async def test_state_changed_by_events_is_the_state_that_is_fetched(community: Community, case: Case) -> None:
    scene = await set_up(community, talked=case.talked)
    assert typename(case.kind) in await verify(scene, case.act)


async def test_who_slept_through_it_all_shows_the_same_as_who_watched(community: Community) -> None:
    """Everything that can happen to a pair that has talked, one after the other, and the end last."""
    scene = await set_up(community, talked=True)
    end, *_ = ends = [case for case in ACTS if case.what in ("an end", "a completion")]
    told = await verify(scene, then(*(case.act for case in ACTS if case.talked and case not in ends), end.act))
    assert told == set(EVENTS)
    await invariants(community.database)


async def test_both_see_one_order_when_they_write_at_once(community: Community) -> None:
    async def everybody_at_once(scene: Scene) -> None:
        acts = [
            by(who, document, **where, body=f"{who} {number}")
            for number in range(8)
            for who in ("mentor", "mentee")
            for document, where in (
                (CREATE_POST, THE_MATCH),
                (SEND_MESSAGE, THE_MATCH),
                (CREATE_COMMENT, {"postId": "the post"}),
            )
        ]
        await asyncio.gather(*(act(scene) for act in acts), HALF_A_STEP(scene))

    await verify(await set_up(community, talked=True), everybody_at_once)
    await invariants(community.database)
