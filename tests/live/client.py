"""An app that follows a pair as graphql-ws clients do: it keeps its last cursor and comes back."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import httpx

from tests.live.carriers import Lost, OperationFailed, over_events, over_socket
from tests.live.pairs import Member, Sown
from tests.live.state import EVENTS, KINDS, PairState, fetch_state

FIRST_PAUSE, LONGEST_PAUSE = 0.1, 1.0
"""Seconds between attempts, doubling, with jitter."""


class Heard(NamedTuple):
    """An event as it was applied: its number, its kind in the log, its subject's global id, and when."""

    number: int
    kind: str
    subject: str
    at: float


@dataclass(eq=False)
class Subscriber:
    """One member's app. `urls` are the workers among which a load balancer, `choose`, sends each new connection."""

    pair: Sown
    member: Member
    urls: Sequence[str]
    http: httpx.AsyncClient
    choose: random.Random
    events: bool = False
    state: PairState = field(default_factory=PairState)
    cursor: str = ""
    number: int = 0
    applied: list[Heard] = field(default_factory=list)
    duplicates: int = 0
    gaps: int = 0
    resyncs: int = 0
    connections: int = 0
    ends: Counter[str] = field(default_factory=Counter)
    ended: str = ""
    _cut: Callable[[], None] | None = None
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    async def fetch(self) -> None:
        """Fetch the state and the cursor to follow it from, for as long as it takes."""
        async for _ in self._attempts():
            try:
                url = self.choose.choice(self.urls)
                self.state, self.cursor = await fetch_state(self.http, url, self.member.token, self.pair.id)
            except httpx.HTTPError:
                continue
            number = self.pair.stream.number_of(self.cursor)
            assert number is not None
            self.number = number
            return

    async def follow(self) -> None:
        """Follow until the server completes or refuses, which `ended` then says; it starts at the cursor."""
        async for succeeded in self._attempts():
            before = len(self.applied), self.resyncs
            try:
                await self._connection()
            except Lost as lost:
                self.ends[f"lost {lost.code}"] += 1
                if lost.fatal:
                    self.ended = f"gave up after {lost.code}"
            except OperationFailed as failure:
                self.ends[f"failed {'/'.join(sorted(failure.codes))}"] += 1
                if failure.codes != {"INTERNAL"}:
                    self.ended = f"refused: {failure}"
            if self.ended:
                self._news.set()
                return
            if (len(self.applied), self.resyncs) != before:
                succeeded()

    @asynccontextmanager
    async def following(self) -> AsyncIterator["Subscriber"]:
        """It follows for the length of the block."""
        task = asyncio.create_task(self.follow())
        try:
            yield self
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    def cut(self) -> None:
        """Cut the connection beneath it, as a tunnel does to a train's passenger."""
        if self._cut is not None:
            self._cut()

    async def reaches(self, number: int, seconds: float) -> None:
        """Return when it has applied the event under `number`, or fail after so many seconds."""
        deadline = time.monotonic() + seconds
        while self.number < number:
            self._news.clear()
            try:
                await asyncio.wait_for(self._news.wait(), deadline - time.monotonic())
            except TimeoutError:
                raise AssertionError(f"silent at {self.number} of {number}: {self.ends}, {self.ended!r}") from None

    async def has_ended(self, seconds: float) -> None:
        """Return when it follows no more, or fail after so many seconds."""
        async with asyncio.timeout(seconds):
            while not self.ended:
                self._news.clear()
                await self._news.wait()

    async def _connection(self) -> None:
        carrier = over_events if self.events else over_socket
        variables = {"matchId": self.pair.id, "after": self.cursor}
        self.connections += 1
        url = self.choose.choice(self.urls)
        resynced = False
        async with aclosing(carrier(url, self.member.token, EVENTS, variables, self._abortable)) as messages:
            async for data in messages:
                resynced = self._hear(data["matchActivity"])
        if not resynced:
            self.ended = "completed"
            return
        self.resyncs += 1
        cursor, number = self.cursor, self.number
        await self.fetch()
        # From the cursor that it was given: what came between that and the state is heard again, and does no harm.
        self.cursor, self.number = cursor, number

    def _hear(self, event: dict[str, Any]) -> bool:
        """Apply one event; whether it said that the state has to be fetched."""
        number = self.pair.stream.number_of(event["cursor"])
        assert number is not None, "a cursor of another stream"
        self.cursor = event["cursor"]
        resync = event["__typename"] == "ResyncRequired"
        if not resync:
            self.duplicates += number <= self.number
            self.gaps += number > self.number + 1
            subject = self.state.hear(event)
            self.applied.append(Heard(number, KINDS[event["__typename"]][0], subject, time.monotonic()))
        self.number = number
        self._news.set()
        return resync

    def _abortable(self, cut: Callable[[], None]) -> None:
        self._cut = cut

    async def _attempts(self) -> AsyncIterator[Callable[[], None]]:
        pause = FIRST_PAUSE

        def succeeded() -> None:
            nonlocal pause
            pause = FIRST_PAUSE

        while True:
            yield succeeded
            await asyncio.sleep(pause * self.choose.uniform(0.5, 1.0))
            pause = min(LONGEST_PAUSE, pause * 2)
