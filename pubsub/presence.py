"""Presence: who is there, who types, how far somebody has read. Whispered between workers, and kept nowhere.

What a worker knows of another's people is soft: it is said when it changes, again with every beat, and when somebody
asks; what is not said again lapses. So a worker that vanishes takes its people along, a lost message costs a beat at
most, and without Redis everybody still knows of the people on his own worker.
"""

import asyncio
import logging
import secrets
from collections.abc import AsyncGenerator, Iterable
from contextlib import suppress
from uuid import UUID

from models.enums import StreamKind
from pubsub.broker import GAP, Broker
from pubsub.patience import PASSING, again_and_again
from pubsub.presence_facts import Facts, FactsReader, Look
from pubsub.presence_spots import Attendance, Sightings, Spot, spot
from pubsub.presence_typing import TYPING_SECONDS, Typists
from pubsub.presence_voice import CHANNEL, Voice, channel_of
from pubsub.presence_watches import Seen, Watch, Watches
from pubsub.streams import Scope, Stream

logger = logging.getLogger(__name__)

BEAT_SECONDS = 12.0
"""How often a worker says again who is connected to it."""

MISSED_BEATS = 2.5
"""What was not said again for so many beats has lapsed."""

TICK_SECONDS = 1.0
"""How often rights, settings and read marks are read again, and what has lapsed is seen."""

JOIN_SECONDS = 1.0
"""How long somebody who begins to look waits for Redis; without its answer he sees what happens in this process."""

STOP_SECONDS = 0.5
"""How long the farewell may take; what it does not say lapses."""


class Presence:
    """One a process. All who look share its tasks, and each costs no more than a Watch."""

    def __init__(self, broker: Broker, *, beat_seconds: float = BEAT_SECONDS) -> None:
        self._beat_seconds = beat_seconds
        self._worker = secrets.token_hex(8)
        self._inbox = broker.inbox(collapse=False)
        self._voice = Voice(broker, self._worker)
        self._facts = FactsReader()
        self._attendance = Attendance(self._moved)
        self._sightings = Sightings(beat_seconds * MISSED_BEATS)
        self._typists = Typists()
        self._watches = Watches()
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Begin to listen and to speak. The broker must be connected, or reconnecting."""
        works = {"listen": self._listen, "speak": self._voice.speak, "beat": self._beat, "tick": self._tick}
        self._tasks = [
            asyncio.create_task(again_and_again(work), name=f"presence-{name}") for name, work in works.items()
        ]

    async def stop(self) -> None:
        """Say that those who are still here are gone, and stop."""
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=STOP_SECONDS)
            self._voice.say("gone", self._attendance)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._voice.say_all(), STOP_SECONDS)
        self._inbox.close()
        await self._facts.close()

    def attended(self, user_id: UUID, stream: Stream, change: int) -> None:
        """A person follows one more stream in this process, or one less: what the hub tells."""
        if stream.kind == StreamKind.MATCH:
            self._attendance.count(spot(user_id, stream.id), change)
        elif stream.kind == StreamKind.USER:
            self._attendance.count(spot(user_id), change)

    def types(self, match_id: UUID, user_id: UUID, typing: bool) -> None:
        """A person says that he types, or does not any more."""
        if self._typists.say(match_id, user_id, typing, _now()):
            self._tell_typing(match_id, user_id, typing)

    async def open(self, match_id: UUID, scope: Scope) -> Facts | None:
        """Ask for the right to look at the partner's presence in a pair; None when there is none."""
        return await self._facts.read(Look(match_id, scope))

    async def follow(self, match_id: UUID, scope: Scope, facts: Facts) -> AsyncGenerator[Seen, None]:
        """What is known of the partner, at once and at every change, until the match has ended or the right is cut."""
        if facts.closed:
            return
        watch = Watch.of(Look(match_id, scope), facts)
        watch.typing_until = self._typists.until(match_id, facts.partner_id)
        self._add(watch)
        try:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._inbox.add(channel_of(match_id)), JOIN_SECONDS)
            while not watch.over:
                watch.wake.clear()
                if (seen := self._seen(watch)) != watch.told:
                    watch.told = seen
                    yield seen
                await watch.wake.wait()
        finally:
            self._remove(watch)

    def _add(self, watch: Watch) -> None:
        self._watches.add(watch)
        for where in watch.spots:
            self._sightings.ask(where)
        self._voice.say("ask", watch.spots)
        self._attendance.count(watch.own_spot, 1)

    def _remove(self, watch: Watch) -> None:
        for where in self._watches.remove(watch):
            self._sightings.forget(where)
        self._attendance.count(watch.own_spot, -1)

    def _seen(self, watch: Watch) -> Seen:
        assert watch.facts is not None
        now = _now()
        online = any(where in self._attendance or self._sightings.present(where, now) for where in watch.spots)
        return Seen(online, watch.typing_until > now, watch.read_up_to, watch.facts.mine, watch.facts.theirs)

    def _wake(self, watches: Iterable[Watch]) -> None:
        for watch in watches:
            if watch.over or self._seen(watch) != watch.told:
                watch.wake.set()

    def _moved(self, where: Spot) -> None:
        self._voice.say("here" if where in self._attendance else "gone", [where])
        self._wake(self._watches.at(where))

    def _tell_typing(self, match_id: UUID, user_id: UUID, typing: bool) -> None:
        self._hear_typing(match_id, user_id, typing)
        self._voice.whisper_typing(match_id, user_id, typing)

    def _hear_typing(self, match_id: UUID, user_id: UUID, typing: bool) -> None:
        watches = self._watches.of(match_id, user_id)
        for watch in watches:
            watch.typing_until = _now() + TYPING_SECONDS if typing else 0.0
        self._wake(watches)

    async def _listen(self) -> None:
        await self._inbox.add(CHANNEL)
        while True:
            event = await self._inbox.get()
            if event is GAP:
                self._voice.say("ask", self._watches.spots)
                continue
            try:
                if event.channel == CHANNEL:
                    self._hear_of_spots(event.message)
                else:
                    self._hear_of_match(UUID(event.channel.removeprefix(channel_of(""))), event.message)
            except ValueError:
                logger.warning("A whisper that nobody of ours said was passed over.")

    def _hear_of_spots(self, message: str) -> None:
        word, worker, named = message.split(" ")
        if worker == self._worker:
            return
        spots = named.split(",")
        if word == "ask":
            self._answer(spots)
            return
        for where in self._sightings.hear(worker, spots, _now(), here=word == "here"):
            self._wake(self._watches.at(where))

    def _answer(self, spots: Iterable[Spot]) -> None:
        for where in spots:
            if where in self._attendance:
                self._voice.say("here", [where])
            user, _, match = where.partition(":")
            if match and self._typists.until(UUID(match), UUID(user)) > _now():
                self._voice.whisper_typing(UUID(match), UUID(user), True)

    def _hear_of_match(self, match_id: UUID, message: str) -> None:
        word, user, value, *worker = message.split(":")
        if word == "typing" and worker != [self._worker]:
            self._hear_typing(match_id, UUID(user), value == "1")
        elif word == "read":
            watches = self._watches.of(match_id, UUID(user))
            for watch in watches:
                watch.read_up_to = max(watch.read_up_to, int(value))
            self._wake(watches)

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(self._beat_seconds)
            self._voice.say("here", self._attendance)

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(TICK_SECONDS)
            for match_id, user_id, typing in self._typists.due(_now()):
                self._tell_typing(match_id, user_id, typing)
            self._sightings.lapse(_now())
            await self._ask_again()
            for match_id in self._watches.forget_empty():
                await self._inbox.discard(channel_of(match_id))

    async def _ask_again(self) -> None:
        """Whether each may still look, and what the two share, as it is now."""
        watches = list(self._watches)
        try:
            found = await self._facts.read_all([watch.look for watch in watches])
        except PASSING as error:
            logger.warning("Rights cannot be read (%s); the next tick tries again.", type(error).__name__)
            return
        for watch, facts in zip(watches, found, strict=True):
            watch.facts = facts
            if facts is not None:
                # What was whispered meanwhile may be newer, and a read mark never goes back.
                watch.read_up_to = max(watch.read_up_to, facts.read_up_to)
        self._wake(watches)


def _now() -> float:
    return asyncio.get_running_loop().time()
