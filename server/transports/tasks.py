"""The tasks of one connection, and how they end: asked once, given time to clean up, never left behind in silence."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

from server.masking import log_exception

CLEAN_UP_SECONDS = 5.0
"""How long a task may clean up before it is cancelled once more."""

log = logging.getLogger(__name__)


class Tasks:
    """A connection's tasks; `name` is what the log calls them."""

    __slots__ = ("_ending", "_name", "_running")

    def __init__(self, name: str) -> None:
        self._name = name
        self._running: set[asyncio.Task[None]] = set()
        self._ending: set[asyncio.Task[None] | None] = set()

    def __len__(self) -> int:
        return len(self._running)

    def start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run the coroutine as one of these tasks."""
        task = asyncio.get_running_loop().create_task(work)
        self._running.add(task)
        task.add_done_callback(self._forget)
        return task

    def current_is_ending(self) -> None:
        """Say that the current task is on its way out: to cancel it now would cut its clean-up short."""
        self._ending.add(asyncio.current_task())

    def cancel(self, task: asyncio.Task[None]) -> None:
        """Ask a task to end, unless it was asked before or is ending by itself."""
        if task not in self._ending:
            self._ending.add(task)
            task.cancel()

    def cancel_all(self) -> None:
        """Ask every task to end but the one that asks."""
        for task in self._running - {asyncio.current_task()}:
            self.cancel(task)

    async def wind_down(self) -> None:
        """End all tasks and wait until they have cleaned up, for twice CLEAN_UP_SECONDS at most."""
        self.cancel_all()
        await self._settle()
        for task in self._running:
            task.cancel()
        await self._settle()
        if self._running:
            log.error("%s: %d tasks do not end when cancelled", self._name, len(self._running))

    async def _settle(self) -> None:
        if self._running:
            await asyncio.wait(self._running.copy(), timeout=CLEAN_UP_SECONDS)

    def _forget(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        self._ending.discard(task)
        # Taken here, since asyncio would print an exception that nobody took, with its message.
        if not task.cancelled() and (error := task.exception()) is not None:
            log_exception(error, self._name)
