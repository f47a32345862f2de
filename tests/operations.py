"""All operations that the project's own apps, tests and pages send, each under a name of its own."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from graphql import NameNode, OperationDefinitionNode, parse, print_ast

from tests import documents

CHECKOUT = Path(__file__).parents[1]
PLACES = {
    "README.md": r"```graphql\n(.*?)```",
    "docs/tour.md": r"```graphql\n(.*?)```",
    "docs/api/*.md": r"```graphql\n(.*?)```",
    "server/graphiql/src/examples/*/*.graphql": r"(.+)",
    "examples/*/app.js": r"gql`(.*?)`",
    "examples/gql/app.py": r'gql\("""(.*?)"""\)',
    "tests/clients/login.mjs": r"`(mutation .*?)`",
}
"""Where operations are written outside of Python, and how they are found there."""


def operations() -> dict[str, str]:
    """Documents of one operation each, by its name: the second that asks for `createPost` is CreatePost2Mutation.

    Relay wants to find CreatePost2Mutation in a module CreatePost2.
    """
    named: dict[str, str] = {}
    found: Counter[str] = Counter()
    for operation in _written():
        field = operation.selection_set.selections[0].name.value
        found[field] += 1
        name = f"{field[0].upper()}{field[1:]}{found[field]}{operation.operation.value.title()}"
        named[name] = print_ast(replace(operation, name=NameNode(value=name)))
    return named


def _written() -> Iterator[OperationDefinitionNode]:
    texts = [each for each in vars(documents).values() if isinstance(each, str) and _OPERATION.match(each)]
    for pattern, operation in PLACES.items():
        for file in sorted(CHECKOUT.glob(pattern)):
            texts += re.findall(operation, file.read_text(), re.DOTALL)
    for text in texts:
        yield from (each for each in parse(text).definitions if isinstance(each, OperationDefinitionNode))


_OPERATION = re.compile(r"\s*(query|mutation|subscription)\b")
