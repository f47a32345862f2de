"""Looking ahead: what the selection beneath a field asks for becomes a tree of wanted rows, read in one statement."""

from collections.abc import Collection
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

from graphql import GraphQLError, get_named_type
from tortoise.queryset import QuerySet

from models.base import Row
from models.errors import Refused
from resolvers import loaders
from resolvers.pages import Order, Page, Slice
from resolvers.reads import Asked, Many, One, Related, Wanted
from schema.context import Context, Info
from schema.reads import DECLARED, Computed, Relates, View
from schema.selection import Selected, selected

R = TypeVar("R", bound=Row)


@dataclass(eq=False)
class Look:
    """The tree of wanted rows beneath a selection, and the paged fields in it, whose arguments may be variables."""

    wanted: Wanted
    paged: list[tuple[Selected, Relates]] = field(default_factory=list)

    def asked(self, variables: dict[str, Any]) -> list[Asked | None]:
        """What the paged fields ask for this time. None where that is refused: the field's own resolver says it."""
        return [_asked(relates, each, variables) for each, relates in self.paged]


def look(model: type[Row], field: Selected, order: Order | None = None) -> Look:
    """The look beneath a field that leads to rows of `model`; with an order, to a page of them.

    Kept with the selection, for the next time that the document runs.
    """
    found = field.memo.get((DECLARED, model))
    if found is None:
        found = field.memo[DECLARED, model] = Look(Wanted(model))
        found.wanted.column("id")
        if order is None:
            _fields(found, found.wanted, field.beneath(model.__name__), "")
        else:
            _connection(found, found.wanted, field, order)
    return found


def _fields(found: Look, wanted: Wanted, selections: dict[str, Selected], guard: str) -> None:
    """What the fields of one object need, all of whose columns lie behind the guard."""
    for each in selections.values():
        if each.name != "__typename":
            _field(found, wanted, each, guard)


def _field(found: Look, wanted: Wanted, each: Selected, guard: str) -> None:
    definition = each.field.extensions["strawberry-definition"]
    declared = definition.metadata.get(DECLARED)
    if isinstance(declared, Relates):
        _relation(found, wanted, each, declared, guard)
    elif isinstance(declared, View):
        if declared.guard is not None:
            guard = _behind(wanted, declared.guard, guard)
        _fields(found, wanted, each.beneath(_type_of(each)), guard)
    elif isinstance(declared, Computed):
        for name in declared.columns:
            wanted.column(name, guard)
        if declared.fact is not None:
            wanted.fact(declared.fact, guard)
    elif definition.base_resolver is None and definition.python_name in wanted.model._meta.db_fields:
        wanted.column(definition.python_name, guard)
    else:
        for name in wanted.model._meta.db_fields:
            wanted.column(name, guard)


def _behind(wanted: Wanted, guard: Any, outer: str) -> str:
    """The SQL of a guard within an outer one, after whose leave its facts are read."""
    for name in guard.columns:
        wanted.column(name, outer)
    if guard.fact is not None:
        wanted.fact(guard.fact, outer)
    return f"({outer}) AND ({guard.sql})" if outer else guard.sql


def _relation(found: Look, wanted: Wanted, each: Selected, relates: Relates, guard: str) -> None:
    if relates.guard is not None:
        guard = _behind(wanted, relates.guard, guard)
    relation = relates.relation
    if isinstance(relation, (One, Many)):
        beneath = Wanted(relation.model)
        _fields(found, beneath, each.beneath(_type_of(each)), "")
        wanted.relate(each.key, Related(relation, beneath, guard))
        return
    beneath = Wanted(relation.model)
    place = len(found.paged)
    found.paged.append((each, relates))
    _connection(found, beneath, each, relation.order)
    wanted.relate(each.key, Related(relation, beneath, guard, place))


def _connection(found: Look, wanted: Wanted, each: Selected, order: Order) -> None:
    for part in each.beneath(_type_of(each)).values():
        if part.name == "__typename":
            continue
        for inner in part.beneath(_type_of(part)).values():
            if inner.name in ("cursor", "startCursor", "endCursor"):
                wanted.column(order.column)
            elif inner.name == "node":
                _fields(found, wanted, inner.beneath(_type_of(inner)), "")


def _type_of(each: Selected) -> str:
    return get_named_type(each.field.type).name


def _asked(relates: Relates, each: Selected, variables: dict[str, Any]) -> Asked | None:
    taken = each.field.args
    try:
        given = each.arguments(variables)
        return relates.asked(
            **{taken[name].extensions["strawberry-definition"].python_name: value for name, value in given.items()}
        )
    except (Refused, GraphQLError):
        return None


# ------------------------------------------------------------------------------------------------------- reading


async def visible_row(info: Info, model: type[Row], key: UUID | str, *, by: str = "id") -> Any:
    """The row of `model` with this key, read with all that is selected beneath the field; None unless it is visible."""
    found = look(model, selected(info))
    read = partial(loaders.visible_row, found.wanted, info.context.viewer, key, found.asked(_variables(info)), by=by)
    return await info.context.read(read)


async def visible_rows(info: Info, model: type[Row], ids: Collection[UUID]) -> dict[UUID, Any]:
    """Those of these rows that are visible, by id, read with all that is selected beneath the field."""
    return await read_rows(info.context, model, ids, selected(info), _variables(info))


async def read_rows(
    context: Context,
    model: type[Row],
    ids: Collection[UUID],
    field: Selected,
    variables: dict[str, Any],
    connection: str = "default",
) -> dict[UUID, Any]:
    """Those of these rows that the context's viewer may see, by id, with all that is selected beneath a field."""
    found = look(model, field)
    read = partial(
        loaders.visible_rows, found.wanted, context.viewer, ids, found.asked(variables), connection=connection
    )
    return await context.read(read)


async def page_of(query: QuerySet[R], order: Order, part: Slice, info: Info) -> Page[R]:
    """A page of a query's rows, read with all that is selected beneath the field."""
    found = look(query.model, selected(info), order=order)
    asked = found.asked(_variables(info))
    return await info.context.read(
        partial(loaders.page_of, query, order, part, found.wanted, info.context.viewer, asked)
    )


def _variables(info: Info) -> dict[str, Any]:
    return info.variable_values
