"""What rows are made of and lead to, as declarations that one builder turns into SQL (resolvers/look_ahead.py)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, ClassVar, TypeVar
from uuid import UUID

from models.base import Row
from resolvers.pages import Children, Slice

R = TypeVar("R", bound=Row)

# SQL in declarations is over the row at hand, `{row}`, and who asks: `{viewer}`, his id or NULL, and `{adult}`.


@dataclass(frozen=True, eq=False)
class Fact:
    """A value that belongs to a row without being one of its columns. Kept in the row's `__dict__` as `key`."""

    name: str
    sql: str
    of: type[StrEnum] | None = None
    for_viewer: bool = True

    @property
    def key(self) -> str:
        """Its name there; no field can have such a response key."""
        return f"@.{self.name}"


@dataclass(frozen=True, eq=False)
class Guard:
    """A right to what lies behind a part of a row.

    `sql` keeps the database from reading it for others; `holds` decides what is shown, from the row's `columns` and,
    given as its last argument, the `fact`.
    """

    sql: str
    holds: Callable[[Any, Any, Any], bool]
    columns: tuple[str, ...] = ()
    fact: Fact | None = None


@dataclass(frozen=True, eq=False)
class One:
    """The row of `model` whose id is in `column`, or is what `sql` says; `of` says the same of a row and a viewer."""

    model: type[Row]
    column: str = ""
    sql: str = ""
    of: Callable[[Any, Any], UUID] | None = None
    columns: tuple[str, ...] = ()
    for_viewer: bool = False

    def id_of(self, row: Row, viewer: Any) -> UUID | None:
        """The id that a row leads to."""
        return getattr(row, self.column) if self.of is None else self.of(row, viewer)

    @property
    def needs(self) -> tuple[str, ...]:
        """The columns that `id_of` looks at."""
        return self.columns or (self.column,)


@dataclass(frozen=True, eq=False)
class Many:
    """All rows of `model` whose column `parent` holds the row's id, by `order`: for what is few by its nature.

    `columns` are read of them whatever is selected.
    """

    model: type[Row]
    parent: str
    order: str = "id"
    where: str = "TRUE"
    columns: tuple[str, ...] = ()
    for_viewer: bool = False
    needs: ClassVar[tuple[str, ...]] = ("id",)


def bare(model: type[R], row_id: UUID) -> R:
    """A row of which nothing was read: it was only pointed to."""
    row = object.__new__(model)
    row.__dict__["id"] = row_id
    return row


Relation = One | Many | Children[Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """Which children of a row are asked for: the part of their list, and the values of `Children.where`."""

    children: Children[Any]
    part: Slice
    bounds: tuple[tuple[str, UUID | int], ...] = ()
    values: tuple[Any, ...] = ()

    @classmethod
    def of(cls, children: Children[Any], part: Slice, *values: Any) -> "Asked":
        """With the cursors read. Raises Refused INVALID_INPUT for one of no such list."""
        return cls(children, part, tuple(children.order.bounds(part)), values)

    @property
    def form(self) -> "Form":
        """What of it changes the SQL; the rest are parameters."""
        return self.children, self.part.backward, tuple(comparison for comparison, _ in self.bounds)


Form = tuple[Children[Any], bool, tuple[str, ...]]


@dataclass(eq=False)
class Related:
    """A relation of a wanted row, what is wanted of its rows, and where among the asked children it stands."""

    relation: Relation
    wanted: "Wanted"
    guard: str = ""
    place: int = -1


@dataclass(eq=False)
class Wanted:
    """What is to be read of the rows of one model; the values are the guard behind which it lies, "" for none."""

    model: type[Row]
    columns: dict[str, str] = field(default_factory=dict)
    facts: dict[Fact, str] = field(default_factory=dict)
    relations: dict[str, Related | None] = field(default_factory=dict)
    depth: int = 0
    place: int = -1
    """Where among the asked children those stand of which it tells, or beneath which it hangs; -1 for none."""
    ends: bool = False
    """Whether somebody asks if more lies beyond the page, which takes one row more to know."""
    readers: dict[Any, Any] = field(default_factory=dict)
    """Kept by the builder."""

    @classmethod
    def whole(cls, model: type[Row]) -> "Wanted":
        """All columns of its rows, and nothing beneath them."""
        return cls(model, dict.fromkeys(sorted(model._meta.db_fields), ""), ends=True)

    def column(self, name: str, guard: str = "") -> None:
        """Read a column. What is asked for within and without a guard is read without."""
        if self.columns.setdefault(name, guard) != guard:
            self.columns[name] = ""

    def fact(self, fact: Fact, guard: str = "") -> None:
        """Find out a fact."""
        if self.facts.setdefault(fact, guard) != guard:
            self.facts[fact] = ""

    def relate(self, key: str, related: Related) -> None:
        """Read a relation for the response key; two different ones under one key are left to the loaders."""
        if key not in self.relations:
            self.relations[key] = related
            return
        for each in filter(None, (self.relations[key], related)):
            for name in each.relation.needs:
                self.column(name, each.guard)
        self.relations[key] = None

    def is_only_an_id(self) -> bool:
        """Whether the id says all that is asked for."""
        return not self.facts and not any(self.relations.values()) and self.columns.keys() <= {"id"}

    def signature(self) -> Any:
        """Equal for what is read by the same SQL."""
        relations = tuple(
            (key, related.relation, related.guard, related.place, related.wanted.signature())
            for key, related in self.relations.items()
            if related is not None
        )
        return self.model, self.ends, tuple(self.columns.items()), tuple(self.facts.items()), relations
