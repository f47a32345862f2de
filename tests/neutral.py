"""What two runs of one story have in common: ids, tokens and hashes that are made at random get names instead."""

import base64
import binascii
import re
from collections.abc import Iterable
from typing import Any

import asyncpg

_UUID = re.compile(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}")
_SECRET = re.compile(r"[A-Za-z0-9_-]{43}|eyJ[\w-]+\.[\w-]+\.[\w-]+")
_HASHED = re.compile(r"\$argon2\S+|\\\\x[0-9a-f]{64}")


class Names:
    """Names for ids that were not there when the story began, in the order in which they are seen."""

    def __init__(self, known: Iterable[str]) -> None:
        self._names = {each: each for each in known}

    @classmethod
    async def on(cls, database: asyncpg.Connection) -> "Names":
        """Names under which all that there is now is known by its id."""
        rows = await _rows(database)
        return cls({each.replace("-", "") for texts in rows.values() for text in texts for each in _UUID.findall(text)})

    def answer(self, value: Any) -> Any:
        """An answer, or a row's values, with neutral ids, cursors and tokens."""
        if isinstance(value, dict):
            return {key: self.answer(each) for key, each in value.items()}
        if isinstance(value, list):
            return [self.answer(each) for each in value]
        if not isinstance(value, str):
            return value
        if _SECRET.fullmatch(value):
            return "a secret"
        try:
            inside = base64.urlsafe_b64decode(value + "=" * (-len(value) % 4)).decode("ascii")
        except (binascii.Error, ValueError):
            return self._named(value)
        return self._named(inside if _UUID.search(inside) else value)

    async def rows(self, database: asyncpg.Connection) -> dict[str, list[str]]:
        """All rows of all tables. Those that differ in nothing but new ids are taken as they come."""
        found = await _rows(database)
        return {table: [self._named(text) for text in sorted(texts, key=self._blank)] for table, texts in found.items()}

    def _named(self, text: str) -> str:
        return _HASHED.sub("a hash", _UUID.sub(lambda found: self._name(found[0].replace("-", "")), text))

    def _name(self, key: str) -> str:
        return self._names.setdefault(key, f"new {len(self._names)}")

    def _blank(self, text: str) -> str:
        return _HASHED.sub("", _UUID.sub(lambda found: self._names.get(found[0].replace("-", ""), ""), text))


async def _rows(database: asyncpg.Connection) -> dict[str, list[str]]:
    tables = await database.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
    return {table: [text for (text,) in await database.fetch(f"SELECT t::text FROM {table} t")] for (table,) in tables}
