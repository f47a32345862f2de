"""Look-ahead reads: a tree of wanted rows becomes one statement, and what it returns becomes rows (docs/look-ahead.md).

PostgreSQL nests records in records and asyncpg decodes them to tuples of Python's own types, so that one statement
brings a whole page without JSON. The functions that make rows of these tuples are written once for each form.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from uuid import UUID

from models.base import Row
from resolvers.look_ahead_writer import Writer
from resolvers.reads import Asked, Form, Wanted

KEPT_READERS = 1_000
KEPT_FORMS = 16
"""How many forms of one wanted tree are kept with it: with a cursor or without, from the front or from the end."""


@dataclass(frozen=True, slots=True, eq=False)
class Reader:
    """One form of a wanted tree: its SQL around the rows that it starts from, its arguments, and what makes rows."""

    model: type[Row]
    columns: tuple[str, ...]
    outputs: str
    joins: str
    parameters: int
    arguments: Callable[[UUID | None, bool, Sequence[Asked | None]], list[Any]]
    rows: Callable[[Sequence[Any], Sequence[Asked | None]], list[Any]]
    for_viewer: bool
    """Whether anything that is read depends on who asks."""
    statements: dict[str, str] = field(default_factory=dict)
    """Those made so far, by the condition of the rows that they start from: a scope or two a model."""

    def statement(self, base: str, order: str = "") -> str:
        """The SQL, given that of the rows to start from."""
        return f"SELECT {self.outputs} FROM ({base}) AS t0{self.joins}{order}"

    def statement_for_each(self, base: str, wants: str) -> str:
        """The SQL, given that of the row for one line of `wants`, and the lines: (…, ord). Each record ends with the
        place of the line that it is for."""
        return f"SELECT {self.outputs}, want.ord FROM {wants} JOIN LATERAL ({base}) AS t0 ON TRUE{self.joins}"


def reader(wanted: Wanted, asked: Sequence[Asked | None]) -> Reader:
    """The reader of a wanted tree in the form that the arguments give it."""
    forms = tuple([None if each is None else each.form for each in asked])
    found = wanted.readers.get(forms)
    if found is None:
        if len(wanted.readers) >= KEPT_FORMS:
            wanted.readers.clear()
        found = wanted.readers[forms] = _reader(_Signed(wanted.signature(), wanted), forms)
    return found


@dataclass(frozen=True, slots=True)
class _Signed:
    signature: Any
    wanted: Wanted = field(compare=False)


@lru_cache(KEPT_READERS)
def _reader(signed: _Signed, forms: tuple[Form | None, ...]) -> Reader:
    level, parameters, names = Writer(forms).write(signed.wanted)
    for_viewer = bool({"viewer", "adult"} & parameters.keys())
    outputs, joins = ", ".join(level.outputs) or "NULL", "".join(level.joins)
    columns = tuple(level.columns) or ("id",)
    made = names["arguments"], names["rows"]
    return Reader(signed.wanted.model, columns, outputs, joins, len(parameters), *made, for_viewer)
