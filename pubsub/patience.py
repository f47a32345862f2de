"""Going on: reading when the database went away beneath a read, and working when something broke."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

import asyncpg
from tortoise.exceptions import DBConnectionError

from pubsub.broker import Unsubscribed

logger = logging.getLogger(__name__)

T = TypeVar("T")

PASSING = (
    OSError,
    asyncpg.InterfaceError,
    # A pooled connection was told of its end while it was idle, and used before it was seen to be closed.
    asyncpg.InternalClientError,
    asyncpg.PostgresConnectionError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.CannotConnectNowError,
    asyncpg.InsufficientResourcesError,
    DBConnectionError,
)
"""What a database raises that is restarting, drops connections or has none left: worth another try."""

FIRST_PAUSE = 0.05
LONGEST_PAUSE = 1.0


async def patiently(read: Callable[[], Awaitable[T]], *, seconds: float) -> T:
    """What `read` gives, tried anew while the database is away, for so many seconds; then its error is raised.

    For reads outside a transaction only: a write may have been committed before its connection was lost.
    """
    deadline = time.monotonic() + seconds
    pause = FIRST_PAUSE
    while True:
        try:
            return await read()
        except PASSING as error:
            if time.monotonic() + pause > deadline:
                raise
            logger.warning("The database went away (%s); reading again in %.2f s.", type(error).__name__, pause)
        await asyncio.sleep(pause)
        pause = min(LONGEST_PAUSE, pause * 2)


async def again_and_again(work: Callable[[], Awaitable[None]]) -> None:
    """Run what shall never end; an error that nobody foresaw is logged, and costs a second and no more."""
    while True:
        try:
            await work()
            return
        except Unsubscribed:
            return
        except Exception as error:
            # Not its message: a driver's message can hold values.
            logger.error("%s failed with %s and goes on in a second.", work.__qualname__, type(error).__name__)
            await asyncio.sleep(1)
