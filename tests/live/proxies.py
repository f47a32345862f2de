"""The proxy that compose.yaml names, with the configuration that it gives it, in front of workers of a test."""

import asyncio
import contextlib
import json
import subprocess
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from tests.deployment import installed, proxy
from tests.live.workers import Worker
from tests.servers import free_port

START_SECONDS = 60.0


@asynccontextmanager
async def proxied(workers: Sequence[Worker], folder: Path) -> AsyncIterator[str]:
    """The address of a Caddy before these workers. It listens on loopback, and its own door is shut."""
    port = free_port()
    config = proxy(SITE_ADDRESS=f":{port}", SERVERS=" ".join(f"127.0.0.1:{worker.port}" for worker in workers))
    (server,) = config["apps"]["http"]["servers"].values()
    server["listen"] = [f"127.0.0.1:{port}"]
    config["admin"] = {"disabled": True, "config": {"persist": False}}
    written = folder / "caddy.json"
    written.write_text(json.dumps(config))
    with (folder / "caddy.log").open("ab") as log:
        process = subprocess.Popen(  # noqa: ASYNC220 (it returns at once, and is ended below)
            [installed("caddy"), "run", "--config", str(written)],
            env={"HOME": str(folder)},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    try:
        await _answers(f"http://127.0.0.1:{port}", process, folder / "caddy.log")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()  # Its clients are gone; told to stop, it would wait for their connections to end.
        process.wait(5)


async def _answers(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    async with httpx.AsyncClient(timeout=10) as client:
        while time.monotonic() < deadline and process.poll() is None:
            with contextlib.suppress(httpx.TransportError):
                if (await client.post(f"{url}/graphql", json={"query": "{ __typename }"})).status_code == 200:
                    return
            await asyncio.sleep(0.05)
    raise RuntimeError(f"The proxy did not answer:\n{await asyncio.to_thread(log.read_text)}")
