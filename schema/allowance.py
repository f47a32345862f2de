"""How much a document may hold, and how much one person or address may ask for in a time."""

import math
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from graphql import GraphQLError

from resolvers.access import Viewer
from resolvers.rate_limits import RateLimit
from schema.compiled.measure import Size

LIMIT_EXCEEDED = "LIMIT_EXCEEDED"
RATE_LIMITED = "RATE_LIMITED"
INTROSPECTION_OFF = "INTROSPECTION_OFF"

MOST_ERRORS = 5
"""What an answer says of all that is wrong with a document."""

_SAID = {
    "depth": "is nested {found} deep",
    "fields": "asks for {found} fields",
    "aliases": "has {found} aliases",
    "directives": "has {found} directives",
    "root_fields": "has {found} fields at its root",
    "fragments": "has {found} fragments",
    "duplicates": "asks {found} times for one field in the same place",
}
_SUGGESTION = re.compile(r" Did you mean .*\?$", re.DOTALL)


class Asker(Protocol):
    """Who asks, and when: what a context says of it."""

    viewer: Viewer | None
    now: datetime
    address: str | None


@dataclass(frozen=True, slots=True)
class Bounds:
    """The most that a document may hold, in schema.compiled.measure.Size's terms, and what its execution may cost."""

    depth: int = 20
    fields: int = 5_000
    aliases: int = 100
    directives: int = 100
    root_fields: int = 30
    fragments: int = 100
    duplicates: int = 30
    tokens: int = 10_000
    cost: int = 500_000


@dataclass(frozen=True, slots=True)
class Allowance:
    """What one operation may be. `budget` counts points a person, or an address that nobody is signed in from; None: as
    many as they like."""

    bounds: Bounds = Bounds()
    budget: RateLimit | None = None
    introspection: bool = True
    suggestions: bool = True

    def admit(self, size: Size) -> None:
        """Raises GraphQLError for a document that holds too much."""
        for name, said in _SAID.items():
            found, most = getattr(size, name), getattr(self.bounds, name)
            if found > most:
                raise exceeded(name, said.format(found=found if found < 1_000_000 else "millions"), most)
        if size.introspects and not self.introspection:
            message = "Introspection is off here. The schema is published as a file: schema/schema.graphql."
            raise GraphQLError(message, extensions={"code": INTROSPECTION_OFF})

    def charge(self, asker: Asker, cost: int) -> dict[str, Any]:
        """Take an operation's cost from a person's budget: `extensions.cost`. Raises GraphQLError, and takes nothing.

        All who are not signed in and come from one address have one together. Where that is not known, as on a Unix
        socket, there is none: `remaining` is null.
        """
        if cost > self.bounds.cost:
            raise exceeded("cost", f"costs {cost} points", self.bounds.cost)
        who = asker.address if asker.viewer is None else asker.viewer.id
        if who is None or self.budget is None:
            return {"requested": cost, "remaining": None}
        wait = self.budget.take(who, asker.now, cost)
        left = {"requested": cost, "remaining": self.budget.left(who, asker.now)}
        if wait > 0:
            seconds = max(1, math.ceil(wait - 1e-3))
            message = f"That was a lot in a short time. Wait {seconds} second{'s'[: seconds > 1]}, then ask again."
            raise GraphQLError(message, extensions={"code": RATE_LIMITED, "retryAfter": seconds, "cost": left})
        return left

    def quieten(self, errors: list[GraphQLError]) -> None:
        """Take what names of the schema a message suggests out of it, where the operator wants that."""
        if not self.suggestions:
            for error in errors:
                error.message = _SUGGESTION.sub("", error.message)


def exceeded(limit: str, said: str, most: int) -> GraphQLError:
    """The refusal of a document, which says what to do."""
    message = f"This document {said}; {most} is the most. Ask for less, or in several requests."
    return GraphQLError(message, extensions={"code": LIMIT_EXCEEDED, "limit": limit, "most": most})


_TOO_DEEP = "This document is nested too deep. Ask in several requests."
TOO_DEEP = GraphQLError(_TOO_DEEP, extensions={"code": LIMIT_EXCEEDED, "limit": "depth"})
