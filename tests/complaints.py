"""What Python complains of when it cleans up: coroutines that nobody awaited, exceptions that nobody took."""

import asyncio
import gc
import warnings
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def left_behind() -> Iterator[list[str]]:
    """What Python complains of that was left behind in the block; the list is filled when it ends."""
    found: list[str] = []
    loop = asyncio.get_running_loop()
    before = loop.get_exception_handler()
    loop.set_exception_handler(lambda _, told: found.append(f"{told['message']}: {told.get('exception')!r}"))
    gc.collect()
    try:
        with warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always")
            yield found
            gc.collect()
    finally:
        loop.set_exception_handler(before)
    found += [str(each.message) for each in warned]
