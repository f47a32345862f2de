"""The pump of a hub: reads the log for all followers that have reason to read, and has them told, many at a time."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Coroutine, Sequence
from typing import Any

from pubsub.followers import Batch, Failure, Follower, Tell, batch_of
from pubsub.reader import MAX_WANTS, Reader, Want

logger = logging.getLogger(__name__)

AT_ONCE = 2
"""Batches under way: one is read while another is told. Reasons to read that come meanwhile gather for the next."""

SLOW_SECONDS = 1.0
"""A batch that takes longer does not keep the next from beginning: its followers alone wait for it."""


class Pump:
    """Whoever is woken is read for and told, once at a time, until he is busy with what he was told."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._due: dict[Follower, None] = {}
        self._opened: list[Batch] = []
        self._something = asyncio.Event()
        self._free = asyncio.Semaphore(AT_ONCE)
        self._tasks: set[asyncio.Task[None]] = set()

    def wake(self, follower: Follower) -> None:
        """There is a reason to read for it: soon, or when it is not busy any more."""
        if follower.busy:
            follower.again = True
        elif not follower.due and not follower.gone:
            follower.due = True
            self._due[follower] = None
            self._something.set()

    def go_on(self, follower: Follower, *, more: bool = False) -> None:
        """It is not busy any more; `more`: it has not taken all that was read for it."""
        follower.busy = False
        if more or follower.again:
            self.wake(follower)

    def begin(self, follower: Follower) -> None:
        """Tell a follower what was read when it was opened; others that are opened now are told with it."""
        batch, follower.first = follower.first, None
        assert batch is not None
        self._opened.append(batch)
        self._something.set()

    def forget(self, follower: Follower) -> None:
        """It has left."""
        follower.gone = True
        if follower.due:
            follower.due = False
            del self._due[follower]

    async def run(self) -> None:
        """Pump for ever."""
        while True:
            await self._something.wait()
            self._something.clear()
            while self._due or self._opened:
                await self._free.acquire()
                # Whatever has come while it waited belongs to this batch.
                if self._opened:
                    opened, self._opened = self._opened[:MAX_WANTS], self._opened[MAX_WANTS:]
                    self._start(self._tell(opened))
                else:
                    self._start(self._serve(self._take()))

    async def close(self, seconds: float) -> None:
        """End what is under way, and wait so long for it."""
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks.copy(), timeout=seconds)

    def _take(self) -> list[Follower]:
        taken: list[Follower] = []
        while self._due and len(taken) < MAX_WANTS:
            follower = next(iter(self._due))
            del self._due[follower]
            follower.due, follower.busy, follower.again = False, True, False
            taken.append(follower)
        return taken

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        loop = asyncio.get_running_loop()
        task = loop.create_task(work)
        slow = loop.call_later(SLOW_SECONDS, self._free.release)
        self._tasks.add(task)

        def ended(task: asyncio.Task[None]) -> None:
            self._tasks.discard(task)
            if loop.time() < slow.when():
                slow.cancel()
                self._free.release()

        task.add_done_callback(ended)

    async def _serve(self, followers: Sequence[Follower]) -> None:
        wants = [Want(each.stream, each.scope, each.position, each.appetite) for each in followers]
        readings = await self._reader.read_all(wants)
        batches = []
        for follower, reading in zip(followers, readings, strict=True):
            batch = batch_of(follower, reading)
            if batch.rows or batch.ending:
                batches.append(batch)
            else:
                if not follower.again:
                    # What was heard is not there: who says it later, when it is, is to be heard again.
                    follower.heard = follower.position
                self.go_on(follower)
        await self._tell(batches)

    async def _tell(self, batches: Sequence[Batch]) -> None:
        by_tell: dict[Tell, list[Batch]] = defaultdict(list)
        for batch in batches:
            if not batch.follower.gone:
                by_tell[batch.follower.tell].append(batch)
        for tell, told in by_tell.items():
            try:
                await tell(told)
            except Exception as error:
                # Not its message: a driver's message can hold values. Whoever was to be told it is told that it failed.
                logger.error("What had happened could not be told: %s", type(error).__name__)
                await tell([Batch(batch.follower, (), Failure(error)) for batch in told if not batch.follower.gone])
