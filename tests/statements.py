"""The statements that an operation sends to the database, as Tortoise's log tells them."""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager

from tests.community import Person

_BATCH = re.compile(r"IN \(\$\d+(,\$\d+)*\)")


@contextmanager
def sent() -> Iterator[list[tuple[str, list[object]]]]:
    """The statements that Tortoise sends meanwhile with their values, as its log tells them."""
    statements: list[tuple[str, list[object]]] = []

    class Handler(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if isinstance(record.args, tuple) and len(record.args) == 2:
                statements.append((str(record.args[0]), list(record.args[1] or ())))

    logger, handler = logging.getLogger("tortoise.db_client"), Handler()
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    try:
        yield statements
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)


async def read(person: Person, document: str, **variables: object) -> list[str]:
    """The statements that an operation sends, after the one that says who asks; those of a loader for any number."""
    with sent() as statements:
        await person.do(document, **variables)
    found = [each for each, _ in statements if each.lstrip().upper().startswith(("SELECT", "WITH"))]
    assert "JOIN sessions" in found[0]
    return [_BATCH.sub("IN (...)", each) for each in found[1:]]


async def cost(person: Person, document: str, **variables: object) -> int:
    return len(await read(person, document, **variables))


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements that are sent meanwhile, without their values; the list is filled when the block ends."""
    texts: list[str] = []
    with sent() as statements:
        yield texts
    texts += [text for text, _ in statements]
