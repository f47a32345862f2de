"""A live subscription as an iterator of outcomes, for a connection that has a task of its own anyway."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

import orjson

from server.transports.live import Subscription
from server.transports.outcomes import Outcome


class OneByOne:
    """Takes one result at a time, and the next when that one has been sent."""

    one_by_one = True

    def __init__(self) -> None:
        self._outcome: Outcome | None = None
        self._over = False
        self._something = asyncio.Event()

    def next(self, body: bytes) -> bool:
        """There is never room for a second."""
        self._put(Outcome(body))
        return False

    def error(self, errors: list[dict[str, Any]]) -> None:
        """The last outcome."""
        self._over = True
        self._put(Outcome(orjson.dumps({"errors": errors}), errors, refused=True))

    def complete(self) -> None:
        """No outcome follows."""
        self._over = True
        self._something.set()

    async def outcomes(self, subscription: Subscription) -> AsyncGenerator[Outcome, None]:
        """What the subscription tells; closing it closes the subscription."""
        try:
            while True:
                await self._something.wait()
                self._something.clear()
                outcome, self._outcome = self._outcome, None
                if outcome is not None:
                    yield outcome
                if self._over and self._outcome is None:
                    return
                subscription.go_on()
        finally:
            subscription.close()

    def _put(self, outcome: Outcome) -> None:
        assert self._outcome is None
        self._outcome = outcome
        self._something.set()
