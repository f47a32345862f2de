"""The four parameters of a GraphQL request, checked the same way whatever carries them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


class BadParameters(Exception):
    """A request that is not well-formed; the text says which parameter and what it should have been."""


@dataclass(frozen=True, slots=True)
class Operation:
    """What a client asks to have executed; the document has not been parsed yet."""

    query: str
    operation_name: str | None = None
    variables: dict[str, Any] | None = None
    extensions: dict[str, Any] | None = None


def read_operation(parameters: object) -> Operation:
    """Read the parameters of one request, ignoring those the specification does not name.

    Raises BadParameters. Null means absent for every parameter but `query`.
    """
    if isinstance(parameters, list):
        raise BadParameters("Batches are not supported: send one operation a request.")
    if not isinstance(parameters, Mapping):
        raise BadParameters("A GraphQL request must be a JSON object with a `query`.")
    query = parameters.get("query")
    if not isinstance(query, str):
        raise BadParameters("`query` must be a string that holds a GraphQL document.")
    name = parameters.get("operationName")
    if name is not None and not isinstance(name, str):
        raise BadParameters("`operationName` must be a string.")
    return Operation(query, name, _mapping(parameters, "variables"), _mapping(parameters, "extensions"))


def _mapping(parameters: Mapping[str, Any], name: str) -> dict[str, Any] | None:
    value = parameters.get(name)
    if value is not None and not isinstance(value, dict):
        raise BadParameters(f"`{name}` must be a JSON object.")
    return value
