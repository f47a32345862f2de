"""Fields with resolvers as a type checker can follow them, and the one door by which rows pass for GraphQL's types.

Strawberry's own decorators are annotated as giving Any, which hides what they decorate.
"""

from collections.abc import Callable, Mapping
from typing import Any, ParamSpec, TypeVar

import strawberry

P = ParamSpec("P")
T = TypeVar("T")


def field(*, description: str, metadata: Mapping[str, Any] | None = None) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """A field whose resolver it decorates."""
    made: Callable[[Callable[P, T]], Callable[P, T]] = strawberry.field(description=description, metadata=metadata)
    return made


def subscription(*, description: str) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """A subscription whose resolver it decorates."""
    made: Callable[[Callable[P, T]], Callable[P, T]] = strawberry.subscription(description=description)
    return made


def shown(value: object) -> T:  # type: ignore[type-var]  # the type is the one that is expected where it stands
    """The same value, where a GraphQL type is expected that it stands for.

    Rows stand for themselves: nothing is made of them for a response, and a type's fields read them as they are. So
    what a resolver gives is a model's row, a page of rows or a plain value of `resolvers`, and never an instance of
    the type that it is annotated with. This says so in one place, and nowhere else is anything cast.
    """
    return value  # type: ignore[return-value]  # that is the point
