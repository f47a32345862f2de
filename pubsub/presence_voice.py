"""What a worker says to the others about its people: gathered for a moment, and in messages that are bounded."""

import asyncio
from collections.abc import Iterable
from typing import Literal
from uuid import UUID

from pubsub.broker import Broker
from pubsub.presence_spots import Spot

CHANNEL = "presence"
"""Here workers say who is connected to them, and ask each other."""

GATHER_SECONDS = 0.1
"""How long changes are gathered into one message; who comes back within it was never away."""

SPOTS_A_MESSAGE = 250
"""Spots in one message at most, some 16 KB."""

MOST_WHISPERS = 1_000
"""What waits to be whispered at most; more is given up, and is said again by who typed it, or lapses."""

Word = Literal["here", "gone", "ask"]


def channel_of(match_id: UUID | str) -> str:
    """Where the two of a pair whisper what is not kept: that somebody types, or has read up to a number."""
    return f"presence:{match_id}"


class Voice:
    """What is still to be said. A broker that is down keeps nothing for later: the next beat says it again."""

    def __init__(self, broker: Broker, worker: str) -> None:
        self._broker = broker
        self._worker = worker
        self._unsaid: dict[Word, set[Spot]] = {"here": set(), "gone": set(), "ask": set()}
        self._whispers: list[tuple[str, str]] = []
        self._something = asyncio.Event()

    def say(self, word: Word, spots: Iterable[Spot]) -> None:
        """That somebody is at these spots, or gone from them; or ask who knows of somebody there."""
        named = set(spots)
        self._unsaid[word] |= named
        if word != "ask":
            self._unsaid["gone" if word == "here" else "here"] -= named
        self._something.set()

    def whisper_typing(self, match_id: UUID, user_id: UUID, typing: bool) -> None:
        """To who looks at a pair: that one of the two types, or not any more."""
        if len(self._whispers) < MOST_WHISPERS:
            self._whispers.append((channel_of(match_id), f"typing:{user_id.hex}:{typing:d}:{self._worker}"))
            self._something.set()

    async def speak(self) -> None:
        """Say what is to be said, for ever."""
        while True:
            await self._something.wait()
            await asyncio.sleep(GATHER_SECONDS)
            self._something.clear()
            await self.say_all()

    async def say_all(self) -> None:
        """Say what is still to be said, now."""
        whispers, self._whispers = self._whispers, []
        for channel, message in whispers:
            await self._broker.publish(channel, message)
        for word, spots in self._unsaid.items():
            said = list(spots)
            spots.clear()
            for start in range(0, len(said), SPOTS_A_MESSAGE):
                part = ",".join(said[start : start + SPOTS_A_MESSAGE])
                await self._broker.publish(CHANNEL, f"{word} {self._worker} {part}")
