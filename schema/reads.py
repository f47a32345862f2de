"""How the schema's fields say what they read, and reading it: relations, pages, facts and views of the same row.

A field without a declaration is read as its column, or, if it has a resolver, with all columns of its row.
"""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import strawberry
from strawberry import Parent

from models.base import Row
from resolvers.pages import Children, Slice
from resolvers.reads import Asked, Fact, Guard, Many, One, Relation
from schema.connections import After, Before, First, Last
from schema.context import MISSING, Info, then

DECLARED = "look-ahead"
"""Where a field's declaration lies in its metadata. What is a relation and nothing else lies under "reads" as well."""

Choose = Callable[..., tuple[Any, ...]]

ROOT: Any = Parent[Any]  # type: ignore[misc]  # an annotation like any, for a signature that is put together


@dataclass(frozen=True)
class Computed:
    """A field that its resolver makes of columns and facts."""

    columns: tuple[str, ...]
    fact: Fact | None


@dataclass(frozen=True)
class View:
    """A field that shows the same row under another type, if the guard lets one."""

    guard: Guard | None


@dataclass(frozen=True)
class Relates:
    """A field that leads to other rows. Pages may `choose` other children than the usual ones by their arguments."""

    relation: Relation
    choose: Choose | None = None
    guard: Guard | None = None

    @property
    def for_viewer(self) -> bool:
        """Whether what it leads to depends on who asks."""
        return self.guard is not None or self.relation.for_viewer

    @property
    def leads_to_one(self) -> bool:
        """Whether it leads to a row that many others may lead to as well: one row, where they are read together."""
        return isinstance(self.relation, One)

    def loaded(self, row: Row, key: str) -> Any:
        """What was read for the response key together with the row; MISSING if nothing was."""
        return row.__dict__.get("@" + key, MISSING)

    def asked(self, first: Any = None, after: Any = None, last: Any = None, before: Any = None, **more: Any) -> Asked:
        """The children that Relay's and the field's own arguments ask for. Raises Refused INVALID_INPUT."""
        part = Slice.of(first, after, last, before)
        children, *values = (self.relation,) if self.choose is None else self.choose(**more)
        return Asked.of(children, part, *values)


def one(model: type[Row], column: str = "", *, description: str, **more: Any) -> Any:
    """The row whose id is in a column. `more` goes to resolvers.reads.One."""
    relation = One(model, column, **more)

    def resolve(root: Parent[Any], info: Info) -> Any:
        loaded = root.__dict__.get("@" + str(info.path.key), MISSING)
        if loaded is not MISSING:
            return loaded
        row_id = relation.id_of(root, info.context.viewer)
        if row_id is None:
            return None
        at_hand = info.context.at_hand(model, row_id)
        return info.context.one(model, row_id) if at_hand is None else at_hand

    return _field(resolve, description, Relates(relation))


def many(
    model: type[Row], parent: str, *, description: str, made: Callable[[list[Any]], Any] | None = None, **more: Any
) -> Any:
    """All rows that hold the row's id in `parent`. `more` goes to resolvers.reads.Many; `made` makes the field's value
    of the rows where it is not the rows themselves."""
    relation = Many(model, parent, **more)

    def resolve(root: Parent[Any], info: Info) -> Any:
        loaded = root.__dict__.get("@" + str(info.path.key), MISSING)
        if loaded is not MISSING:
            return loaded if made is None else made(loaded)
        rows = info.context.related(root, relation)
        return rows if made is None else then(rows, made)

    return _field(resolve, description, Relates(relation), pure=made is None)


def page(children: Children[Any], choose: Choose | None = None, *, description: str, guard: Guard | None = None) -> Any:
    """A page of the row's children. `choose` takes arguments of the field's own, annotated and described as any, and
    returns the children and the values of their `where`."""
    relates = Relates(children, choose, guard)

    def resolve(root: Parent[Any], info: Info, **arguments: Any) -> Any:
        def read() -> Any:
            loaded = root.__dict__.get("@" + str(info.path.key), MISSING)
            return info.context.related(root, relates.asked(**arguments)) if loaded is MISSING else loaded

        return read() if guard is None else info.context.behind(guard, root, read)

    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    taken = [inspect.Parameter("root", kind, annotation=ROOT), inspect.Parameter("info", kind, annotation=Info)]
    for name, annotation in (("first", First), ("after", After), ("last", Last), ("before", Before)):
        taken.append(inspect.Parameter(name, kind, annotation=annotation, default=None))
    taken += inspect.signature(choose).parameters.values() if choose else ()
    resolve.__signature__ = inspect.Signature(taken)  # type: ignore[attr-defined]  # inspect reads it there
    return _field(resolve, description, relates, pure=guard is None)


def view(*, description: str, guard: Guard | None = None) -> Any:
    """The same row under another type, null where the guard does not let the viewer."""

    def resolve(root: Parent[Any], info: Info) -> Any:
        return root if guard is None else info.context.behind(guard, root, lambda: root)

    return _field(resolve, description, View(guard), pure=False)


def computed(resolve: Callable[..., Any], *columns: str, description: str, fact: Fact | None = None) -> Any:
    """A field that `resolve` makes of the row's columns, and of a fact if one is named.

    It is called with the row, the viewer, and the fact's value; or with the row alone, if it takes no more.
    """

    def of_row(root: Parent[Any]) -> Any:
        return resolve(root)

    def of_columns(root: Parent[Any], info: Info) -> Any:
        return resolve(root, info.context.viewer)

    if len(inspect.signature(resolve).parameters) == 1:
        return _field(of_row, description, Computed(columns, None), pure=False)
    if fact is None:
        return _field(of_columns, description, Computed(columns, None), pure=False)
    return _field(_of_fact(resolve, fact), description, Computed(columns, fact), pure=False)


def _of_fact(resolve: Callable[..., Any], fact: Fact) -> Callable[..., Any]:
    def of_fact(root: Parent[Any], info: Info) -> Any:
        viewer = info.context.viewer
        value = root.__dict__.get(fact.key, MISSING)
        if value is MISSING:
            return then(info.context.fact(root, fact), lambda found: resolve(root, viewer, found))
        return resolve(root, viewer, value)

    return of_fact


def found_out(resolve: Callable[..., Any], *columns: str, description: str, fact: Fact | None = None) -> Any:
    """A field that is neither a row's nor a fact: its resolver, which has arguments of its own, finds it out, from the
    row's columns, and a fact if one is named."""
    return _field(resolve, description, Computed(columns, fact), pure=False)


def _field(resolve: Callable[..., Any], description: str, declared: Any, *, pure: bool = True) -> Any:
    metadata = {DECLARED: declared} | ({"reads": declared} if pure else {})
    return strawberry.field(resolver=resolve, description=description, metadata=metadata)
