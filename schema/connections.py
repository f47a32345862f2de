"""Relay's connections: one generic shape for all lists. What stands behind them is a Page (resolvers/pages.py)."""

from typing import Annotated, Generic, TypeVar

import strawberry

from resolvers.pages import Slice

T = TypeVar("T")

First = Annotated[int | None, strawberry.argument(description="So many from the front, 1 to 100; 20 when left out.")]
After = Annotated[str | None, strawberry.argument(description="Only what comes after this cursor.")]
Last = Annotated[int | None, strawberry.argument(description="So many from the end, 1 to 100.")]
Before = Annotated[str | None, strawberry.argument(description="Only what comes before this cursor.")]


@strawberry.type(description="Where a page lies in its list.")
class PageInfo:
    has_next_page: bool = strawberry.field(description="Whether more follows after this page.")
    has_previous_page: bool = strawberry.field(description="Whether something comes before this page.")
    start_cursor: str | None = strawberry.field(description="The cursor of the first edge; null on an empty page.")
    end_cursor: str | None = strawberry.field(description="The cursor of the last edge; null on an empty page.")


@strawberry.type(description="One place in a list.")
class Edge(Generic[T]):
    cursor: str = strawberry.field(description="The place's cursor, for `after` and `before`.")
    node: T = strawberry.field(description="What stands there.")


@strawberry.type(description="A page of a list.")
class Connection(Generic[T]):
    edges: list[Edge[T]] = strawberry.field(description="The page's places, in the list's order.")
    page_info: PageInfo = strawberry.field(description="Where the page lies in its list.")


part = Slice.of
