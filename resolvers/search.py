"""Finding words in what one's own pairs have written, by PostgreSQL's full text search.

The words of each text are made out when somebody searches, and kept in no index: a search costs as much as the viewer's
own pairs have written, and writing costs nothing more (docs/decisions/0010).
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tortoise.connection import get_connection

from models.messages import Message
from models.posts import Comment, Post, Writing
from resolvers import access, text
from resolvers.pages import Order, Page, Slice

SEARCHED: tuple[type[Writing], ...] = (Post, Comment, Message)

LONGEST_QUERY = 200

_BEGIN, _END = "\x02", "\x03"
"""What stands around a word that was found, until the snippet is taken apart; taken out of the text before."""

_MARKED = f"StartSel={_BEGIN}, StopSel={_END}"
_HEADLINE = f"""ts_headline('any_language', translate(body, '{_BEGIN}{_END}', ''), words,
    CASE WHEN length(body) <= 160 THEN '{_MARKED}, HighlightAll=true'
    ELSE '{_MARKED}, FragmentDelimiter=" … ", MaxFragments=2, MaxWords=20, MinWords=10, ShortWord=0' END)"""
"""A short text whole, of a longer one the places where the words stand."""

_HIGHEST = 1e9
"""Above any rank, and still a number that the database can hold."""

_HALF_WORD = re.compile(r"(?:^|\s)\w+$")


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a snippet, as plain text."""

    text: str
    matched: bool


@dataclass(frozen=True, slots=True)
class Hit:
    """Something that was found. `rank` is higher the more of the words stand in it, and the closer together."""

    row: Writing
    rank: float
    snippet: list[Piece]

    @property
    def place(self) -> str:
        """Where it stands among all that was found, for its cursor."""
        return f"{self.rank!r}:{self.row.id}"


@dataclass(frozen=True, slots=True)
class ByRank(Order):
    """The best first, and of equals the newest: ids sort by the time at which something was written."""

    column: str = "place"
    descending: bool = True

    def parse(self, value: str) -> tuple[float, UUID]:
        """A rank and an id."""
        rank, _, row_id = value.partition(":")
        if not 0 <= (number := float(rank)) < _HIGHEST:
            raise ValueError(value)
        return number, UUID(row_id)


_ORDER = ByRank()


async def search(viewer: access.Viewer, query: str, match_id: UUID | None, part: Slice) -> Page[Any]:
    """What stands in the posts, comments and messages of the viewer's pairs, or of one of them, as a page of Hits.

    Words in any order; "quotes" keep them together, `or` is one or the other, `-` leaves out, and a last word that is
    perhaps not typed to its end finds those that begin with it. A match that is not the viewer's holds nothing.
    """
    query = text.line(query, ("query",), longest=LONGEST_QUERY, what="the words to look for")
    values: list[Any] = [query, viewer.id, match_id]
    bounds = ["TRUE"]
    for comparison, (rank, row_id) in _ORDER.bounds(part):
        values += [rank, row_id]
        bounds.append(f"(rank, id) {comparison} (${len(values) - 1}::real, ${len(values)}::uuid)")
    way = "DESC" if _ORDER.downward(part) else "ASC"
    statement = f"""
        WITH asked AS MATERIALIZED (SELECT {_asked(query)} AS words),
        mine AS MATERIALIZED (
            SELECT id FROM matches WHERE {access.matches_to_search(viewer)} AND ($3::uuid IS NULL OR id = $3)
        ),
        found AS (
            SELECT * FROM ({_FOUND}) AS each WHERE {" AND ".join(bounds)}
            ORDER BY rank {way}, id {way} LIMIT {part.size + 1}
        )
        SELECT kind, id, rank, {_HEADLINE} AS headline
        FROM found, asked ORDER BY rank {way}, id {way}"""
    page = _ORDER.page(await get_connection("default").execute_query_dict(statement, values), part)
    return Page(await _hits(viewer, page.rows), page.has_next_page, page.has_previous_page, _ORDER)


def _found_in(model: type[Writing]) -> str:
    # OFFSET keeps PostgreSQL from making out the words twice, once to find them and once to rank them.
    return f"""
        SELECT '{model.__name__}' AS kind, {model._meta.db_table}.id, body, ts_rank_cd(those.words, asked.words) AS rank
        FROM asked, mine JOIN {model._meta.db_table} ON match_id = mine.id AND body IS NOT NULL
        CROSS JOIN LATERAL (SELECT to_tsvector('any_language', body) AS words OFFSET 0) AS those
        WHERE those.words @@ asked.words"""


_FOUND = " UNION ALL ".join(_found_in(model) for model in SEARCHED)


def _asked(query: str) -> str:
    """What is looked for, in SQL over $1. A last word that stands by itself also finds longer ones."""
    words = "websearch_to_tsquery('any_language', $1)"
    if query.count('"') % 2 or not _HALF_WORD.search(query):
        return words
    return f"regexp_replace({words}::text, '''$', ''':*')::tsquery"


async def _hits(viewer: access.Viewer, found: Sequence[dict[str, Any]]) -> list[Hit]:
    """The rows that were found. One that was deleted in this moment is none any more."""
    ids: dict[str, list[UUID]] = defaultdict(list)
    for each in found:
        ids[each["kind"]].append(each["id"])
    rows: dict[UUID, Writing] = {}
    for model in SEARCHED:
        if wanted := ids.get(model.__name__):
            rows |= {row.id: row for row in await access.visible(model, viewer).filter(id__in=wanted)}
    return [
        Hit(row, each["rank"], _pieces(each["headline"]))
        for each in found
        if (row := rows.get(each["id"])) is not None and row.deleted_at is None
    ]


def _pieces(headline: str) -> list[Piece]:
    """A headline taken apart at the marks around what was found, on one line."""
    parts = re.split(f"[{_BEGIN}{_END}]", re.sub(r"\s+", " ", headline))
    return [Piece(part, number % 2 == 1) for number, part in enumerate(parts) if part]
