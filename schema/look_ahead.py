"""Looking ahead: what the selection beneath a field asks for becomes a tree of wanted rows, read in one statement."""

from dataclasses import dataclass, field
from typing import Any, TypeVar

from graphql import GraphQLError, get_named_type

from models.base import Row
from models.errors import Refused
from resolvers.pages import Order
from resolvers.reads import Asked, Many, One, Related, Wanted
from schema.reads import DECLARED, Computed, Relates, View
from schema.selection import Selected

R = TypeVar("R", bound=Row)

# How far one statement goes; what lies beyond comes through loaders, so that no document makes a monster of it.
DEEPEST = 10
MOST_RELATIONS = 60
MOST_ROWS = 20_000


@dataclass(eq=False)
class Look:
    """The tree of wanted rows beneath a selection, and the paged fields in it, whose arguments may be variables."""

    wanted: Wanted
    paged: list[tuple[Selected, Relates, int]] = field(default_factory=list)
    """Paged fields, each with the place here of the one that it is beneath, or -1."""
    relations: int = 0
    parts: dict[tuple[str, ...], Wanted] = field(default_factory=dict)
    """Those of its relations that had to be read for rows at hand."""
    _always: list[Asked | None] | None = None
    """What the paged fields ask for, where no variable has a say in it."""

    def asked(self, variables: dict[str, Any]) -> list[Asked | None]:
        """What the paged fields ask for this time. None leaves one to its own resolver: it says what is refused, and
        its loaders read rows once that a selection leads to again and again."""
        if self._always is not None:
            return self._always
        found: list[Asked | None] = []
        rows: list[int] = []
        for each, relates, outer in self.paged:
            asked = _asked(relates, each, variables)
            rows.append((1 if asked is None else asked.part.size) * (1 if outer < 0 else rows[outer]))
            found.append(asked if rows[-1] <= MOST_ROWS else None)
        if not any(each.variables() for each, _, _ in self.paged):
            self._always = found
        return found


def look(model: type[Row], field: Selected, order: Order | None = None) -> Look:
    """The look beneath a field that leads to rows of `model`; with an order, to a page of them.

    Kept with the selection, for the next time that the document runs.
    """
    found = field.memo.get((DECLARED, model))
    if found is None:
        found = field.memo[DECLARED, model] = empty(model)
        if order is None:
            look_at(found, found.wanted, field.beneath(model.__name__), "")
        else:
            _connection(found, found.wanted, field, order)
    return found


def empty(model: type[Row]) -> Look:
    """A look at rows of which only the id is wanted so far."""
    found = Look(Wanted(model))
    found.wanted.column("id")
    return found


def look_at(found: Look, wanted: Wanted, selections: dict[str, Selected], guard: str) -> None:
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
        look_at(found, wanted, each.beneath(type_of(each)), guard)
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
    if wanted.depth == DEEPEST or found.relations == MOST_RELATIONS:
        for name in relation.needs:
            wanted.column(name, guard)
        return
    found.relations += 1
    beneath = Wanted(relation.model, depth=wanted.depth + 1, place=wanted.place)
    if isinstance(relation, (One, Many)):
        for name in relation.columns if isinstance(relation, Many) else ():
            beneath.column(name)
        look_at(found, beneath, each.beneath(type_of(each)), "")
        wanted.relate(each.key, Related(relation, beneath, guard))
        return
    beneath.place = len(found.paged)
    found.paged.append((each, relates, wanted.place))
    _connection(found, beneath, each, relation.order)
    wanted.relate(each.key, Related(relation, beneath, guard, beneath.place))


def _connection(found: Look, wanted: Wanted, each: Selected, order: Order) -> None:
    for part in each.beneath(type_of(each)).values():
        if part.name == "__typename":
            continue
        for inner in part.beneath(type_of(part)).values():
            if inner.name in ("cursor", "startCursor", "endCursor"):
                wanted.column(order.column)
            elif inner.name in ("hasNextPage", "hasPreviousPage"):
                wanted.ends = True
            elif inner.name == "node":
                look_at(found, wanted, inner.beneath(type_of(inner)), "")


def type_of(each: Selected) -> str:
    """The name of the type that a field leads to."""
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
