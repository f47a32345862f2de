"""Stop signals as an exception, so that `with` and `finally` stop what was started, in order."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class StopRequested(BaseException):
    """A stop signal came. Not an Exception, so that nothing on the way takes it for a failure."""


@contextmanager
def stop_signals_raise() -> Iterator[None]:
    """Raise StopRequested at the first stop signal and ignore later ones: stopping is bounded, and not cut short.

    Below nohup SIGHUP stays ignored.
    """
    before = {number: signal.getsignal(number) for number in STOP_SIGNALS}
    caught = [number for number in STOP_SIGNALS if number != signal.SIGHUP or before[number] is not signal.SIG_IGN]

    def stop(number: int, frame: FrameType | None) -> None:
        for each in caught:
            signal.signal(each, signal.SIG_IGN)
        raise StopRequested

    for number in caught:
        signal.signal(number, stop)
    try:
        yield
    finally:
        for number in caught:
            signal.signal(number, before[number])
