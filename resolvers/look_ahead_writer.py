"""Writing a look-ahead read: the SQL of one form of a wanted tree, and the Python that makes rows of its records."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import lru_cache
from itertools import count
from types import MappingProxyType
from typing import Any
from uuid import UUID

from models.base import Row
from resolvers.pages import Children
from resolvers.reads import Form, Many, One, Related, Wanted, bare

NATIVE = (str, int, float, bool, bytes, UUID, datetime, date, list)
"""What asyncpg decodes to by itself."""


class Level:
    """One SELECT: what it returns, what it joins, and the lines that make a row of a record `r`."""

    def __init__(self) -> None:
        self.outputs: list[str] = []
        self.joins: list[str] = []
        self.lines: list[str] = []
        self.columns: dict[str, None] = {}

    def output(self, expression: str) -> str:
        self.outputs.append(expression)
        return f"r[{len(self.outputs) - 1}]"


class Writer:
    """Writes the SQL of a form, and the Python that makes its rows. Values are parameters, never text."""

    def __init__(self, forms: tuple[Form | None, ...]) -> None:
        self._forms = forms
        self._parameters: dict[str, str] = {}
        self._functions: list[str] = []
        self._names: dict[str, Any] = {"new": object.__new__, "bare": bare}
        self._numbers = count()
        self._shared = 0

    def write(self, wanted: Wanted) -> tuple[Level, Mapping[str, str], dict[str, Any]]:
        """The outermost level, what the parameters are made of, and the functions `arguments` and `rows`."""
        level = Level()
        self._function("row", level, self._row(level, wanted, "t0", level.columns))
        self._functions += [
            f"def arguments(viewer, adult, s):\n    return [{', '.join(self._parameters)}]",
            "def rows(records, s):\n"
            f"    shared = [{', '.join(['{}'] * self._shared)}]\n"
            "    return [row(r, s, shared) for r in records]",
        ]
        exec("\n".join(self._functions), self._names)  # our own text, with no word of a client in it
        return level, self._parameters, self._names

    def _row(
        self,
        level: Level,
        wanted: Wanted,
        alias: str,
        used: dict[str, None],
        indent: str = "",
        returned: Mapping[str, str] = MappingProxyType({}),
    ) -> str:
        """Lines that make a row of `alias` from the record, in which some columns are already; the row's name there."""
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
            cell = returned.get(name) or level.output(self._guarded(f'{{row}}."{name}"', guard, alias, used))
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
        self, level: Level, cell: str, related: Related, alias: str, used: dict[str, None], indent: str
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
        self, level: Level, cell: str, one: One, related: Related, alias: str, used: dict[str, None], indent: str
    ) -> None:
        wanted = related.wanted
        key = one.sql or f'{{row}}."{one.column}"'
        if wanted.is_only_an_id():
            value = level.output(self._guarded(key, related.guard, alias, used))  # the key says all that is asked
            level.lines.append(
                f"{indent}{cell} = None if {value} is None else bare({self._name('m', wanted.model)}, {value})"
            )
            return
        joined, columns, place = self._alias(), {"id": None}, len(level.joins)
        level.joins.append("")  # before those of what hangs on it
        found = level.output(f'{joined}."id"')
        # Whom many rows lead to, as a pair's posts to their two authors, is one row: completed once, too (plans.py).
        shared, known = f"shared[{self._shared}]", f"k{next(self._numbers)}"
        self._shared += 1
        level.lines += [
            f"{indent}{known} = {found}",
            f"{indent}{cell} = None if {known} is None else {shared}.get({known})",
            f"{indent}if {known} is not None and {cell} is None:",
        ]
        row = self._row(level, wanted, joined, columns, indent + "    ", {"id": known})
        level.lines.append(f"{indent}    {cell} = {shared}[{known}] = {row}")
        where = f'"id" = {self._sql(key, alias, used)}'
        if related.guard:
            where += f" AND ({self._sql(related.guard, alias, used)})"
        # LIMIT 1 makes it a look-up a row; a plain join may hash the whole table, on a guess of how few rows there are.
        level.joins[place] = (
            f" LEFT JOIN LATERAL (SELECT {_listed(columns)}"
            f' FROM "{wanted.model._meta.db_table}" WHERE {where} LIMIT 1) AS {joined} ON TRUE'
        )

    def _array(self, related: Related, alias: str, used: dict[str, None]) -> tuple[str, str]:
        """The SQL of many rows under one, and the Python that makes them of its value, there called RECORDS."""
        inner, under = Level(), self._alias()
        form = self._forms[related.place] if related.place >= 0 else None
        relation = related.relation if form is None else form[0]
        name = self._function(f"row_{under}", inner, self._row(inner, related.wanted, under, inner.columns))
        made = f"[{name}(r, s, shared) for r in RECORDS]"
        assert not isinstance(relation, One), "one row is joined"
        where = f'"{relation.parent}" = {self._sql("{row}.id", alias, used)}'
        if isinstance(relation, Many):
            column, way, limit = relation.order, "ASC", ""
            where += f" AND ({self._sql(relation.where, alias, used)})"
        else:
            column, way, limit, more = self._slice(relation, related, alias, used)
            where += more
            made = f"{self._name('o', relation.order)}.page({made}, s[{related.place}].part)"
        sql = (
            f"ARRAY(SELECT ROW({', '.join(inner.outputs) or '1'})"
            f' FROM (SELECT {_listed({**inner.columns, column: None})} FROM "{relation.model._meta.db_table}"'
            f' WHERE {where} ORDER BY "{column}" {way}{limit}) AS {under}{"".join(inner.joins)}'
            f' ORDER BY {under}."{column}" {way})'
        )
        return sql, made

    def _slice(
        self, children: Children[Any], related: Related, alias: str, used: dict[str, None]
    ) -> tuple[str, str, str, str]:
        """The column and way in which children are read, how many, and which: the SQL of each."""
        place = related.place
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
        size = f"s[{place}].part.size" + (" + 1" if related.wanted.ends else "")
        return column, way, f" LIMIT {self._parameter(size)}", more

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

    def _function(self, name: str, level: Level, row: str) -> str:
        lines = [f"def {name}(r, s, shared):", *(f"    {line}" for line in level.lines), f"    return {row}"]
        self._functions.append("\n".join(lines))
        return name

    def _name(self, kind: str, thing: Any) -> str:
        name = f"{kind}{next(self._numbers)}"
        self._names[name] = thing
        return name

    def _alias(self) -> str:
        return f"t{next(self._numbers) + 1}"


def _listed(columns: Iterable[str]) -> str:
    return ", ".join(f'"{each}"' for each in columns)


@lru_cache
def _members(enum: Any) -> dict[str | None, Any]:
    return {None: None} | {member.value: member for member in enum}
