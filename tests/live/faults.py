"""What breaks in a storm: Redis, workers, sockets and PostgreSQL's backends, in an order that a seed decides."""

import asyncio
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

import asyncpg
import redis.asyncio as redis
from redis.exceptions import RedisError

from server.local.redis import LocalRedis
from tests.live.client import Subscriber
from tests.live.workers import Worker

DOWN_SECONDS = 10.0
FROZEN_SECONDS = 3.0

REDIS_PLAN = {
    "redis restarted": 3,
    "redis pub/sub cut": 4,
    "redis connections cut": 4,
    "redis frozen": 1,
    "redis down": 1,
}
OTHER_PLAN = {
    "worker killed": 4,
    "worker restarted": 1,
    "sockets cut": 8,
    "all backends terminated": 6,
    "some backends terminated": 8,
}
"""How often each breaks in a storm of the default length."""


@dataclass(eq=False)
class Faults:
    """Two lanes of trouble, so that Redis may be down while a worker is killed. `times` tells what happened when."""

    redis: LocalRedis
    workers: Sequence[Worker]
    subscribers: Sequence[Subscriber]
    database: asyncpg.Connection
    seed: int
    count: Counter[str] = field(default_factory=Counter)
    times: list[tuple[str, float, float]] = field(default_factory=list)

    async def rage(self, rounds: int) -> None:
        """Let everything break as often as planned, `rounds` times over; in the end all is up again."""
        async with asyncio.TaskGroup() as lanes:
            for plan in (REDIS_PLAN, OTHER_PLAN):
                lanes.create_task(self._lane(plan, rounds))

    async def _lane(self, plan: dict[str, int], rounds: int) -> None:
        choose = random.Random(f"{self.seed} {min(plan)}")
        acts: dict[str, Callable[[random.Random], Awaitable[object]]] = {
            "redis restarted": self._restart_redis,
            "redis pub/sub cut": lambda _: self._kill_clients("pubsub"),
            "redis connections cut": lambda _: self._kill_clients("normal"),
            "redis frozen": self._freeze_redis,
            "redis down": self._stop_redis,
            "worker killed": self._kill_worker,
            "worker restarted": self._restart_worker,
            "sockets cut": self._cut_sockets,
            "all backends terminated": lambda _: self._terminate(1.0),
            "some backends terminated": lambda chosen: self._terminate(chosen.uniform(0.1, 0.5)),
        }
        for _ in range(rounds):
            order = [name for name, times in plan.items() for _ in range(times)]
            choose.shuffle(order)
            for name in order:
                await asyncio.sleep(choose.uniform(0.3, 1.8))
                began = time.monotonic()
                await acts[name](choose)
                self.count[name] += 1
                self.times.append((name, began, time.monotonic()))

    async def _restart_redis(self, choose: random.Random) -> None:
        # In this thread, since the kernel ends the server with the thread that started it.
        self.redis.restart()

    async def _stop_redis(self, choose: random.Random) -> None:
        self.redis.stop()
        await asyncio.sleep(DOWN_SECONDS)
        self.redis.restart()

    async def _freeze_redis(self, choose: random.Random) -> None:
        """It accepts what is sent and answers nothing, as behind a broken link."""
        os.kill(self.redis.pid, signal.SIGSTOP)
        try:
            await asyncio.sleep(FROZEN_SECONDS)
        finally:
            os.kill(self.redis.pid, signal.SIGCONT)

    async def _kill_clients(self, kind: str) -> None:
        client = redis.Redis.from_url(self.redis.url, socket_timeout=2)
        try:
            await client.execute_command("CLIENT", "KILL", "TYPE", kind, "SKIPME", "yes")
        except (RedisError, OSError) as error:
            raise AssertionError(f"Redis should be up in this lane: {error}") from error
        finally:
            await client.aclose()

    async def _kill_worker(self, choose: random.Random) -> None:
        worker = choose.choice(self.workers)
        await worker.kill()
        await worker.start()

    async def _restart_worker(self, choose: random.Random) -> None:
        worker = choose.choice(self.workers)
        await worker.stop()
        await worker.start()

    async def _cut_sockets(self, choose: random.Random) -> None:
        for subscriber in choose.sample(self.subscribers, len(self.subscribers) // 3):
            subscriber.cut()

    async def _terminate(self, share: float) -> None:
        """End the workers' connections to the database, or about a share of them; the test's own have a name."""
        await self.database.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
            " AND application_name <> 'tests' AND random() < $1",
            share,
        )
