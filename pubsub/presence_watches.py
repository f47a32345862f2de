"""Who looks at whose presence in this process, found by the pair and by the spots where the partner may be."""

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import UUID

from models.users import Sharing
from pubsub.presence_facts import Facts, Look
from pubsub.presence_spots import Spot, spot


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known of a partner, whether it is shared or not; `mine` and `theirs` say what is."""

    online: bool
    typing: bool
    read_up_to: int
    mine: Sharing
    theirs: Sharing


@dataclass(eq=False, slots=True)
class Watch:
    """Somebody who looks. `facts` is None once he may not any more; `told` is what he has seen last."""

    look: Look
    facts: Facts | None
    spots: tuple[Spot, ...]
    read_up_to: int
    typing_until: float = 0.0
    told: Seen | None = None
    wake: asyncio.Event = field(default_factory=asyncio.Event)

    @classmethod
    def of(cls, look: Look, facts: Facts) -> "Watch":
        """One that begins with these facts."""
        spots = spot(facts.partner_id), spot(facts.partner_id, look.match_id)
        return cls(look, facts, spots, facts.read_up_to)

    @property
    def own_spot(self) -> Spot:
        """Where he himself is while he looks."""
        return spot(self.look.scope.viewer_id, self.look.match_id)

    @property
    def over(self) -> bool:
        """Whether there is nothing more to see: the match has ended, or the right to look."""
        return self.facts is None or self.facts.closed


class Watches:
    """All that are open in this process. A pair stays in mind until `forget_empty`, for who comes back at once."""

    def __init__(self) -> None:
        self._by_match: dict[UUID, set[Watch]] = {}
        self._by_spot: dict[Spot, set[Watch]] = defaultdict(set)

    def __iter__(self) -> Iterator[Watch]:
        return (watch for watches in list(self._by_match.values()) for watch in list(watches))

    @property
    def spots(self) -> list[Spot]:
        """All spots that anybody looks at."""
        return list(self._by_spot)

    def add(self, watch: Watch) -> None:
        """Somebody begins to look."""
        self._by_match.setdefault(watch.look.match_id, set()).add(watch)
        for where in watch.spots:
            self._by_spot[where].add(watch)

    def remove(self, watch: Watch) -> list[Spot]:
        """Somebody looks no more; the spots that nobody looks at any more."""
        self._by_match[watch.look.match_id].discard(watch)
        for where in watch.spots:
            self._by_spot[where].discard(watch)
        left = [where for where in watch.spots if not self._by_spot[where]]
        for where in left:
            del self._by_spot[where]
        return left

    def at(self, where: Spot) -> list[Watch]:
        """Those who look at this spot."""
        return list(self._by_spot.get(where, ()))

    def of(self, match_id: UUID, partner_id: UUID) -> list[Watch]:
        """Those who look at this person in a pair."""
        watches = self._by_match.get(match_id, ())
        return [watch for watch in watches if watch.facts is not None and watch.facts.partner_id == partner_id]

    def forget_empty(self) -> list[UUID]:
        """Let go of the pairs that nobody looks at any more; their ids."""
        empty = [match_id for match_id, watches in self._by_match.items() if not watches]
        for match_id in empty:
            del self._by_match[match_id]
        return empty
