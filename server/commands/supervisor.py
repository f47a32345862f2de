"""The parent of several workers, which stops when it is told to, also while it replaces them."""

import signal
import threading
from collections.abc import Sequence
from socket import socket

from uvicorn import Config
from uvicorn.supervisors import Multiprocess

STOP = {signal.SIGTERM, signal.SIGINT}


class Supervisor(Multiprocess):
    """uvicorn's, which comes to a signal only after what it is doing: a worker has a minute to become ready."""

    def __init__(self, config: Config, sockets: list[socket]) -> None:
        super().__init__(config, sockets)
        self.should_exit = _StopAsked(self.signal_queue)


class _StopAsked(threading.Event):
    """Counts as set as soon as a stop signal waits, since a rolling restart looks here at every step.

    The signal's handler must not call `set`: the interrupted thread may hold the lock that it takes.
    """

    def __init__(self, waiting: Sequence[int]) -> None:
        super().__init__()
        self._waiting = waiting

    def is_set(self) -> bool:
        return super().is_set() or not STOP.isdisjoint(self._waiting)
