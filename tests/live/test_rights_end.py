"""A right that ends: what is open completes in time on other workers too, and nothing written afterwards is told."""

import asyncio
import json
import os
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import asyncpg
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from models.database import database as opened_database
from pubsub.live import close_live, open_live
from pubsub.streams import match_stream
from resolvers import accounts
from server.local.redis import LocalRedis
from tests.community import PASSWORD, Community, Pair, Person
from tests.documents import BLOCK_USER, CREATE_POST, END_MATCH, MATCH_ACTIVITY, REMOVE_MEMBER, VIEWER_ACTIVITY
from tests.listening import Completed, Ears
from tests.live.pairs import key_of
from tests.live.workers import Worker
from tests.servers import CHECKOUT

LOG_OUT_EVERYWHERE = (
    "mutation($input: LogOutEverywhereInput!) { logOutEverywhere(input: $input) { user { id } errors { code } } }"
)
BOUNDS = {"up": 1.0, "down": 2.0}
"""Seconds from the commit in which what is open has completed, by whether Redis is up."""

SLOWEST: dict[str, float] = {}


@dataclass
class Scene:
    """A pair with Tom the mentee, whose right ends, and where all this happens: `near` acts, `far` is listened at."""

    pair: Pair
    near: Worker
    far: Worker
    database: asyncpg.Connection

    def at(self, person: Person, worker: Worker) -> Person:
        """The person, at a worker."""
        return replace(person, served=worker.served)


async def end_the_match(scene: Scene) -> None:
    """Maya ends the match, through the other worker."""
    await scene.pair.mentor.do(END_MATCH, input={"matchId": scene.pair.id, "reason": "NO_TIME"})


async def block_him(scene: Scene) -> None:
    """Maya blocks Tom, through the other worker: to him it is as if she had ended the match."""
    await scene.pair.mentor.do(BLOCK_USER, input={"userId": scene.pair.mentee.id})


async def remove_him(scene: Scene) -> None:
    """The group's admin removes Tom."""
    await scene.pair.admin.do(REMOVE_MEMBER, input={"groupId": scene.pair.group, "userId": scene.pair.mentee.id})


async def log_him_out(scene: Scene) -> None:
    """Tom logs out everywhere, on another device."""
    await scene.pair.mentee.do(LOG_OUT_EVERYWHERE, input={"password": PASSWORD})


async def suspend_him_by_command(scene: Scene) -> None:
    """An operator runs `mentorship suspend`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MENTORSHIP_")}
    command = [sys.executable, "-m", "server.cli", "suspend", scene.pair.mentee.email]
    process = await asyncio.create_subprocess_exec(
        *command, cwd=CHECKOUT, env=kept | scene.near.environment(), stdout=asyncio.subprocess.DEVNULL
    )
    assert await asyncio.wait_for(process.wait(), 30) == 0


async def suspend_him_from_a_process_of_ours(scene: Scene) -> None:
    """A process with a live half, such as a job's, suspends Tom."""
    async with opened_database(scene.near.database_url):
        await open_live(scene.near.redis_url)
        try:
            await accounts.suspend(email=scene.pair.mentee.email, now=datetime.now(UTC))
        finally:
            await close_live()


Act = Callable[[Scene], Awaitable[None]]
ENDS = (end_the_match, block_him)
CUT = (remove_him, log_him_out, suspend_him_by_command, suspend_him_from_a_process_of_ours)
SIGNED_OUT = CUT[1:]


@pytest.fixture(scope="module", params=["up", "down"])
async def redis_is(request: pytest.FixtureRequest, own_redis: LocalRedis) -> AsyncIterator[str]:
    """Redis is up, or down, for as long as needed."""
    if request.param == "down":
        own_redis.stop()
    yield request.param
    if request.param == "down":
        own_redis.restart()


@pytest.mark.parametrize("act", [*ENDS, *CUT], ids=lambda act: act.__name__)
async def test_what_he_follows_completes_in_time_and_tells_nothing_written_afterwards(
    two_apart: list[Worker],
    database: asyncpg.Connection,
    redis_is: str,
    act: Act,
    figures: Callable[[str, dict[str, Any]], None],
) -> None:
    """Tom listens on one worker, over a socket and over server-sent events; the act is done through the other."""
    near, far = two_apart
    async with Community.on(near.served) as community, AsyncExitStack() as open_ones:
        scene = Scene(await community.pair(), near, far, database)
        tom = scene.at(scene.pair.mentee, far)
        start = match_stream(key_of(scene.pair.id)).cursor(0)
        ears = [
            await open_ones.enter_async_context(hears(MATCH_ACTIVITY, matchId=scene.pair.id, after=start))
            for hears in (tom.hears, tom.hears_events)
        ]
        hello = await scene.pair.mentor.do(CREATE_POST, input={"matchId": scene.pair.id, "body": "Hello"})
        for each in ears:
            assert [(await each.next())["__typename"] for _ in range(2)] == ["MatchChanged", "PostAdded"]
        if act in SIGNED_OUT:
            ears.append(await open_ones.enter_async_context(tom.hears(VIEWER_ACTIVITY)))
            await ears[-1].silence()

        acting = asyncio.create_task(act(scene))
        committed = await _committed(scene, act)
        await _written_afterwards(scene, act, hello["post"]["id"])
        heard = await asyncio.gather(*(_heard_until_the_end(each, committed, BOUNDS[redis_is]) for each in ears))
        await acting
        for events, seconds in heard:
            expected = [("MatchChanged", None)] if act in ENDS else []
            assert [(event["__typename"], event["actor"]) for event in events] == expected
            name = f"{act.__name__}, Redis {redis_is}"
            SLOWEST[name] = max(SLOWEST.get(name, 0.0), round(seconds, 2))
        figures("rights-end", SLOWEST)
        await _nothing_is_left(scene, act)


async def _committed(scene: Scene, act: Act) -> float:
    """When the act had been committed, to some milliseconds; commands take a while to begin."""
    pair = scene.pair
    if act in SIGNED_OUT:
        question = "SELECT count(*) > 0 FROM sessions WHERE user_id = $1 AND revoked_at IS NOT NULL"
        subject = key_of(pair.mentee.id)
    else:
        question, subject = "SELECT ended_at IS NOT NULL FROM matches WHERE id = $1", key_of(pair.id)
    async with asyncio.timeout(30):
        while not await scene.database.fetchval(question, subject):  # noqa: ASYNC110 (there is nothing to wait for)
            await asyncio.sleep(0.003)
    return time.monotonic()


async def _written_afterwards(scene: Scene, act: Act, post_id: str) -> None:
    """Maya goes on writing where she can; after a removal, she cannot, and the log grows by other means."""
    given = {"matchId": scene.pair.id, "body": "Are you still there?"}
    if act in SIGNED_OUT:
        await scene.pair.mentor.do(CREATE_POST, input=given)
        return
    assert (await scene.pair.mentor.refused(CREATE_POST, input=given))["code"] == "READ_ONLY"
    if act is remove_him:
        async with scene.database.transaction():
            head = await scene.database.fetchval(
                "UPDATE matches SET activity_head = activity_head + 1 WHERE id = $1 RETURNING activity_head",
                key_of(scene.pair.id),
            )
            await scene.database.execute(
                "INSERT INTO activity (stream_id, number, kind, subject_id, occurred_at)"
                " VALUES ($1, $2, 'POST_CHANGED', $3, now())",
                key_of(scene.pair.id),
                head,
                key_of(post_id),
            )


async def _heard_until_the_end(ears: Ears, committed: float, bound: float) -> tuple[list[Any], float]:
    """What was heard before the server completed, and how long after the commit that was."""
    events = []
    try:
        while True:
            events.append(await ears.next(max(0.0, committed + bound - time.monotonic())))
    except Completed:
        return events, time.monotonic() - committed


async def _nothing_is_left(scene: Scene, act: Act) -> None:
    """Neither a request nor a new subscription of Tom's is answered with anything."""
    tom = scene.at(scene.pair.mentee, scene.far)
    response = await tom.http.post(
        f"{tom.served.url}/graphql",
        json={"query": "{ viewer { user { id } } }"},
        headers={"authorization": f"Bearer {tom.token}"},
    )
    if act in SIGNED_OUT:
        assert response.status_code == 401
        async with connect(tom.served.socket_url, subprotocols=["graphql-transport-ws"]) as socket:
            payload = {"authorization": f"Bearer {tom.token}"}
            await socket.send(json.dumps({"type": "connection_init", "payload": payload}))
            with pytest.raises(ConnectionClosed):
                await asyncio.wait_for(socket.recv(), 5)
            assert socket.close_code == 4403
        return
    assert response.status_code == 200
    assert (await tom.refused(CREATE_POST, input={"matchId": scene.pair.id, "body": "?"}))["code"] == (
        "READ_ONLY" if act in ENDS else "NOT_FOUND"
    )
    async with tom.hears(MATCH_ACTIVITY, matchId=scene.pair.id) as ears:
        if act in ENDS:
            assert await ears.rest() == []
        else:
            assert (await ears.refusal())["extensions"]["code"] == "NOT_FOUND"
