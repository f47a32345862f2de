"""The read scopes of access/ as SQL, made once and kept: what `visible` says of a viewer, it says of each."""

from functools import lru_cache
from uuid import UUID

from models.base import Row
from models.users import User
from resolvers import access

_STAND_IN = access.Viewer(User(id=UUID("7f1c3c7e-5a0f-4f60-9a0e-2f6f2f0b8d11")), UUID(int=0), is_adult=True)

NOTHING = "1=0"
"""The condition of somebody who sees none: no statement need be sent."""


def visible_sql(model: type[Row], viewer: access.Viewer | None) -> str:
    """The condition under which `access.visible` lets the viewer see rows of the model, with `{viewer}` in it."""
    return _condition(model, viewer is not None, viewer is not None and viewer.is_adult)


@lru_cache
def _condition(model: type[Row], signed_in: bool, is_adult: bool) -> str:
    stand_in = access.Viewer(_STAND_IN.user, _STAND_IN.session_id, is_adult) if signed_in else None
    query = access.visible(model, stand_in).only("id")
    query.sql()  # which makes `query.query`
    text, values = query.query.get_parameterized_sql()
    begin = f'SELECT "id" "id" FROM "{model._meta.db_table}"'
    if not text.startswith(begin):
        raise RuntimeError(f"A read scope names the columns of its own table: {text}")
    for number in range(len(values), 0, -1):
        text = text.replace(f"${number}", _written(values[number - 1]))
    return text.removeprefix(begin).removeprefix(" WHERE ") or "TRUE"


def _written(value: object) -> str:
    """A scope's constant as SQL; nothing that a client sent is among them."""
    if str(value) == str(_STAND_IN.id):
        return "{viewer}"
    if isinstance(value, (bool, int)):
        return str(value).upper()
    if isinstance(value, str) and value.replace("_", "").isalnum():
        return f"'{value}'"
    raise RuntimeError(f"Read scopes are made of the viewer's id, booleans, numbers and enum values, not of {value!r}.")
