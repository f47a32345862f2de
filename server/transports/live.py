"""Live subscriptions: entries of the hub, told together, whose answers are built once for all who read the same."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol
from weakref import WeakValueDictionary

from strawberry.types.execution import ExecutionResult

from models.enums import ActivityKind
from pubsub.followers import Failure, Follower
from pubsub.hub import Hub
from resolvers.listening import Events, Sight, Told
from server.transports.current import current
from server.transports.outcomes import Outcome, ending_of, failure, outcome_of
from server.transports.watch import Watch

if TYPE_CHECKING:
    from server.transports.gateway import Gateway

AT_ONCE = 50
"""Events that are completed together; what they ask for is read together, and others have their turn in between."""


class Outlet(Protocol):
    """The connection's end of a live subscription."""

    one_by_one: bool
    """Whether it takes one result at a time and has room for the next in a moment."""

    def next(self, body: bytes) -> bool:
        """Take a result. False: that was all for now; whoever took it says `Subscription.go_on` when there is room."""

    def error(self, errors: list[dict[str, Any]]) -> None:
        """It broke, and is over."""

    def complete(self) -> None:
        """It is over."""


class Answers:
    """How events become answers, for one subscription or for all whose selections are alike."""

    __slots__ = ("__weakref__", "_respond", "_typed", "_watch", "context", "sights")

    def __init__(self, opened: Any, context: Any, watch: Watch) -> None:
        self._typed: Callable[[Any], Any] = opened.source.typed
        self._respond: Callable[[Any], Awaitable[ExecutionResult]] = opened.respond
        self.context = context
        self._watch = watch
        # What depends on who asks is found out when the answer is built, for each.
        self.sights = None if opened.alike is None else opened.source.sights(*opened.shown)

    async def to(self, event: Any) -> Outcome:
        """The answer to an event. Nothing is raised."""
        current.set(self._watch)  # the task is this answer's own: see _build
        try:
            outcome = outcome_of(await self._respond(self._typed(event)), self._watch.request_id)
        except Exception as error:
            outcome = failure(error, self._watch.request_id)
        if outcome.errors:
            self._watch.told(outcome.errors)
        return outcome


class Subscription:
    """One live subscription, which listens to a follower. It costs no task while nothing happens."""

    __slots__ = ("_behind", "_follower", "_hub", "_outlet", "_rest", "_watch", "answers", "audience", "since")

    def __init__(
        self, audience: "LiveAudience", answers: Answers, outlet: Outlet, since: datetime, watch: Watch
    ) -> None:
        self.audience = audience
        self.answers = answers
        self.since = since
        self._watch = watch
        self._outlet = outlet
        self._hub: Hub | None = None
        self._follower: Follower | None = None
        self._rest: tuple[Told, Sequence[Outcome], int] | None = None
        self._behind = False

    def sight(self, kind: ActivityKind) -> Sight | None:
        """What is shown of an event of this kind, where that is the same for all."""
        sights = self.answers.sights
        return None if sights is None else sights.of(kind)

    def begin(self, events: Events) -> None:
        """Listen to an opened stream."""
        self._hub, self._follower = events.hand_over(self)

    def tell(self, told: Told, outcomes: Sequence[Outcome], start: int = 0) -> None:
        """Hand on what was built of the events from `start`, as far as there is room for it."""
        follower, behind = self._follower, told.last - told.follower.position
        if follower is None:
            return
        for place in range(start, len(outcomes)):
            if follower.cut:
                return self._over("done", self._outlet.complete)
            outcome, (number, event) = outcomes[place], told.events[place]
            if outcome.refused:
                return self._over(ending_of(outcome), partial(self._outlet.error, outcome.errors))
            room = self._outlet.next(outcome.body)
            follower.position = number
            self.audience.delivered(event, self.since)
            if self._follower is None:
                return
            left = place + 1 < len(outcomes)
            if not room and (left or not told.ending):
                self._behind = left
                if left and self._outlet.one_by_one:
                    self._rest = (told, outcomes, place + 1)
                else:
                    follower.took(number if left else told.last, of=behind)
                return
        follower.took(told.last, of=behind)
        self._end_or_go_on(follower, told.ending)

    def go_on(self) -> None:
        """There is room again: for what is left, if it may still be shown, else for what is read anew."""
        rest, self._rest = self._rest, None
        if self._hub is None or self._follower is None:
            return
        if rest is not None and rest[0].is_fresh:
            self.tell(*rest)
        else:
            behind, self._behind = self._behind, False
            self._hub.go_on(self._follower, more=behind)

    def close(self) -> None:
        """The client does not want it any more, or has left."""
        self._over("left")

    def _end_or_go_on(self, follower: Follower, ending: object) -> None:
        if isinstance(ending, Failure):
            outcome = failure(ending.error, self._watch.request_id)
            self._watch.told(outcome.errors)
            self._over(ending_of(outcome), partial(self._outlet.error, outcome.errors))
        elif ending:
            self._over("done", self._outlet.complete)
        elif self._hub is not None:
            self._hub.go_on(follower)

    def _over(self, how: str, say: Callable[[], None] = lambda: None) -> None:
        follower, self._follower, self._rest = self._follower, None, None
        if follower is not None and self._hub is not None:
            self._hub.leave(follower)
            self._watch.ended(how)
            say()


class LiveAudience:
    """All live subscriptions of the process. `gateway` says how contexts are renewed, and counts."""

    def __init__(self, gateway: "Gateway") -> None:
        self._gateway = gateway
        self._alike: WeakValueDictionary[Hashable, Answers] = WeakValueDictionary()

    def answers(self, opened: Any, context: Any, watch: Watch) -> Answers:
        """How an opened subscription's events become answers: shared, where it makes no difference who asks."""
        shared = None if opened.alike is None else self._alike.get(opened.alike)
        if shared is None:
            shared = Answers(opened, context, watch)
            if opened.alike is not None:
                self._alike[opened.alike] = shared
        return shared

    async def hear(self, told: Sequence[Told]) -> None:
        """Build the answers that many are to be given, each once, and hand them on: some at a time, in order."""
        everybodys: dict[Hashable, Any] = {}
        for answers in {each.follower.ears.answers for each in told}:
            self._gateway.renew_context(answers.context, everybodys)
        built: dict[tuple[Answers, int], Outcome] = {}
        missing: dict[tuple[Answers, int], Any] = {}
        ready: list[tuple[Told, list[tuple[Answers, int]]]] = []
        for each in told:
            # Followers of one stream are told of a change by the very same event.
            keys = [(each.follower.ears.answers, id(event)) for _, event in each.events]
            missing |= {key: event for key, (_, event) in zip(keys, each.events, strict=True) if key not in built}
            ready.append((each, keys))
            if len(missing) >= AT_ONCE:
                await _build(missing, built)
                _hand_on(ready, built)
        await _build(missing, built)
        _hand_on(ready, built)

    def delivered(self, event: Any, since: datetime) -> None:
        """A connection has taken an event."""
        self._gateway.delivered(event, since)


async def _build(missing: dict[tuple[Answers, int], Any], built: dict[tuple[Answers, int], Outcome]) -> None:
    outcomes = await asyncio.gather(*(answers.to(event) for (answers, _), event in missing.items()))
    built.update(zip(missing, outcomes, strict=True))
    missing.clear()


def _hand_on(ready: list[tuple[Told, list[tuple[Answers, int]]]], built: dict[tuple[Answers, int], Outcome]) -> None:
    for each, keys in ready:
        each.follower.ears.tell(each, [built[key] for key in keys])
    ready.clear()
