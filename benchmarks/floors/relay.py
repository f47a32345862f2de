"""The floor under W3: what is posted goes to Redis as it came, and from Redis to the sockets, and nothing is kept."""

import asyncio
import json
from collections import defaultdict
from typing import Any

import redis.asyncio as redis

from benchmarks.peers.settings import PeerSettings, serve

CHANNEL = "floor:"
ANSWER = b'{"data":{"createPost":{"post":{"id":"none"},"errors":[]}}}'
HEADERS = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(ANSWER))]
BEFORE, AFTER = '{"id":"1","type":"next","payload":', "}"


class Relay:
    """An ASGI application that speaks as much of graphql-transport-ws as the load does."""

    def __init__(self) -> None:
        self._client = redis.Redis.from_url(PeerSettings.from_environment().redis_url)
        self._sockets: dict[str, set[Any]] = defaultdict(set)
        self._listening: asyncio.Task[None] | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """A post, a socket, or the application's own beginning and end."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "websocket":
            await self._socket(receive, send)
        else:
            body = (await receive()).get("body", b"")
            if b'"matchId"' in body:
                await self._client.publish(CHANNEL + json.loads(body)["variables"]["input"]["matchId"], body)
            await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
            await send({"type": "http.response.body", "body": ANSWER})

    async def _socket(self, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "websocket.accept", "subprotocol": "graphql-transport-ws"})
        channel = ""
        try:
            while (message := await receive())["type"] == "websocket.receive":
                said = json.loads(message["text"])
                if said["type"] == "connection_init":
                    await send({"type": "websocket.send", "text": '{"type":"connection_ack"}'})
                elif said["type"] == "subscribe":
                    channel = CHANNEL + said["payload"]["variables"]["matchId"]
                    self._sockets[channel].add(send)
                    await send({"type": "websocket.send", "text": f"{BEFORE}null{AFTER}"})
        finally:
            self._sockets[channel].discard(send)

    async def _listen(self, heard: Any) -> None:
        async for message in heard.listen():
            if message["type"] == "pmessage":
                text = BEFORE + message["data"].decode() + AFTER
                for send in list(self._sockets.get(message["channel"].decode(), ())):
                    await send({"type": "websocket.send", "text": text})

    async def _live(self, receive: Any, send: Any) -> None:
        await receive()
        async with self._client, self._client.pubsub() as heard:
            await heard.psubscribe(f"{CHANNEL}*")
            self._listening = asyncio.create_task(self._listen(heard))
            await send({"type": "lifespan.startup.complete"})
            await receive()
            self._listening.cancel()
        await send({"type": "lifespan.shutdown.complete"})


if __name__ == "__main__":
    serve("benchmarks.floors.relay:Relay")
