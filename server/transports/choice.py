"""Which operation of a document is meant, and of what type it is."""

import re
from collections.abc import Collection, Iterator

from graphql import GraphQLError, OperationDefinitionNode, parse
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.types.graphql import OperationType

from server.transports.parameters import Operation

_KEYWORDS = ("query", "mutation", "subscription")
_OPERATION_KEYWORD = re.compile(r"\b(?:query|mutation|subscription)\b")
_TOKENS_LOOKED_AT = 10_000


class Asked(Collection[OperationType]):
    """The types of operations that are allowed, and the type that Strawberry asked about after it had parsed.

    It says nowhere else which type an operation was of, and a document is not to be parsed twice for a number.
    """

    __slots__ = ("_allowed", "type")

    def __init__(self, allowed: Collection[OperationType]) -> None:
        self._allowed = allowed
        self.type = "unknown"

    def __contains__(self, kind: object) -> bool:
        if isinstance(kind, OperationType):
            self.type = kind.value
        return kind in self._allowed

    def __iter__(self) -> Iterator[OperationType]:
        return iter(self._allowed)

    def __len__(self) -> int:
        return len(self._allowed)


def unresolved(error: Exception) -> GraphQLError:
    """Strawberry's exception about the choice of the operation, as the client may read it."""
    if isinstance(error, CannotGetOperationTypeError):
        named = error.operation_name is not None
        message = (
            f"The document has no operation named “{error.operation_name}”."
            if named
            else "The document has no operation."
        )
    elif isinstance(error, InvalidOperationTypeError):
        message = f"A {error.operation_type.value} cannot be sent this way: use POST."
    else:
        message = "`query` is empty: send a GraphQL document."
    return GraphQLError(message, extensions={"code": "OPERATION_RESOLUTION_FAILURE"})


def ambiguity(operation: Operation) -> GraphQLError | None:
    """An error when the document has several named operations and the request names none.

    The specification's GetOperation() demands it; Strawberry would run the first. Only a document that has two of the
    keywords can be such a one, so hardly any is parsed here.
    """
    text = operation.query
    # Counting substrings takes a fraction of the expression's time, and says already that it need not look.
    if operation.operation_name is not None or sum(map(text.count, _KEYWORDS)) < 2:
        return None
    if len(_OPERATION_KEYWORD.findall(text)) < 2:
        return None
    try:
        document = parse(text, no_location=True, max_tokens=_TOKENS_LOOKED_AT)
    except (GraphQLError, RecursionError):
        return None  # Execution parses it again and says what is wrong.
    operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    if len(operations) < 2 or not all(node.name for node in operations):
        return None
    message = "The document has several operations: say which one with `operationName`."
    return GraphQLError(message, extensions={"code": "OPERATION_RESOLUTION_FAILURE"})
