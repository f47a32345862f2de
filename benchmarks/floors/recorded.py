"""What this server sends to PostgreSQL for an operation, and what it answers: recorded, to be done without it."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson
from uuid_utils.compat import uuid7

from benchmarks.community import TOKENS, Pair
from resolvers.sessions import authenticate
from schema.context import Context
from schema.schema import schema

Statement = tuple[str, list[Any]]
"""A statement and its values."""


@dataclass(frozen=True)
class Recorded:
    """An answer, and the statements behind it, for the mentor of one pair."""

    answer: bytes
    statements: list[Statement]
    pair: Pair

    def for_pair(self, pair: Pair) -> list[Statement]:
        """The statements as they are for the mentor of another pair. What has an id of its own gets a new one."""
        mine, other = self.pair.members[0], pair.members[0]
        known = {self.pair.key: pair.key, mine.key: other.key, mine.session: other.session}
        return [(text, [_replaced(value, known) for value in values]) for text, values in self.statements]


def _replaced(value: Any, known: Mapping[UUID, UUID]) -> Any:
    if isinstance(value, UUID):
        return known.get(value) or uuid7()
    if isinstance(value, list | tuple):
        return [_replaced(each, known) for each in value]
    return value


async def record(document: str, variables: dict[str, Any], pair: Pair) -> Recorded:
    """Execute a document twice as the pair's mentor, in this process, and keep what the second time was like."""
    for _ in range(2):
        now = datetime.now(UTC)
        with _sent() as statements:
            viewer, _ = await authenticate(TOKENS, pair.members[0].token, now)
            context = Context(viewer=viewer, now=now, tokens=TOKENS)
            result = await schema.execute(document, variables, context_value=context)
        assert not result.errors, result.errors
    return Recorded(orjson.dumps({"data": result.data}), statements, pair)


@contextmanager
def _sent() -> Iterator[list[Statement]]:
    """The statements that Tortoise sends meanwhile, as its log tells them."""
    statements: list[Statement] = []

    class Handler(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if isinstance(record.args, tuple) and len(record.args) == 2:
                statements.append((str(record.args[0]), list(record.args[1] or ())))  # type: ignore[arg-type]

    logger, handler = logging.getLogger("tortoise.db_client"), Handler()
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    try:
        yield statements
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)
