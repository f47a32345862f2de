"""Who asks, and what a request needs: the token, the session that it names, and DataLoaders of its own."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import jwt
from aiodataloader import DataLoader
from graphql import GraphQLError

from benchmarks.peers.with_ariadne.database import Database
from benchmarks.peers.with_ariadne.hints import Hints

ADULT = 18
LAST = 2**53


@dataclass(frozen=True)
class Viewer:
    """The person who asks."""

    id: UUID
    session_id: UUID
    adult: bool


async def authenticate(database: Database, key: str, authorization: str | None) -> Viewer:
    """Who a header stands for. Raises GraphQLError."""
    try:
        claims = jwt.decode(
            (authorization or "").removeprefix("Bearer "),
            key,
            algorithms=["HS256"],
            issuer="mentorship",
            audience="mentorship",
        )
        user, session = UUID(claims["sub"]), UUID(claims["sid"])
    except (jwt.InvalidTokenError, KeyError, ValueError):
        raise GraphQLError("The access token is no good. Log in again.") from None
    found = await database.rows("session", session, user)
    if not found:
        raise GraphQLError("The access token is no good. Log in again.")
    (row,) = found
    today, born = datetime.now(UTC).astimezone(ZoneInfo(row["time_zone"])).date(), row["birth_date"]
    age = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    return Viewer(user, session, age >= ADULT)


@dataclass
class RequestContext:
    """What one request resolves in; `renew` gives a subscription's next event loaders of its own."""

    database: Database
    hints: Hints
    viewer: Viewer
    loaders: dict[Any, DataLoader[Any, Any]] = field(default_factory=dict)

    def renew(self) -> None:
        """Forget what was loaded."""
        self.loaders = {}

    def user(self, user_id: UUID) -> Any:
        """A person, read with all those asked for at the same moment."""

        async def read(ids: list[UUID]) -> Sequence[Any]:
            found = {row["id"]: row for row in await self.database.rows("users", ids)}
            return [found.get(user_id) for user_id in ids]

        return self._load("users", read, user_id)

    def steps(self, match_id: UUID) -> Any:
        """A match's steps."""

        async def read(ids: list[UUID]) -> Sequence[Any]:
            return _grouped(ids, await self.database.rows("steps_of_matches", ids), "match_id")

        return self._load("steps", read, match_id)

    def children(self, statement: str, column: str, parent_id: UUID, after: int, size: int) -> Any:
        """A page of the rows under a parent, read with the same page of its siblings."""

        async def read(ids: list[UUID]) -> Sequence[Any]:
            return _grouped(ids, await self.database.rows(statement, ids, after, size), column)

        return self._load((statement, after, size), read, parent_id)

    def _load(self, name: Any, read: Callable[[list[UUID]], Any], key: UUID) -> Any:
        loader = self.loaders.get(name)
        if loader is None:
            loader = self.loaders[name] = DataLoader(read)
        return loader.load(key)


def _grouped(ids: Sequence[UUID], rows: Sequence[Any], column: str) -> list[list[Any]]:
    found: dict[UUID, list[Any]] = {each: [] for each in ids}
    for row in rows:
        found[row[column]].append(row)
    return [found[each] for each in ids]
