"""Six apps written with the GraphQL clients that people really use: they lose connections, tokens and the server."""

import asyncio
import secrets
import signal
import subprocess
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime

import httpx
import psutil
import pytest

from models.matches import Match
from pubsub.streams import match_stream
from resolvers.tokens import Tokens
from schema.node import key_of
from tests.clients import APPS, FOLDER, App, Clients, install
from tests.clients.wire import Wire
from tests.community import Community, Pair, Person
from tests.devices import another_device
from tests.documents import CREATE_COMMENT, CREATE_POST, EDIT_POST, MATCH_ACTIVITY, SPACE
from tests.servers import SECRET_KEY, Clock, Databases, Served, free_port, served_apart

TOKEN_SECONDS = 8
"""How long the short tokens last: the apps start, hear, and lose their connection before these end."""


@pytest.fixture(scope="module")
def clients() -> Clients:
    """The packages, installed into this checkout at their first use."""
    return install()


def short_lived(person: Person, seconds: int) -> str:
    """An access token of the person's session that ends soon; its refresh token gets one of the usual length."""
    now = datetime.now(UTC)
    assert person.token is not None
    claims = Tokens([SECRET_KEY]).read(person.token, now)
    token, _ = Tokens([SECRET_KEY], access_seconds=seconds).sign(claims.user_id, claims.session_id, now)
    return token


@asynccontextmanager
async def six_apps(clients: Clients, url: str, person: Person, pair: Pair, *, seconds: int) -> AsyncIterator[list[App]]:
    """A person's six apps, each logged in for itself with a token that lasts `seconds`, following the pair's space."""
    after = (await person.do(SPACE, id=pair.id))["space"]["activityCursor"]
    devices = [await another_device(person) for _ in APPS]
    async with AsyncExitStack() as stack:
        yield [
            await stack.enter_async_context(
                clients.app(
                    name,
                    ENDPOINT=f"{url}/graphql",
                    ACCESS_TOKEN=short_lived(device, seconds),
                    REFRESH_TOKEN=device.refresh_token,
                    QUERY=MATCH_ACTIVITY,
                    MATCH=pair.id,
                    AFTER=after,
                )
            )
            for name, device in zip(APPS, devices, strict=True)
        ]


async def all_hear(apps: list[App], body: str) -> None:
    await asyncio.gather(*(app.hears(body) for app in apps))


async def writes(person: Person, pair: Pair, body: str) -> str:
    """A new post's id, written as an app does that is not sure of the network: again and again under one key."""
    written = {"matchId": pair.id, "body": body, "idempotencyKey": secrets.token_hex(8)}
    async with asyncio.timeout(30):
        while True:
            try:
                return (await person.do(CREATE_POST, input=written))["post"]["id"]
            except httpx.TransportError:
                await asyncio.sleep(0.1)


async def writes_on(person: Person, pair: Pair, about: str) -> None:
    """Twenty posts, one after the other."""
    for number in range(1, 21):
        await writes(person, pair, f"{number} {about}")
        await asyncio.sleep(0.05)


async def cursors_of(community: Community, pair: Pair) -> list[str]:
    """The cursors of all that the pair's log holds, in order: what nobody may miss, hear twice or out of order."""
    key = key_of(pair.id, Match, ())
    rows = await community.database.fetch("SELECT number FROM activity WHERE stream_id = $1 ORDER BY number", key)
    return [match_stream(key).cursor(number) for (number,) in rows]


async def test_six_apps_lose_the_connection_and_then_their_tokens_and_miss_nothing(
    clients: Clients, two_workers: Served
) -> None:
    """Tom writes while Maya's network is down, and while her tokens end. Each of her apps hears all of it once, in
    order: each connects again by itself, from its cursor, and gets a fresh token when the server says that it must."""
    async with Community.on(two_workers) as community, Wire.to(two_workers.url) as wire:
        pair = await community.pair()
        maya, tom = pair.mentor, pair.mentee
        before = await cursors_of(community, pair)
        async with six_apps(clients, wire.url, maya, pair, seconds=TOKEN_SECONDS) as apps:
            post = await writes(tom, pair, "Hello Maya")
            await all_hear(apps, "Hello Maya")

            assert wire.cut() >= len(apps)
            await tom.do(CREATE_COMMENT, input={"postId": post, "body": "Are you there?"})
            await writes(tom, pair, "You must be in a tunnel")
            wire.mend()
            await writes(tom, pair, "Never mind")
            await all_hear(apps, "Never mind")

            for app in apps:
                await app.until(lambda app=app: app.closed.count(4403) + app.refused.count(401) > 0, "lose its token")
            await tom.do(EDIT_POST, input={"postId": post, "body": "Hello, Maya!"})
            await writes(tom, pair, "See you on Friday")
            await all_hear(apps, "See you on Friday")
        written = (await cursors_of(community, pair))[len(before) :]
    assert len(written) >= 6
    for app in apps:
        assert app.cursors == written, app
        assert app.bodies[1:] == ["You must be in a tunnel", "Never mind", "See you on Friday"], app
        assert app.refreshed == 1 and app.over is None, app
        if app.name.endswith("sse"):
            assert (app.refused, app.closed) == ([401], []), app
        else:
            assert app.closed.count(4403) == 1 and 1006 in app.closed, app


async def test_six_apps_live_through_a_restart_and_a_crash_of_the_server(
    clients: Clients, databases: Databases, redis_url: str
) -> None:
    """Tom goes on writing, each post until it is acknowledged, while the server is restarted and then killed. Each of
    Maya's apps hears all of it once, in order."""
    port = free_port()
    async with databases.fresh() as url, AsyncExitStack() as life:

        async def serve() -> subprocess.Popen[bytes]:
            served = await life.enter_async_context(served_apart(url, redis_url, workers=2, port=port))
            assert served.process is not None
            return served.process

        server = await serve()
        here = Served(f"http://127.0.0.1:{port}", Clock(), url)
        community = await life.enter_async_context(Community.on(here))
        pair = await community.pair()
        maya, tom = pair.mentor, pair.mentee
        before = await cursors_of(community, pair)
        apps = await life.enter_async_context(six_apps(clients, here.url, maya, pair, seconds=600))

        # A restart: told to end, and started again.
        await writes(tom, pair, "before")
        await all_hear(apps, "before")
        writing = asyncio.create_task(writes_on(tom, pair, "during the restart"))
        server.send_signal(signal.SIGTERM)
        assert await asyncio.to_thread(server.wait, 5) == 0
        server = await serve()
        await writing
        await all_hear(apps, "20 during the restart")

        # A crash: killed with all its workers, in the middle of things.
        writing = asyncio.create_task(writes_on(tom, pair, "during the crash"))
        await all_hear(apps, "3 during the crash")
        for process in [psutil.Process(server.pid), *psutil.Process(server.pid).children(recursive=True)]:
            process.kill()
        await asyncio.to_thread(server.wait, 5)
        await serve()
        await writing
        await all_hear(apps, "20 during the crash")
        written = (await cursors_of(community, pair))[len(before) :]

        for app in apps:
            assert app.cursors == written, app
            assert app.over is None, app
            if not app.name.endswith("sse"):
                assert app.closed[0] == 1012, app


def test_the_lock_file_names_no_address_of_a_registry() -> None:
    """Where packages come from is the machine's affair: the lock carries versions and hashes only."""
    lock = (FOLDER / "package-lock.json").read_text()

    assert '"resolved"' not in lock
    assert '"integrity"' in lock
