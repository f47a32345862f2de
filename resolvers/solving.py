"""Heavy counting, off the event loop: in a thread, one piece of work at a time in each process."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")

_worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="matching")
"""One thread: however many admins ask at once, they take one core at most, and the server goes on beside it."""


async def off_the_loop(work: Callable[[], T]) -> T:
    """What `work` returns, when its turn has come. Who leaves meanwhile gives his turn away."""
    return await asyncio.get_running_loop().run_in_executor(_worker, work)
