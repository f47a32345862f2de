"""Many who listen: what they are told is read together, and built once where it is the same; idle ears are free."""

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection

from pubsub import live
from pubsub.pump import AT_ONCE
from resolvers.activity import MOST_FORMS
from server.transports import live as live_transport
from server.transports.live import Answers
from server.transports.outcomes import Outcome
from tests.clients.bare import following
from tests.community import Community, Pair
from tests.documents import CREATE_POST
from tests.statements import counted

SHARED = """
subscription($matchId: ID!, $after: String) { matchActivity(matchId: $matchId, after: $after) {
  __typename cursor actor { name }
  ... on PostAdded { post { id body author { name } } }
  ... on MatchChanged { match { id state } }
} }
"""
"""Nothing in it depends on who asks."""

MINE = """
subscription($matchId: ID!) { matchActivity(matchId: $matchId) { ... on MatchChanged { match { state viewerRole } } } }
"""


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """The events for which an answer was built."""
    events: list[Any] = []
    to = Answers.to

    async def noted(answers: Answers, event: Any) -> Outcome:
        events.append(event)
        return await to(answers, event)

    monkeypatch.setattr(live_transport.Answers, "to", noted)
    yield events


async def held() -> Callable[[], None]:
    """Keep all batches from being read, until what is returned is called: then all who wait are read for at once."""
    pump = live.hub().pump
    for _ in range(AT_ONCE):
        await pump._free.acquire()

    def release() -> None:
        for _ in range(AT_ONCE):
            pump._free.release()

    return release


def about_rows(statements: list[str]) -> list[str]:
    """Those of live delivery's statements that do not read the log; it may be looked at once more, since it ticks."""
    return [each for each in statements if "stream.activity_head" not in each]


async def write(pair: Pair, body: str = "Hello") -> None:
    await pair.mentor.do(CREATE_POST, input={"matchId": pair.id, "body": body})


async def test_an_answer_is_built_once_for_all_who_ask_for_the_same(community: Community, built: list[Any]) -> None:
    """Maya on two devices, and Tom: one event, one answer, three who hear it."""
    pair = await community.pair()
    async with (
        pair.mentor.hears(SHARED, matchId=pair.id) as one,
        pair.mentor.hears_events(SHARED, matchId=pair.id) as two,
        pair.mentee.hears(SHARED, matchId=pair.id) as tom,
    ):
        await asyncio.gather(*(ears.silence(0.2) for ears in (one, two, tom)))
        await write(pair)
        heard = [[await ears.next(), await ears.next()] for ears in (one, two, tom)]
    assert heard[0] == heard[1] == heard[2]
    assert [event["__typename"] for event in heard[0]] == ["MatchChanged", "PostAdded"]
    assert len(built) == 2


async def test_what_depends_on_who_asks_is_built_for_each(community: Community, built: list[Any]) -> None:
    pair = await community.pair()
    async with (
        pair.mentor.hears(MINE, matchId=pair.id) as maya,
        pair.mentee.hears(MINE, matchId=pair.id) as tom,
    ):
        await asyncio.gather(maya.silence(0.2), tom.silence(0.2))
        await write(pair)
        roles = [(await ears.next())["match"]["viewerRole"] for ears in (maya, tom)]
    assert roles == ["MENTOR", "MENTEE"]


async def test_whose_right_has_ended_is_told_nothing_that_was_built_for_another(community: Community) -> None:
    """The hub knows nothing yet of what happened to Tom: the statement that reads for both finds it out."""
    pair = await community.pair()
    async with (
        pair.mentor.hears(SHARED, matchId=pair.id) as maya,
        pair.mentee.hears(SHARED, matchId=pair.id) as tom,
    ):
        await asyncio.gather(maya.silence(0.2), tom.silence(0.2))
        await community.database.execute(
            "UPDATE sessions SET revoked_at = now() FROM users WHERE user_id = users.id AND email = $1",
            pair.mentee.email,
        )
        await write(pair)
        assert (await maya.next())["__typename"] == "MatchChanged"
        assert await tom.rest() == []


async def test_what_happens_in_many_pairs_at_once_is_read_together(community: Community) -> None:
    """Ten pairs, twenty who listen, ten posts in one moment: a few statements, whatever their number."""
    names = [(f"Mentor {n}", f"Mentee {n}") for n in range(10)]
    pairs = [await community.pair(*two) for two in names]
    for pair in pairs:
        await write(pair, "The first, which makes the match active")
    async with AsyncExitStack() as stack:
        ears = [
            await stack.enter_async_context(person.hears(SHARED, matchId=pair.id))
            for pair in pairs
            for person in (pair.mentor, pair.mentee)
        ]
        await asyncio.gather(*(each.silence(0.3) for each in ears))
        release = await held()
        await asyncio.gather(*(write(pair) for pair in pairs))
        with counted() as statements:
            release()
            for each in ears:
                assert (await each.next())["post"]["body"] == "Hello"
    assert len(about_rows(statements)) <= AT_ONCE, statements


WHOLE = """
subscription($matchId: ID!) { matchActivity(matchId: $matchId) {
  cursor occurredAt who: actor { id } actor { name }
  ... on PostAdded { first: post { id body author { ...Person } } post { createdAt stepProgress { title } } }
  ... on CommentAdded { comment { body author { ...Person } } }
} }
fragment Person on User { id name avatarUrl }
"""
"""Two fields of one name, and people over and over: all that an event shows, and none of it twice."""


async def test_an_event_its_row_and_all_whom_it_shows_are_read_in_two_statements(community: Community) -> None:
    """One for the log and one for the row, its author, its step and who acted, whoever listens in whatever way."""
    pair = await community.pair()
    await write(pair, "The first, which makes the match active")
    async with (
        pair.mentor.hears(WHOLE, matchId=pair.id) as maya,
        pair.mentee.hears(WHOLE, matchId=pair.id) as tom,
        pair.mentee.hears_events(WHOLE, matchId=pair.id) as again,
    ):
        await asyncio.gather(maya.silence(0.3), tom.silence(0.3), again.silence(0.3))
        release = await held()
        await write(pair)
        with counted() as statements:
            release()
            heard = [await ears.next() for ears in (maya, tom, again)]
    assert heard[0] == heard[1] == heard[2]
    event = heard[0]
    assert (event["who"]["id"], event["actor"]["name"]) == (pair.mentor.id, "Maya")
    assert event["first"]["author"] == {"id": pair.mentor.id, "name": "Maya", "avatarUrl": None}
    assert (event["first"]["body"], event["post"]["stepProgress"]) == ("Hello", None)
    assert len(about_rows(statements)) == 1, statements


async def test_more_selections_than_a_batch_reads_for_are_answered_all_the_same(community: Community) -> None:
    """Each device asks for something else: most get what is read for them, the others what every row has."""
    pair = await community.pair()
    await write(pair, "The first, which makes the match active")
    parts = ["id", "body", "bodyHtml", "createdAt", "editedAt", "deletedAt", "author { name }", "author { id }"]
    asked = [" ".join(parts[: n + 1]) for n in range(len(parts))] + parts[1:]
    document = "subscription($m: ID!) { matchActivity(matchId: $m) { ... on PostAdded { post { %s } } } }"
    async with AsyncExitStack() as stack:
        ears = [await stack.enter_async_context(pair.mentee.hears(document % each, m=pair.id)) for each in asked]
        await asyncio.gather(*(each.silence(0.3) for each in ears))
        await write(pair)
        heard = [(await each.next())["post"] for each in ears]
    assert len(heard) > MOST_FORMS
    whole = heard[len(parts) - 1]
    assert whole["body"] == "Hello" and whole["author"] == {"name": "Maya", "id": pair.mentor.id}
    for post in heard:
        for name, value in post.items():
            assert value == whole[name] or (name == "author" and value.items() <= whole[name].items())


async def test_who_listens_and_hears_nothing_costs_no_task(community: Community) -> None:
    """Twenty sockets with a subscription each, of which the server keeps no task and nothing that waits."""
    pair = await community.pair()
    cursor = (await pair.mentor.do("query($id: ID!) { match(id: $id) { space { activityCursor } } }", id=pair.id))[
        "space"
    ]["activityCursor"]
    await write(pair)
    tasks_before = len(served_tasks())
    sockets: list[ClientConnection] = []
    try:
        for _ in range(20):
            sockets.append(await following(pair.mentee, pair.id, cursor))
        for ws in sockets:
            for kind in ("MatchChanged", "PostAdded"):
                message = json.loads(await asyncio.wait_for(ws.recv(), 5))
                assert message["payload"]["data"]["matchActivity"]["__typename"] == kind
        await asyncio.sleep(0.2)
        assert live.hub().following >= 20
        assert len(served_tasks()) <= tasks_before + 1, "no more than what ticks"
    finally:
        for ws in sockets:
            await ws.close()


def served_tasks() -> list[Any]:
    """The tasks of the server in this process, told from those of the tests' clients by where their code stands."""
    found = []
    for task in asyncio.all_tasks():
        code = getattr(task.get_coro(), "cr_code", None)
        if code is not None and any(part in code.co_filename for part in ("/server/", "/pubsub/", "/uvicorn/")):
            found.append(task)
    return found
