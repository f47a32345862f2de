"""A lock on a folder, so that two processes of one checkout do not install or build into it at once."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

WAIT_SECONDS = 900.0
LOOK_SECONDS = 0.2


@contextmanager
def locked(folder: Path, wait: float = WAIT_SECONDS) -> Iterator[None]:
    """Hold the folder's own flock, which ends with the process whatever happens and leaves no file behind.

    Raises TimeoutError after `wait` seconds.
    """
    handle = os.open(folder, os.O_RDONLY)
    try:
        deadline = time.monotonic() + wait
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise TimeoutError(f"another process has been working in {folder} for {wait:.0f} s") from None
                time.sleep(LOOK_SECONDS)
        yield
    finally:
        os.close(handle)
