"""Look-ahead reads: a tree of wanted rows becomes one statement, and what it returns becomes rows (docs/look-ahead.md).

PostgreSQL nests records in records and asyncpg decodes them to tuples of Python's own types, so that one statement
brings a whole page without JSON. The functions that make rows of these tuples are written once for each form.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from itertools import count
from typing import Any
from uuid import UUID

from models.base import Row
from resolvers.pages import Children
from resolvers.reads import Asked, Form, Many, One, Related, Wanted

NATIVE = (str, int, float, bool, bytes, UUID, datetime, date, list)
"""What asyncpg decodes to by itself."""

KEPT_READERS = 1_000
KEPT_FORMS = 16
"""How many forms of one wanted tree are kept with it: with a cursor or without, from the front or from the end."""


@dataclass(frozen=True, slots=True)
class Reader:
    """One form of a wanted tree: its SQL around the rows that it starts from, its arguments, and what makes rows."""

    model: type[Row]
    columns: tuple[str, ...]
    head: str
    tail: str
    parameters: int
    arguments: Callable[[UUID | None, bool, Sequence[Asked | None]], list[Any]]
    rows: Callable[[Sequence[Any], Sequence[Asked | None]], list[Any]]
    statements: dict[str, str] = field(default_factory=dict)
    """Those made so far, by the condition of the rows that they start from: a scope or two a model."""

    def statement(self, base: str, order: str = "") -> str:
        """The SQL, given that of the rows to start from."""
        return f"{self.head}{base}{self.tail}{order}"


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
    return _Writer(forms).reader(signed.wanted)


class _Level:
    """One SELECT: what it returns, what it joins, and the lines that make a row of a record `r`."""

    def __init__(self) -> None:
        self.outputs: list[str] = []
        self.joins: list[str] = []
        self.lines: list[str] = []
        self.columns: dict[str, None] = {}

    def output(self, expression: str) -> str:
        self.outputs.append(expression)
        return f"r[{len(self.outputs) - 1}]"


class _Writer:
    """Writes the SQL of a form, and the Python that makes its rows. Values are parameters, never text."""

    def __init__(self, forms: tuple[Form | None, ...]) -> None:
        self._forms = forms
        self._parameters: dict[str, str] = {}
        self._functions: list[str] = []
        self._names: dict[str, Any] = {"new": object.__new__, "bare": _bare}
        self._numbers = count()

    def reader(self, wanted: Wanted) -> Reader:
        level = _Level()
        self._function("row", level, self._row(level, wanted, "t0", level.columns, ""))
        self._functions += [
            f"def arguments(viewer, adult, s):\n    return [{', '.join(self._parameters)}]",
            "def rows(records, s):\n    return [row(r, s) for r in records]",
        ]
        exec("\n".join(self._functions), self._names)  # our own text, with no word of a client in it
        head = f"SELECT {', '.join(level.outputs) or 'NULL'} FROM ("
        tail = f") AS t0{''.join(level.joins)}"
        columns = tuple(level.columns) or ("id",)
        names = self._names
        return Reader(wanted.model, columns, head, tail, len(self._parameters), names["arguments"], names["rows"])

    def _row(self, level: _Level, wanted: Wanted, alias: str, used: dict[str, None], indent: str) -> str:
        """Lines that make a row of `alias` from the record; the name under which they leave it."""
        number = next(self._numbers)
        row, cells = f"v{number}", f"d{number}"
        level.lines += [
            f"{indent}{row} = new({self._name('m', wanted.model)})",
            f"{indent}{cells} = {row}.__dict__",
        ]
        columns = dict(wanted.columns)
        for related in wanted.relations.values():
            if related is not None and self._left_out(related):
                columns |= dict.fromkeys(related.relation.needs, "")
        for name, guard in columns.items():
            cell = level.output(self._guarded(f'{{row}}."{name}"', guard, alias, used))
            level.lines.append(f"{indent}{cells}[{name!r}] = {self._converted(wanted.model, name, cell)}")
        for fact, guard in wanted.facts.items():
            cell = level.output(self._guarded(fact.sql, guard, alias, used))
            if fact.of is not None:
                cell = f"{self._name('e', _members(fact.of))}[{cell}]"
            level.lines.append(f"{indent}{cells}[{fact.key!r}] = {cell}")
        for key, related in wanted.relations.items():
            if related is not None and not self._left_out(related):
                self._relation(level, f"{cells}[{'@' + key!r}]", related, alias, used, indent)
        return row

    def _relation(
        self, level: _Level, cell: str, related: Related, alias: str, used: dict[str, None], indent: str
    ) -> None:
        if isinstance(related.relation, One):
            self._one(level, cell, related.relation, related, alias, used, indent)
            return
        made, rows = self._array(related, alias, used)
        value = level.output(self._guarded(made, related.guard, alias, used))
        if related.guard:
            rows = f"None if {value} is None else {rows}"
        level.lines.append(f"{indent}{cell} = {rows.replace('RECORDS', value)}")

    def _one(
        self, level: _Level, cell: str, one: One, related: Related, alias: str, used: dict[str, None], indent: str
    ) -> None:
        wanted = related.wanted
        key = one.sql or f'{{row}}."{one.column}"'
        if not wanted.facts and not any(wanted.relations.values()) and wanted.columns.keys() <= {"id"}:
            value = level.output(self._guarded(key, related.guard, alias, used))  # the key says all that is asked
            level.lines.append(
                f"{indent}{cell} = None if {value} is None else bare({self._name('m', wanted.model)}, {value})"
            )
            return
        joined = self._alias()
        on = f"{joined}.id = {self._sql(key, alias, used)}"
        if related.guard:
            on += f" AND ({self._sql(related.guard, alias, used)})"
        level.joins.append(f' LEFT JOIN "{wanted.model._meta.db_table}" AS {joined} ON {on}')
        found = level.output(f"{joined}.id")
        level.lines += [f"{indent}if {found} is None:", f"{indent}    {cell} = None", f"{indent}else:"]
        row = self._row(level, wanted, joined, {}, indent + "    ")
        level.lines.append(f"{indent}    {cell} = {row}")

    def _array(self, related: Related, alias: str, used: dict[str, None]) -> tuple[str, str]:
        """The SQL of many rows under one, and the Python that makes them of its value, there called RECORDS."""
        inner, under = _Level(), self._alias()
        form = self._forms[related.place] if related.place >= 0 else None
        relation = related.relation if form is None else form[0]
        name = self._function(f"row_{under}", inner, self._row(inner, related.wanted, under, inner.columns, ""))
        made = f"[{name}(r, s) for r in RECORDS]"
        where = f'"{relation.parent}" = {self._sql("{row}.id", alias, used)}'
        if isinstance(relation, Many):
            column, way, limit = relation.order, "ASC", ""
            where += f" AND ({self._sql(relation.where, alias, used)})"
        else:
            column, way, limit, more = self._slice(relation, related.place, alias, used)
            where += more
            made = f"{self._name('o', relation.order)}.page({made}, s[{related.place}].part)"
        columns = ", ".join(f'"{each}"' for each in {**inner.columns, column: None})
        sql = (
            f"ARRAY(SELECT ROW({', '.join(inner.outputs) or '1'})"
            f' FROM (SELECT {columns} FROM "{relation.model._meta.db_table}"'
            f' WHERE {where} ORDER BY "{column}" {way}{limit}) AS {under}{"".join(inner.joins)}'
            f' ORDER BY {under}."{column}" {way})'
        )
        return sql, made

    def _slice(
        self, children: Children[Any], place: int, alias: str, used: dict[str, None]
    ) -> tuple[str, str, str, str]:
        form = self._forms[place]
        assert form is not None
        _, backward, comparisons = form
        where = re.sub(
            r"\$(\d+)", lambda found: self._parameter(f"s[{place}].values[{int(found[1]) - 2}]"), children.where
        )
        more = f" AND ({self._sql(where, alias, used)})"
        column = children.order.column
        for number, comparison in enumerate(comparisons):
            more += f' AND "{column}" {comparison} {self._parameter(f"s[{place}].bounds[{number}][1]")}'
        way = "DESC" if children.order.descending != backward else "ASC"
        return column, way, f" LIMIT {self._parameter(f's[{place}].part.size + 1')}", more

    def _left_out(self, related: Related) -> bool:
        """Whether its arguments were refused: its own resolver says so where it stands."""
        return related.place >= 0 and self._forms[related.place] is None

    def _guarded(self, expression: str, guard: str, alias: str, used: dict[str, None]) -> str:
        expression = self._sql(expression, alias, used)
        return f"CASE WHEN {self._sql(guard, alias, used)} THEN {expression} END" if guard else expression

    def _sql(self, text: str, alias: str, used: dict[str, None]) -> str:
        """A declaration's SQL about the row `alias`, whose columns it names are taken note of."""
        used.update(dict.fromkeys(re.findall(r'\{row\}\."?(\w+)', text)))
        text = text.replace("{row}", alias)
        if "{viewer}" in text:
            text = text.replace("{viewer}", f"{self._parameter('viewer')}::uuid")
        if "{adult}" in text:
            text = text.replace("{adult}", f"{self._parameter('adult')}::boolean")
        return text

    def _parameter(self, python: str) -> str:
        return self._parameters.setdefault(python, f"${len(self._parameters) + 1}")

    def _converted(self, model: type[Row], column: str, cell: str) -> str:
        kind = model._meta.fields_map[column]
        enum = getattr(kind, "enum_type", None)
        if enum is not None:
            return f"{self._name('e', _members(enum))}[{cell}]"
        return cell if kind.field_type in NATIVE else f"{self._name('c', kind.to_python_value)}({cell})"

    def _function(self, name: str, level: _Level, row: str) -> str:
        lines = [f"def {name}(r, s):", *(f"    {line}" for line in level.lines), f"    return {row}"]
        self._functions.append("\n".join(lines))
        return name

    def _name(self, kind: str, thing: Any) -> str:
        name = f"{kind}{next(self._numbers)}"
        self._names[name] = thing
        return name

    def _alias(self) -> str:
        return f"t{next(self._numbers) + 1}"


def _bare(model: type[Row], row_id: UUID) -> Row:
    row = object.__new__(model)
    row.__dict__["id"] = row_id
    return row


@lru_cache
def _members(enum: Any) -> dict[str | None, Any]:
    return {None: None} | {member.value: member for member in enum}
