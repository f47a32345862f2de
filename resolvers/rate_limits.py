"""How fast one person, or one address, may do a thing: a burst at once, and then so much a second."""

import heapq
import math
from collections.abc import Hashable
from datetime import datetime

from models.errors import ErrorCode, Refused

SWEEP_FROM = 1_000

FAR_AHEAD = 3_600.0
"""What was counted so many seconds ahead of what is possible, a wrong clock has counted: it counts no more."""

MOST_KEPT = 100_000
"""Buckets that one process remembers, some 15 MB: who comes from ever new addresses makes it no larger."""


class RateLimit:
    """A bucket for each person or address that holds `burst` and fills by `per_second`; counted in this process.

    Kept as one number each, the time at which the bucket will be full again (the generic cell rate algorithm): a full
    one is the same as none, and is forgotten now and then.
    """

    def __init__(self, per_second: float, burst: int) -> None:
        self._seconds_each = 1 / per_second
        self._seconds_all = burst / per_second
        self._full_at: dict[Hashable, float] = {}
        self._sweep_at = SWEEP_FROM

    def spend(self, who: Hashable, now: datetime) -> None:
        """Take one, or raise Refused RATE_LIMITED with the seconds to wait, and nothing is taken."""
        if (wait := self.take(who, now)) > 0:
            seconds = max(1, math.ceil(wait))
            message = f"That was too much at once. Wait {seconds} second{'s'[: seconds > 1]}, then send it again."
            raise Refused(ErrorCode.RATE_LIMITED, message)

    def take(self, who: Hashable, now: datetime, amount: int = 1) -> float:
        """Take so many: 0, or the seconds until there are as many, and nothing is taken."""
        at = now.timestamp()
        full_at = max(self._full_at.get(who, at), at)
        if full_at > at + self._seconds_all + FAR_AHEAD:
            full_at = at
        # A clock that was set back keeps nobody waiting for longer than an empty bucket does.
        full_at = self._full_at[who] = min(full_at, at + self._seconds_all)
        if (wait := full_at + amount * self._seconds_each - at - self._seconds_all) > 1e-6:
            return wait
        self._full_at[who] = full_at + amount * self._seconds_each
        if len(self._full_at) >= self._sweep_at:
            self._sweep(at)
        return 0.0

    def left(self, who: Hashable, now: datetime) -> int:
        """How many there are to take."""
        at = now.timestamp()
        full_in = max(0.0, self._full_at.get(who, at) - at)
        return int((self._seconds_all - full_in) / self._seconds_each + 1e-3)  # a clock is no more exact than that

    def __len__(self) -> int:
        return len(self._full_at)

    def _sweep(self, at: float) -> None:
        self._full_at = {who: full_at for who, full_at in self._full_at.items() if full_at > at}
        if len(self._full_at) > MOST_KEPT // 2:  # those that are nearly full lose least by being forgotten
            kept = heapq.nlargest(MOST_KEPT // 2, self._full_at.items(), key=lambda each: each[1])
            self._full_at = dict(kept)
        self._sweep_at = max(SWEEP_FROM, 2 * len(self._full_at))
