"""Which core does what: the measured server has one to itself, PostgreSQL, Redis and the load share another."""

import contextlib
import os
from collections.abc import Callable
from dataclasses import dataclass

import psutil

# Asked before this process is put on some of them. Only Linux can tell, and pin.
FOUND = sorted(os.sched_getaffinity(0))[:2] if hasattr(os, "sched_getaffinity") else []


@dataclass(frozen=True)
class Cores:
    """Two sets of cores. Where they are the same, as for two workers, everybody has the run of both; empty: of all."""

    server: frozenset[int]
    load: frozenset[int]

    @classmethod
    def for_workers(cls, workers: int) -> "Cores":
        """One worker and the load on a core each; with more workers, or on one core only, all on all of two cores."""
        if workers > 1 or len(FOUND) < 2:
            return cls(frozenset(FOUND), frozenset(FOUND))
        return cls(frozenset(FOUND[:1]), frozenset(FOUND[1:]))

    def server_pinner(self) -> Callable[[], None]:
        """What a child calls before it becomes the server, so that all its threads are on the server's cores."""
        cores = self.server
        return lambda: os.sched_setaffinity(0, cores) if cores else None

    def pin_to_load(self, *processes: int) -> None:
        """Put this process and the given ones, with all their children to be, on the load's cores."""
        if not self.load:
            return
        os.sched_setaffinity(0, self.load)
        for pid in processes:
            process = psutil.Process(pid)
            for each in (process, *process.children(recursive=True)):
                # A backend may be about to end.
                with contextlib.suppress(psutil.NoSuchProcess, ProcessLookupError):
                    for thread in each.threads():
                        os.sched_setaffinity(thread.id, self.load)
