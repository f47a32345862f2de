"""Running look-ahead reads: rows by key under a scope, pages of a query, and what was not read with its row."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, TypeVar
from uuid import UUID

from tortoise.connection import get_connection
from tortoise.queryset import QuerySet

from models.base import Row
from resolvers import access
from resolvers.look_ahead import Reader, reader
from resolvers.pages import Order, Page, Slice
from resolvers.reads import Asked, Fact, Many, Related, Wanted
from resolvers.scopes import NOTHING, visible_sql

R = TypeVar("R", bound=Row)
Viewer = access.Viewer | None

NOTHING_ASKED: Sequence[Asked | None] = ()


async def visible_row(
    wanted: Wanted, viewer: Viewer, key: UUID | str, asked: Sequence[Asked | None] = NOTHING_ASKED, *, by: str = "id"
) -> Any:
    """The row with this key, with all that is wanted beneath it, in one statement; None where the viewer sees none."""
    scope = visible_sql(wanted.model, viewer)
    if scope == NOTHING:
        return None
    found = await _read(wanted, viewer, f'"{by}" = $KEY AND ({scope})', key, asked)
    return found[0] if found else None


async def visible_rows(
    wanted: Wanted,
    viewer: Viewer,
    ids: Iterable[UUID],
    asked: Sequence[Asked | None] = NOTHING_ASKED,
    *,
    connection: str = "default",
) -> dict[UUID, Any]:
    """Those of the rows that the viewer may see, by id, in one statement. What is wanted of them includes the id."""
    scope = visible_sql(wanted.model, viewer)
    if scope == NOTHING:
        return {}
    where = f'"id" = ANY($KEY::uuid[]) AND ({scope})'
    return {row.id: row for row in await _read(wanted, viewer, where, list(ids), asked, connection)}


async def known_rows(
    wanted: Wanted, viewer: Viewer, ids: Iterable[UUID], asked: Sequence[Asked | None] = NOTHING_ASKED
) -> dict[UUID, Any]:
    """Rows that the viewer has in hand already, by id, whatever he may see."""
    return {row.id: row for row in await _read(wanted, viewer, '"id" = ANY($KEY::uuid[])', list(ids), asked)}


Line = tuple[UUID, UUID, UUID | None]
"""A viewer, the id of a row that he is to be shown, and who had to do with it."""

_LINES = "unnest(${0}::uuid[], ${1}::uuid[], ${2}::uuid[]) WITH ORDINALITY AS want(viewer, subject, actor, ord)"


async def visible_to_each(
    wanted: Wanted, lines: Sequence[Line], asked: Sequence[Asked | None], *, is_adult: bool, connection: str
) -> list[tuple[Line, Any]]:
    """The row of each line whose viewer may see it, with all that is wanted beneath it, in one statement for all.

    Nothing that is wanted may depend on who asks: that is for `visible_rows`, which one viewer's are.
    """
    made = reader(wanted, asked)
    base, constants = access.visible_to_each(wanted.model, is_adult=is_adult)
    kept = f"each {is_adult}"
    statement = made.statements.get(kept)
    if statement is None:
        first = made.parameters + len(constants) + 1
        wants = _LINES.format(first, first + 1, first + 2)
        statement = made.statements[kept] = made.statement_for_each(_renumbered(base, made.parameters), wants)
    values = [*made.arguments(None, is_adult, asked), *constants, *map(list, zip(*lines, strict=True))]
    _, records = await get_connection(connection).execute_query(statement, values)
    rows = made.rows(records, asked)
    return [(lines[record[-1] - 1], row) for record, row in zip(records, rows, strict=True)]


async def page_of(
    query: QuerySet[R],
    order: Order,
    part: Slice,
    wanted: Wanted,
    viewer: Viewer,
    asked: Sequence[Asked | None] = NOTHING_ASKED,
) -> Page[R]:
    """A page of a query's rows, with all that is wanted beneath them, in one statement."""
    names = {">": "gt", "<": "lt"}
    for comparison, value in order.bounds(part):
        query = query.filter(**{f"{order.column}__{names[comparison]}": value})
    made = reader(wanted, asked)
    sign = "-" if order.downward(part) else ""
    query = query.order_by(f"{sign}{order.column}").limit(part.size + 1).only(*{*made.columns, order.column})
    query.sql()  # which makes `query.query`
    base, values = query.query.get_parameterized_sql()
    base = _renumbered(base, made.parameters)
    statement = made.statement(base, f' ORDER BY t0."{order.column}" {"DESC" if sign else "ASC"}')
    return order.page(await _run(made, statement, viewer, asked, values), part)


async def _read(
    wanted: Wanted,
    viewer: Viewer,
    where: str,
    key: Any,
    asked: Sequence[Asked | None],
    connection: str = "default",
) -> list[Any]:
    made = reader(wanted, asked)
    statement = made.statements.get(where)
    values = [key]
    if statement is None:
        columns = ", ".join(f'"{each}"' for each in made.columns)
        place = made.parameters + 1
        condition = where.replace("$KEY", f"${place}").replace("{viewer}", f"${place + 1}::uuid")
        base = f'SELECT {columns} FROM "{wanted.model._meta.db_table}" WHERE {condition}'
        statement = made.statements[where] = made.statement(base)
    if "{viewer}" in where:
        values.append(viewer and viewer.id)
    return await _run(made, statement, viewer, asked, values, connection)


async def _run(
    made: Reader,
    statement: str,
    viewer: Viewer,
    asked: Sequence[Asked | None],
    values: Sequence[Any],
    connection: str = "default",
) -> list[Any]:
    who: tuple[UUID | None, bool] = (None, False) if viewer is None else (viewer.id, viewer.is_adult)
    arguments = made.arguments(*who, asked)
    arguments += values
    _, records = await get_connection(connection).execute_query(statement, arguments)
    return made.rows(records, asked)


def _renumbered(statement: str, offset: int) -> str:
    return re.sub(r"\$(\d+)", lambda found: f"${int(found[1]) + offset}", statement)


# ------------------------------------------------------------------------- what was not read together with its row


async def rows_by_id(model: type[R], ids: Sequence[UUID]) -> list[R | None]:
    """The rows under these ids. For ids taken from rows that the viewer may see, and their relations with them."""
    found = {row.id: row for row in await model.filter(id__in=list(set(ids)))}
    return [found.get(row_id) for row_id in ids]


async def related(model: type[Row], relation: Many | Asked, viewer: Viewer, ids: Sequence[UUID]) -> list[Any]:
    """What a relation leads to from each of these rows of `model`."""
    asked = () if isinstance(relation, Many) else (relation,)
    wanted = _wanted_related(model, relation if isinstance(relation, Many) else relation.children)
    found = await known_rows(wanted, viewer, set(ids), asked)
    nothing: Any = [] if isinstance(relation, Many) else relation.children.order.page([], relation.part)
    return [found[row_id].__dict__["@"] if row_id in found else nothing for row_id in ids]


@lru_cache
def _wanted_related(model: type[Row], relation: Any) -> Wanted:
    place = -1 if isinstance(relation, Many) else 0
    return Wanted(model, {"id": ""}, {}, {"": Related(relation, Wanted.whole(relation.model), "", place)})


async def facts(model: type[Row], fact: Fact, viewer: Viewer, ids: Sequence[UUID]) -> list[Any]:
    """A fact about each of these rows."""
    found = await known_rows(_wanted_fact(model, fact), viewer, set(ids))
    return [found[row_id].__dict__[fact.key] if row_id in found else None for row_id in ids]


@lru_cache
def _wanted_fact(model: type[Row], fact: Fact) -> Wanted:
    return Wanted(model, {"id": ""}, {fact: ""})
