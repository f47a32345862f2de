"""Looking ahead: what the selection beneath a field asks for becomes a tree of wanted rows, read in one statement."""

from collections import defaultdict
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
from resolvers.reads import Asked, Many, One, Related, Wanted, bare
from schema.context import Context, Info
from schema.reads import DECLARED, Computed, Relates, View
from schema.selection import Selected, selected

R = TypeVar("R", bound=Row)


@dataclass(eq=False)
class Look:
    """The tree of wanted rows beneath a selection, and the paged fields in it, whose arguments may be variables."""

    wanted: Wanted
    paged: list[tuple[Selected, Relates]] = field(default_factory=list)
    parts: dict[tuple[str, ...], Wanted] = field(default_factory=dict)
    """Those of its relations that had to be read for rows at hand."""

    def asked(self, variables: dict[str, Any]) -> list[Asked | None]:
        """What the paged fields ask for this time. None where that is refused: the field's own resolver says it."""
        return [_asked(relates, each, variables) for each, relates in self.paged]


def look(model: type[Row], field: Selected, order: Order | None = None) -> Look:
    """The look beneath a field that leads to rows of `model`; with an order, to a page of them.

    Kept with the selection, for the next time that the document runs.
    """
    found = field.memo.get((DECLARED, model))
    if found is None:
        found = field.memo[DECLARED, model] = _new(model)
        if order is None:
            _fields(found, found.wanted, field.beneath(model.__name__), "")
        else:
            _connection(found, found.wanted, field, order)
    return found


def _new(model: type[Row]) -> Look:
    found = Look(Wanted(model))
    found.wanted.column("id")
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


async def complete(info: Info, payload: object) -> None:
    """Read what is selected beneath the rows of a mutation's payload and was not read with them, in a statement each.

    What the rows themselves say, and who asks, is not read again.
    """
    field, context = selected(info), info.context
    for name, selections in _payload_fields(field).items():
        value = getattr(payload, name)
        rows = [row for row in (value if isinstance(value, list) else [value]) if isinstance(row, Row)]
        if not rows:
            continue
        model = type(rows[0])
        key = (DECLARED, name, model)
        found = field.memo.get(key)
        if found is None:
            found = field.memo[key] = _new(model)
            for each in selections:
                _fields(found, found.wanted, each.beneath(model.__name__), "")
        missing = [
            name for name, related in found.wanted.relations.items() if not _at_hand(context, name, related, rows)
        ]
        if missing or found.wanted.facts:
            await _add(context, found, missing, rows, _variables(info))


def _payload_fields(field: Selected) -> dict[str, list[Selected]]:
    """What is selected beneath each of a payload's fields, by its name in Python; aliases lead to the same row."""
    found: dict[str, list[Selected]] = defaultdict(list)
    for each in field.beneath(_type_of(field)).values():
        if each.name != "__typename":
            found[each.field.extensions["strawberry-definition"].python_name].append(each)
    return found


def _at_hand(context: Context, key: str, related: Related | None, rows: list[Row]) -> bool:
    """Whether a relation of all these rows is known without reading, or left to loaders; known ones are noted."""
    if related is None:
        return True
    if not isinstance(related.relation, One):
        return False
    model, known = related.relation.model, []
    for row in rows:
        row_id = related.relation.id_of(row, context.viewer)
        if row_id is None or related.wanted.is_only_an_id():
            known.append(row_id and bare(model, row_id))
        elif not any(related.wanted.relations.values()) and (own := context.at_hand(model, row_id)) is not None:
            known.append(own)
        else:
            return False
    for row, value in zip(rows, known, strict=True):
        row.__dict__["@" + key] = value
    return True


async def _add(context: Context, found: Look, missing: list[str], rows: list[Row], variables: dict[str, Any]) -> None:
    """Read these relations, and the facts, of rows that the viewer has in hand."""
    wanted = found.parts.get(tuple(missing))
    if wanted is None:
        relations = {key: found.wanted.relations[key] for key in missing}
        wanted = found.parts[tuple(missing)] = Wanted(found.wanted.model, {"id": ""}, found.wanted.facts, relations)
    ids = {row.id for row in rows}
    read = await context.read(partial(loaders.known_rows, wanted, context.viewer, ids, found.asked(variables)))
    for row in rows:
        if row.id in read:
            row.__dict__.update({name: value for name, value in read[row.id].__dict__.items() if name[0] == "@"})


def _variables(info: Info) -> dict[str, Any]:
    return info.variable_values
