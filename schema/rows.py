"""Reading rows for a field with all that is selected beneath it: by key, a page of them, and what a mutation shows."""

from collections import defaultdict
from collections.abc import Collection
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

from graphql import get_named_type, is_abstract_type
from tortoise.queryset import QuerySet

from models.base import Row
from resolvers import loaders
from resolvers.pages import Order, Slice
from resolvers.reads import One, Related, Wanted, bare
from schema.connections import Connection
from schema.context import Context, Info
from schema.fields import shown
from schema.look_ahead import Look, empty, look, look_at, type_of
from schema.reads import DECLARED
from schema.selection import Selected, selected

R = TypeVar("R", bound=Row)


async def visible_row(info: Info, model: type[Row], key: UUID | str, *, by: str = "id") -> Any:
    """The row of `model` with this key, read with all that is selected beneath the field; None unless it is visible."""
    found = look(model, selected(info))
    read = partial(loaders.visible_row, found.wanted, info.context.viewer, key, found.asked(_variables(info)), by=by)
    return await info.context.read(read)


async def visible_rows(info: Info, model: type[Row], ids: Collection[UUID]) -> dict[UUID, Any]:
    """Those of these rows that are visible, by id, read with all that is selected beneath the field."""
    return await read_rows(info.context, model, ids, selected(info), _variables(info))


async def visible_together(info: Info, model: type[Row], key: UUID) -> Any:
    """Like `visible_row`, for a field that stands in many rows: what they ask for together is read together."""
    field, variables, context = selected(info), _variables(info), info.context

    async def read(keys: list[UUID]) -> list[Any]:
        found = await read_rows(context, model, keys, field, variables)
        return [found.get(each) for each in keys]

    return await context.load(("visible", model, *(id(node) for node in field.nodes)), read, key)


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


async def page_of(query: QuerySet[R], order: Order, part: Slice, info: Info) -> Connection[Any]:
    """A page of a query's rows, read with all that is selected beneath the field."""
    found = look(query.model, selected(info), order=order)
    asked = found.asked(_variables(info))
    read = partial(loaders.page_of, query, order, part, found.wanted, info.context.viewer, asked)
    return shown(await info.context.read(read))


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
            found = field.memo[key] = empty(model)
            for each in selections:
                look_at(found, found.wanted, each.beneath(_shown_as(each, model)), "")
        missing = [
            name for name, related in found.wanted.relations.items() if not _at_hand(context, name, related, rows)
        ]
        if missing or found.wanted.facts:
            await _add(context, found, missing, rows, _variables(info))


def _shown_as(each: Selected, model: type[Row]) -> str:
    """The type that shows a row of this model here: the field's own, or that of the model where it may be several."""
    named = get_named_type(each.field.type)
    return model.__name__ if is_abstract_type(named) else named.name


def _payload_fields(field: Selected) -> dict[str, list[Selected]]:
    """What is selected beneath each of a payload's fields, by its name in Python; aliases lead to the same row."""
    found: dict[str, list[Selected]] = defaultdict(list)
    for each in field.beneath(type_of(field)).values():
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
