"""Two floors under W1 and W2: a bare ASGI handler with the same bytes, and one that also runs the same statements."""

import itertools
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import asyncpg

from benchmarks.community import Pair, Size, pairs
from benchmarks.documents import CREATE_POST, THREAD_PAGE
from benchmarks.floors.recorded import Recorded, record
from benchmarks.peers.settings import PeerSettings, serve
from models.database import PooledConnection, database

POOL_SIZE = 14
MOST_PAIRS = 200


class Answers:
    """An ASGI application: the page, or the answer to createPost, after its statements if it is to run them."""

    def __init__(self, *, runs_statements: bool) -> None:
        self._settings = PeerSettings.from_environment()
        self._runs_statements = runs_statements
        self._pairs: Iterator[Pair] = iter(())
        self._recorded: dict[bool, Recorded] = {}
        self._pool: Any = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        body = b""
        while (message := await receive()).get("more_body") or message.get("body"):
            body += message["body"]
            if not message.get("more_body"):
                break
        recorded = self._recorded[b"createPost" in body]
        if self._runs_statements:
            for text, values in recorded.for_pair(next(self._pairs)):
                await self._pool.fetch(text, *values)
        headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(recorded.answer))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": recorded.answer})

    async def _live(self, receive: Any, send: Any) -> None:
        await receive()
        url = self._settings.database_url
        async with asyncpg.create_pool(url, max_size=POOL_SIZE, connection_class=PooledConnection) as self._pool:
            count = await self._pool.fetchval("SELECT count(*) FROM matches")
            found = list(pairs(Size(pairs=min(count, MOST_PAIRS)), datetime.now(UTC)))
            self._pairs = itertools.cycle(found)
            async with database(url):
                written = {"matchId": found[0].id, "body": "What is written, is written."}
                self._recorded[False] = await record(THREAD_PAGE, {"id": found[0].id}, found[0])
                self._recorded[True] = await record(CREATE_POST, {"input": written}, found[0])
            await send({"type": "lifespan.startup.complete"})
            await receive()
        await send({"type": "lifespan.shutdown.complete"})


def bare() -> Answers:
    """The bytes alone."""
    return Answers(runs_statements=False)


def sql() -> Answers:
    """The bytes after the statements."""
    return Answers(runs_statements=True)


if __name__ == "__main__":
    serve(f"benchmarks.floors.answers:{sys.argv[1]}")
