"""What a live subscription shows of the rows that events are about, so that it is read with the events themselves."""

from collections.abc import Mapping
from typing import Any

from models.base import Row
from models.enums import ActivityKind
from models.users import User as UserRow
from resolvers.activity import ACTOR, ACTOR_KEY
from resolvers.listening import Sight
from resolvers.reads import Related, Wanted
from schema.look_ahead import Look, empty, look_at, type_of
from schema.selection import Selected

Shown = Mapping[ActivityKind, tuple[str, str, type[Row]]]
"""Of each kind of event its type, the field that shows its row, and the row's model."""


class Sights:
    """The sights of one selection, for equal variables; `shown` says what each kind of event shows."""

    def __init__(self, field: Selected, variables: dict[str, Any], shown: Shown) -> None:
        self._field, self._variables, self._shown = field, variables, shown
        self._made: dict[ActivityKind, Sight] = {}

    def of(self, kind: ActivityKind) -> Sight:
        """What is shown of events of a kind. What their rows have to be read for is kept with the selection."""
        found = self._made.get(kind)
        if found is None:
            look = self._field.memo.get((Sights, kind))
            if look is None:
                look = self._field.memo[Sights, kind] = _look(self._field, *self._shown[kind])
            found = self._made[kind] = Sight(look.wanted, look.asked(self._variables))
        return found


def _look(field: Selected, event: str, name: str, model: type[Row]) -> Look:
    found = empty(model)
    actor = Wanted(UserRow, {"id": ""}, depth=1)
    names_actor = False
    for each in field.beneath(event).values():
        definition = each.field.extensions.get("strawberry-definition")
        if definition is None:
            continue  # __typename
        if definition.python_name == name:
            look_at(found, found.wanted, each.beneath(type_of(each)), "")
        elif definition.python_name == "actor":
            names_actor = True
            look_at(found, actor, each.beneath(type_of(each)), "")
    if names_actor:
        found.wanted.relations[ACTOR_KEY.removeprefix("@")] = Related(ACTOR, actor)
    return found
