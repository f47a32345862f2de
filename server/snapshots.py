"""What each worker has counted, kept in a folder that all workers of a `mentorship serve` share.

A scrape reaches any one of them; it adds up what all have written and answers for the whole service.
"""

import logging
import os
import secrets
import time
from collections.abc import Iterator
from pathlib import Path

import orjson

FOLDER_VARIABLE = "MENTORSHIP_METRICS_FOLDER"
"""Not a setting: how the serving command tells its workers which folder it has made for them."""

STALE_SECONDS = 5.0
"""Workers write once a second. Who has not for so long is gone, and has nothing open any more."""

Numbers = dict[tuple[str, ...], float]
"""A value under a metric's name and the values of its labels."""

log = logging.getLogger(__name__)


class Snapshots:
    """One worker's view of the folder: it writes its own file and reads the others'."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        # A worker's successor may get its process id, and must not take back what it had counted.
        self._own = folder / f"{os.getpid()}-{secrets.token_hex(4)}.json"
        self._failing = False

    def write(self, numbers: Numbers) -> None:
        """Put this worker's numbers where the others find them. A disk that fails is logged once and raises nothing."""
        unfinished = self._own.with_suffix(".unfinished")
        try:
            unfinished.write_bytes(orjson.dumps([[list(key), value] for key, value in numbers.items()]))
            unfinished.replace(self._own)
        except OSError as error:
            if not self._failing:
                log.warning(
                    "This worker's metrics cannot be written (%s); others answer without.", type(error).__name__
                )
            self._failing = True
        else:
            self._failing = False

    def others(self) -> Iterator[tuple[Numbers, bool]]:
        """The numbers of each other worker, also of those that have ended; and whether it still runs."""
        for path in self._folder.glob("*.json"):
            if path != self._own:
                fresh = time.time() - path.stat().st_mtime < STALE_SECONDS
                yield {tuple(key): value for key, value in orjson.loads(path.read_bytes())}, fresh
