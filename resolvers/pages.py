"""Pages of rows by keyset (Relay's cursor connections): an insert never shifts a page.

A list is ordered by one column that is unique in it: a UUIDv7 key, or the number under which something was written.
"""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, TypeVar
from uuid import UUID

from models.base import Row
from models.errors import ErrorCode, Refused

R = TypeVar("R", bound=Row)
T = TypeVar("T")

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


class Edge(Generic[T]):
    """One place of a page. Its cursor is made when somebody asks for it."""

    __slots__ = ("_order", "node")

    def __init__(self, node: T, order: "Order") -> None:
        self.node = node
        self._order = order

    @property
    def cursor(self) -> str:
        """The row's place in the list, for `after` and `before`."""
        return self._order.cursor(self.node)


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Rows in the list's order, and whether more lies beyond the page, both ways.

    It is at once what Relay calls the connection and its page info: the schema's fields read these attributes.
    """

    rows: Sequence[T]
    has_next_page: bool
    has_previous_page: bool
    order: "Order"

    @property
    def edges(self) -> list[Edge[T]]:
        """The rows as places in the list."""
        order = self.order
        return [Edge(row, order) for row in self.rows]

    @property
    def page_info(self) -> "Page[T]":
        """Where the page lies in its list."""
        return self

    @property
    def start_cursor(self) -> str | None:
        """The cursor of the first row; None on an empty page."""
        return self.order.cursor(self.rows[0]) if self.rows else None

    @property
    def end_cursor(self) -> str | None:
        """The cursor of the last row; None on an empty page."""
        return self.order.cursor(self.rows[-1]) if self.rows else None


@dataclass(frozen=True, slots=True)
class Order:
    """The column by which a list is ordered, and which way."""

    column: str = "id"
    descending: bool = False

    def cursor(self, row: object) -> str:
        """The opaque cursor of a row in this list."""
        text = f"{self.column}:{getattr(row, self.column)}"
        # URL-safe: column names, numbers and keys have no bits by which one base64 alphabet differs from the other.
        return binascii.b2a_base64(text.encode(), newline=False).rstrip(b"=").decode()

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

    def page(self, rows: list[T], part: Slice) -> "Page[T]":
        """A page from `size` + 1 rows at most, in the order in which they were read."""
        more, rows = len(rows) > part.size, rows[: part.size]
        if part.backward:
            return Page(rows[::-1], part.before is not None, more, self)
        return Page(rows, more, part.after is not None, self)


def _bigint(value: str) -> int:
    if not value.isdigit() or len(value) > 18:
        raise ValueError(value)
    return int(value)


@dataclass(frozen=True, slots=True, eq=False)
class Children(Generic[R]):
    """The rows of `model` under each of many parents, such as the comments under posts.

    `parent` is the column that holds the parent's id; `where` is more SQL over the table's columns, its parameters
    numbered from $2 and given with each load. It may name `{row}`, the parent, and `{viewer}` (resolvers/reads.py).
    """

    model: type[R]
    parent: str
    order: Order = field(default_factory=Order)
    where: str = "TRUE"
    for_viewer: bool = False
    needs: ClassVar[tuple[str, ...]] = ("id",)
