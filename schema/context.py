"""What one operation, or one event of a subscription, resolves in: who asks, when, and loaders that nobody shares."""

import asyncio
import math
from collections.abc import Awaitable, Callable, Hashable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

from strawberry.dataloader import DataLoader
from strawberry.execution.is_awaitable import optimized_is_awaitable as is_awaitable
from strawberry.types import Info as StrawberryInfo

from models.base import Row
from models.errors import ErrorCode
from pubsub.patience import patiently
from resolvers import access, loaders
from resolvers.guessing import Caller, Pace
from resolvers.rate_limits import RateLimit
from resolvers.reads import Asked, Fact, Guard, Many
from resolvers.safety import Safety
from resolvers.tokens import Tokens
from schema.allowance import Allowance

QUERY_PATIENCE = 2.0
"""Seconds that a query waits for a database that went away. An event waits for as long as it takes: it comes once."""

UNBOUNDED = Pace(1_000_000, timedelta(microseconds=1))

MISSING: Any = object()
"""Stands for what was not read together with a row."""

R = TypeVar("R", bound=Row)
K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

Loaders = dict[Hashable, DataLoader[Any, Any]]


@dataclass
class Context:
    """Made anew for every operation; its loaders are made anew for every event of a subscription (`fresh`)."""

    viewer: access.Viewer | None
    now: datetime
    tokens: Tokens
    request_id: str = ""
    writes: RateLimit | None = None
    """How much each person may write; None: as much as he likes."""
    safety: Safety = field(default_factory=Safety)
    deletion_grace: timedelta = timedelta(days=14)
    """How long a deletion can be taken back."""
    allowance: Allowance | None = None
    """How large documents may be, and how much each person or address may ask for; None: as they like."""
    address: str | None = None
    """Where the request comes from; None when that is not known."""
    by_address: Pace = UNBOUNDED
    """How often somebody may try to get in from there."""
    verified_only: bool = False
    """Whether what one does among others wants a verified e-mail address."""
    told: Callable[[ErrorCode], None] = lambda code: None
    """Counts what a payload says was refused."""
    following: bool = False
    """Whether this is a subscription's."""
    _loaders: Loaders = field(default_factory=dict)
    _everybodys: Loaders = field(default_factory=dict)

    @property
    def caller(self) -> Caller:
        """Whoever asks, as one who may be anybody."""
        return Caller(self.tokens.keys, self.address, self.by_address)

    @property
    def _patience(self) -> float:
        return math.inf if self.following else QUERY_PATIENCE

    def fresh(self, now: datetime, everybodys: Loaders | None = None) -> None:
        """Forget what was loaded: the next event is about another moment.

        `everybodys` are loaders of what does not depend on who asks, shared by all who are told at that moment.
        """
        self._loaders = {}
        self._everybodys = {} if everybodys is None else everybodys
        self.now = now

    def spend(self) -> None:
        """Count a write of the viewer's. Raises Refused RATE_LIMITED. Who is not signed in is refused elsewhere."""
        if self.viewer is not None and self.writes is not None:
            self.writes.spend(self.viewer.id, self.now)

    def load(
        self,
        name: Hashable,
        read: Callable[[list[K]], Awaitable[Sequence[V]]],
        key: K,
        *,
        everybodys: bool = False,
    ) -> Awaitable[V]:
        """One of the values that `read` fetches for many keys at once. `name` tells one such reading from another.

        `everybodys` says that what is read does not depend on who asks.
        """
        kept = self._everybodys if everybodys else self._loaders
        loader = kept.get(name)
        if loader is None:
            seconds = self._patience

            async def read_patiently(keys: list[K]) -> Sequence[V]:
                return await patiently(partial(read, keys), seconds=seconds)

            loader = kept[name] = DataLoader(load_fn=read_patiently)
        # Others wait for the same: it is not cancelled with a field, or an answer, that is given up.
        return asyncio.shield(loader.load(key))

    async def read(self, read: Callable[[], Awaitable[V]]) -> V:
        """What `read` gives, waited for as the operation may wait while the database is away."""
        return await patiently(read, seconds=self._patience)

    def at_hand(self, model: type[R], row_id: UUID) -> R | None:
        """The viewer's own row, which was read when the operation began. An event may be told long after that."""
        viewer = self.viewer
        if viewer is None or viewer.id != row_id or self.following:
            return None
        return viewer.user if isinstance(viewer.user, model) else None

    def one(self, model: type[R], row_id: UUID) -> Awaitable[R]:
        """The row under an id taken from a row that the viewer may see; those asked for together are read together."""
        read: Any = partial(loaders.rows_by_id, model)  # never gives None here: a foreign key leads to a row
        return self.load(model, read, row_id, everybodys=True)

    def related(self, row: Row, relation: Many | Asked) -> Awaitable[Any]:
        """What a relation leads to from a row with which it was not read; for many rows together."""
        model = type(row)
        key = relation if isinstance(relation, Many) else (relation.form, relation.part, _hashable(relation.values))
        return self.load(("related", model, key), partial(loaders.related, model, relation, self.viewer), row.id)

    def fact(self, row: Row, fact: Fact) -> Awaitable[Any]:
        """A fact about a row with which it was not read; for many rows together."""
        model = type(row)
        return self.load(("fact", model, fact), partial(loaders.facts, model, fact, self.viewer), row.id)

    def behind(self, guard: Guard, row: Row, shown: Callable[[], Any]) -> Any:
        """What `shown` gives if the guard lets the viewer, or None."""
        fact = guard.fact
        if fact is None:
            return shown() if guard.holds(self.viewer, row, None) else None
        value = row.__dict__.get(fact.key, MISSING)
        if value is MISSING:
            return self._behind(guard, row, self.fact(row, fact), shown)
        return shown() if guard.holds(self.viewer, row, value) else None

    async def _behind(self, guard: Guard, row: Row, value: Awaitable[Any], shown: Callable[[], Any]) -> Any:
        if not guard.holds(self.viewer, row, await value):
            return None
        found = shown()
        return await found if is_awaitable(found) else found


async def then(value: Awaitable[V], made: Callable[[V], Any]) -> Any:
    """What is made of a value that is still to come."""
    return made(await value)


def _hashable(values: tuple[Any, ...]) -> Hashable:
    return tuple(tuple(value) if isinstance(value, list) else value for value in values)


Info = StrawberryInfo[Context, None]
