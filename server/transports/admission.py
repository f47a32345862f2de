"""Who is let in: sockets an address and a person, operations a socket, and how fast operations may be started.

Everything is counted in this process. With several workers or machines each of them allows as much.
"""

import logging
import math
import time
from collections import Counter
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv6Address, ip_address
from typing import Any, TypeVar

from server.transports.limits import Limits
from server.transports.tally import Tally

RATE_LIMITED = "RATE_LIMITED"
TRY_AGAIN_AFTER = 5
"""Seconds, said to whom has too many sockets open: when one of them ends is not known."""

_SWEEP_FROM = 1_000
_WARN_EVERY = 60.0

log = logging.getLogger(__name__)

K = TypeVar("K", bound=Hashable)


class RateLimited(Exception):
    """A limit was reached. `message` says which and what to do, `retry_after` after how many seconds to try again."""

    def __init__(self, message: str, retry_after: float) -> None:
        super().__init__(message)
        self.message = message
        self.retry_after = max(1, math.ceil(retry_after))

    def as_error(self) -> dict[str, Any]:
        """The refusal as a GraphQL error."""
        return {"message": self.message, "extensions": {"code": RATE_LIMITED}}


@dataclass(slots=True)
class _Bucket:
    """Tokens that were left at a moment, of a token bucket."""

    tokens: float
    at: float


class Admission:
    """What is open in this process, counted; one for all transports, so that they share the limits."""

    def __init__(self, limits: Limits, tally: Tally, now: Callable[[], float] = time.monotonic) -> None:
        self.limits = limits
        self.tally = tally
        self.by_address: Counter[str] = Counter()
        self.by_person: Counter[Hashable] = Counter()
        self._now = now
        self._buckets: dict[tuple[str, Hashable], _Bucket] = {}
        self._sweep_at = _SWEEP_FROM
        self._warned = -math.inf

    def enter(self, transport: str, client: tuple[str, int] | None) -> "Visit":
        """Count a socket or stream of this client (from the ASGI scope). Raises RateLimited, and counts nothing then.

        Whoever enters calls `leave` however it ends.
        """
        address = network(client[0]) if client else None
        limit = self.limits.max_sockets_per_address
        if address is not None and self.by_address[address] >= limit:
            self._warn(limit)
            message = f"Too many sockets from your address (limit: {limit}): close one, or try again later."
            raise self.refusal("sockets_per_address", message, TRY_AGAIN_AFTER)
        return Visit(self, transport, address)

    def refusal(self, limit: str, message: str, retry_after: float) -> RateLimited:
        """A refusal, counted under the limit's name."""
        self.tally.refusals[limit] += 1
        return RateLimited(message, retry_after)

    def take(self, kind: str, who: Hashable) -> float:
        """Take one of the tokens of an address or person: 0, or the seconds until there is one, and nothing is taken.

        A full bucket is the same as none, so those that have filled up again are forgotten now and then.
        """
        now, rate, burst = self._now(), self.limits.operations_per_second, self.limits.operations_burst
        bucket = self._buckets.get((kind, who))
        if bucket is None:
            bucket = self._buckets[kind, who] = _Bucket(burst, now)
            if len(self._buckets) >= self._sweep_at:
                self._sweep(now)
        else:
            bucket.tokens = min(burst, bucket.tokens + (now - bucket.at) * rate)
            bucket.at = now
        if bucket.tokens < 1:
            return (1 - bucket.tokens) / rate
        bucket.tokens -= 1
        return 0.0

    def _warn(self, limit: int) -> None:
        if self._now() - self._warned >= _WARN_EVERY:
            self._warned = self._now()
            log.warning("An address has %d sockets open. If a proxy of yours, it must be named as trusted.", limit)

    def _sweep(self, now: float) -> None:
        fill = self.limits.operations_burst / self.limits.operations_per_second
        self._buckets = {key: bucket for key, bucket in self._buckets.items() if now - bucket.at < fill}
        self._sweep_at = max(_SWEEP_FROM, 2 * len(self._buckets))


class Visit:
    """One open socket or stream, from `enter` to `leave`."""

    __slots__ = ("_address", "_admission", "_dropped", "_left", "_person", "_transport")

    def __init__(self, admission: Admission, transport: str, address: str | None) -> None:
        self._admission = admission
        self._transport = transport
        self._address = address
        self._person: Hashable | None = None
        self._left = self._dropped = False
        admission.tally.sockets[transport] += 1
        if address is not None:
            admission.by_address[address] += 1

    @property
    def address(self) -> str | None:
        """Where it comes from: see `network`."""
        return self._address

    def introduce(self, person: Hashable | None) -> None:
        """Say whose it is; None for nobody signed in. Raises RateLimited when that person has too many open."""
        if person is None or self._left:
            return
        limit = self._admission.limits.max_sockets_per_user
        if self._admission.by_person[person] >= limit:
            message = f"Too many sockets for this account (limit: {limit}): close one, or try again later."
            raise self._admission.refusal("sockets_per_user", message, TRY_AGAIN_AFTER)
        self._admission.by_person[person] += 1
        self._person = person

    def operation(self, running: int) -> None:
        """Ask to start an operation beside those that run on this socket. Raises RateLimited."""
        limit = self._admission.limits.max_operations_per_socket
        if running >= limit:
            message = f"This socket runs {limit} operations already: complete one before you start another."
            raise self._admission.refusal("operations_per_socket", message, 0)
        key = ("person", self._person) if self._person is not None else ("address", self._address)
        if key[1] is not None and (wait := self._admission.take(*key)) > 0:
            message = f"Too many operations at once: wait {wait:.2f} seconds before you start the next."
            raise self._admission.refusal("operation_rate", message, wait)

    def dropped(self) -> None:
        """Count that its client did not read in time; once, though everything that was to be sent finds out."""
        if not self._dropped:
            self._dropped = True
            self._admission.tally.dropped[self._transport] += 1

    def leave(self) -> None:
        """It is over. Leaving twice is no error."""
        if self._left:
            return
        self._left = True
        self._admission.tally.sockets[self._transport] -= 1
        _discount(self._admission.by_address, self._address)
        _discount(self._admission.by_person, self._person)


def _discount(counter: Counter[K], key: K | None) -> None:
    if key is not None:
        counter[key] -= 1
        if not counter[key]:
            del counter[key]


@lru_cache(maxsize=10_000)
def network(host: str) -> str:
    """What counts as one address: for IPv6 its /64, of which any subscriber has all; a name is taken as it is."""
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return host
    if not isinstance(address, IPv6Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(IPv6Address(int(address) >> 64 << 64)) + "/64"
