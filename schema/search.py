"""Searching what one's own pairs have written."""

from typing import Annotated, Any
from uuid import UUID

import strawberry
from strawberry import Parent

from models.matches import Match as MatchRow
from resolvers import access, search
from resolvers.pages import Slice
from schema.connections import Edge, PageInfo
from schema.fields import field, shown
from schema.node import parse_id
from schema.reactions import WRITINGS

Searchable = Annotated[WRITINGS, strawberry.union("Searchable", description="What can be found by its words.")]

Words = Annotated[
    str,
    strawberry.argument(
        description='The words, 1 to 200 characters; "these words together", this or that, -without. Capitals and '
        "accents make no difference, and the last word may be the beginning of one."
    ),
]
MatchId = Annotated[strawberry.ID | None, strawberry.argument(description="Only what this pair has written.")]


@strawberry.type(description="A piece of a text that was found.")
class SnippetPiece:
    text: str = strawberry.field(
        description="The piece as plain text: escape it like any text before it enters a page."
    )
    matched: bool = strawberry.field(description="Whether it is one of the words that were looked for.")


@strawberry.type(description="One place among what was found.")
class SearchEdge:
    cursor: str = strawberry.field(description="The place's cursor, for `after` and `before`.")

    @field(description="What was found.")
    def node(self, root: Parent[Edge[Any]]) -> Searchable:
        return shown(root.node.row)

    @field(description="Where the words stand in it, in pieces to be put together.")
    def snippet(self, root: Parent[Edge[Any]]) -> list[SnippetPiece]:
        return shown(root.node.snippet)


@strawberry.type(description="A page of what was found.")
class SearchConnection:
    edges: list[SearchEdge] = strawberry.field(description="The page's places, in the list's order.")
    page_info: PageInfo = strawberry.field(description="Where the page lies in its list.")


async def found(viewer: access.Viewer, query: str, match_id: str | None, wanted: Slice) -> SearchConnection:
    """A page of what the viewer finds. An id that is no match's finds nothing, like one of somebody else's."""
    key = None
    if match_id is not None:
        parsed = parse_id(match_id)
        key = parsed[1] if parsed and parsed[0] == MatchRow.__name__ else UUID(int=0)
    return shown(await search.search(viewer, query, key, wanted))
