"""Pages of rows by keyset (Relay's cursor connections): an insert never shifts a page.

A list is ordered by one column that is unique in it: a UUIDv7 key, or the number under which something was written.
"""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar
from uuid import UUID

from tortoise.connection import get_connection
from tortoise.queryset import QuerySet

from models.base import Row
from models.errors import ErrorCode, Refused

R = TypeVar("R", bound=Row)

DEFAULT_SIZE = 20
LARGEST_SIZE = 100


@dataclass(frozen=True, slots=True)
class Slice:
    """Which part of a list is asked for: `size` rows from the front or, `backward`, the end, between two cursors."""

    size: int
    backward: bool = False
    after: str | None = None
    before: str | None = None

    @classmethod
    def of(cls, first: int | None, after: str | None, last: int | None, before: str | None) -> "Slice":
        """From Relay's four arguments. Raises Refused INVALID_INPUT when they contradict each other or go too far."""
        if first is not None and last is not None:
            raise Refused(ErrorCode.INVALID_INPUT, "Ask for first or for last, not for both.", ("last",))
        size, name = (last, "last") if last is not None else (first, "first")
        if size is None:
            size = DEFAULT_SIZE
        if not 1 <= size <= LARGEST_SIZE:
            raise Refused(ErrorCode.INVALID_INPUT, f"Ask for 1 to {LARGEST_SIZE} at a time.", (name,))
        return cls(size, last is not None, after, before)


@dataclass(frozen=True, slots=True)
class Page(Generic[R]):
    """Rows in the list's order. `has_next` and `has_previous` are about what lies beyond the page, both ways."""

    rows: Sequence[R]
    has_next: bool
    has_previous: bool
    order: "Order"


@dataclass(frozen=True, slots=True)
class Order:
    """The column by which a list is ordered, and which way."""

    column: str = "id"
    descending: bool = False

    def cursor(self, row: Row) -> str:
        """The opaque cursor of a row in this list."""
        value = getattr(row, self.column)
        return base64.urlsafe_b64encode(f"{self.column}:{value}".encode()).decode().rstrip("=")

    def value(self, cursor: str, name: str) -> Any:
        """The column's value that a cursor stands for. Raises Refused INVALID_INPUT for one of no such list."""
        try:
            text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
            column, _, value = text.partition(":")
            if column == self.column:
                return self.parse(value)
        except (binascii.Error, UnicodeError, ValueError):
            pass
        message = "This is no cursor of this list. Take one from its edges or its pageInfo."
        raise Refused(ErrorCode.INVALID_INPUT, message, (name,))

    def parse(self, value: str) -> Any:
        """The column's value from its text. Raises ValueError."""
        return UUID(value) if self.column == "id" else _bigint(value)

    def bounds(self, part: Slice) -> list[tuple[str, Any]]:
        """The comparisons (">" or "<" on the column) that the cursors ask for."""
        found = []
        if part.after is not None:
            found.append(("<" if self.descending else ">", self.value(part.after, "after")))
        if part.before is not None:
            found.append((">" if self.descending else "<", self.value(part.before, "before")))
        return found

    def downward(self, part: Slice) -> bool:
        """Whether the rows are read from large to small."""
        return self.descending != part.backward

    def page(self, rows: list[R], part: Slice) -> "Page[R]":
        """A page from `size` + 1 rows at most, in the order in which they were read."""
        more, rows = len(rows) > part.size, rows[: part.size]
        if part.backward:
            return Page(rows[::-1], part.before is not None, more, self)
        return Page(rows, more, part.after is not None, self)


def _bigint(value: str) -> int:
    if not value.isdigit() or len(value) > 18:
        raise ValueError(value)
    return int(value)


async def page_of(query: QuerySet[R], order: Order, part: Slice) -> Page[R]:
    """A page of a query's rows."""
    names = {">": "gt", "<": "lt"}
    for comparison, value in order.bounds(part):
        query = query.filter(**{f"{order.column}__{names[comparison]}": value})
    sign = "-" if order.downward(part) else ""
    return order.page(await query.order_by(f"{sign}{order.column}").limit(part.size + 1), part)


@dataclass(frozen=True, slots=True)
class Children(Generic[R]):
    """The rows of `model` under each of many parents, such as the comments under posts.

    `parent` is the column that holds the parent's id; `where` is more SQL over the table's columns, its parameters
    numbered from $2 and given with each load.
    """

    model: type[R]
    parent: str
    order: Order = field(default_factory=Order)
    where: str = "TRUE"

    async def pages(self, parent_ids: Sequence[UUID], part: Slice, *values: Any) -> list[Page[R]]:
        """The same slice of the children of each parent, in one statement."""
        arguments: list[Any] = [list(parent_ids), *values]
        conditions = [f"{self.parent} = parent.id", f"({self.where})"]
        for comparison, value in self.order.bounds(part):
            arguments.append(value)
            conditions.append(f"{self.order.column} {comparison} ${len(arguments)}")
        way = "DESC" if self.order.downward(part) else "ASC"
        statement = (
            "SELECT parent.ord AS ord_, child.* FROM unnest($1::uuid[]) WITH ORDINALITY AS parent(id, ord)"
            f" CROSS JOIN LATERAL (SELECT * FROM {self.model._meta.db_table} WHERE {' AND '.join(conditions)}"
            f" ORDER BY {self.order.column} {way} LIMIT {part.size + 1}) AS child"
            f" ORDER BY parent.ord, child.{self.order.column} {way}"
        )
        found: list[list[R]] = [[] for _ in parent_ids]
        for record in await get_connection("default").execute_query_dict(statement, arguments):
            found[record.pop("ord_") - 1].append(self.model.from_record(record))
        return [self.order.page(rows, part) for rows in found]
