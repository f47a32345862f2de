"""Relay's connections over pages of rows: one generic shape for all lists."""

from typing import Annotated, Any, Generic, TypeVar

import strawberry

from resolvers.pages import Page, Slice

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


def connection(page: Page[Any]) -> Any:
    """A page as a connection."""
    edges = [Edge(cursor=page.order.cursor(row), node=row) for row in page.rows]
    return Connection(
        edges=edges,
        page_info=PageInfo(
            has_next_page=page.has_next,
            has_previous_page=page.has_previous,
            start_cursor=edges[0].cursor if edges else None,
            end_cursor=edges[-1].cursor if edges else None,
        ),
    )
