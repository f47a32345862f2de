"""What one operation, or one event of a subscription, resolves in: who asks, when, and loaders that nobody shares."""

import math
from collections.abc import Awaitable, Callable, Hashable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

from strawberry.dataloader import DataLoader
from strawberry.types import Info as StrawberryInfo

from models.base import Row
from pubsub.patience import patiently
from resolvers import access, loaders
from resolvers.pages import Children, Page, Slice
from resolvers.sessions import Tokens

QUERY_PATIENCE = 2.0
"""Seconds that a query waits for a database that went away. An event waits for as long as it takes: it comes once."""

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
    following: bool = False
    """Whether this is a subscription's."""
    _loaders: Loaders = field(default_factory=dict)
    _everybodys: Loaders = field(default_factory=dict)

    def fresh(self, now: datetime, everybodys: Loaders | None = None) -> None:
        """Forget what was loaded: the next event is about another moment.

        `everybodys` are loaders of what does not depend on who asks, shared by all who are told at that moment.
        """
        self._loaders = {}
        self._everybodys = {} if everybodys is None else everybodys
        self.now = now

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
            seconds = math.inf if self.following else QUERY_PATIENCE

            async def read_patiently(keys: list[K]) -> Sequence[V]:
                return await patiently(partial(read, keys), seconds=seconds)

            loader = kept[name] = DataLoader(load_fn=read_patiently)
        return loader.load(key)

    def one(self, model: type[R], row_id: UUID) -> Awaitable[R]:
        """The row under an id taken from a row that the viewer may see; those asked for together are read together."""
        return self.load(model, partial(loaders.rows_by_id, model), row_id, everybodys=True)

    def page(self, children: Children[R], parent_id: UUID, part: Slice, *values: Hashable) -> Awaitable[Page[R]]:
        """A page of a parent's children; the same slice of other parents is read with it."""

        async def read(parent_ids: list[UUID]) -> Sequence[Page[R]]:
            return await children.pages(parent_ids, part, *(_listed(value) for value in values))

        name = (children.model, children.parent, children.where, children.order, part, values)
        return self.load(name, read, parent_id, everybodys=True)


def _listed(value: Hashable) -> Any:
    return list(value) if isinstance(value, tuple) else value


Info = StrawberryInfo[Context, None]
