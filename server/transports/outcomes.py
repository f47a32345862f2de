"""One GraphQL response as a transport sends it: errors presented, the rest as JSON."""

from dataclasses import dataclass, field
from typing import Any

import orjson
from graphql import GraphQLError
from strawberry.exceptions import MissingQueryError
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.types.execution import ExecutionResult, PreExecutionError

from server.masking import INTERNAL, present_errors, present_exception
from server.transports.choice import unresolved


@dataclass(frozen=True, slots=True)
class Outcome:
    """One GraphQL response, ready to send.

    `refused` means that it has no data because nothing was executed, or because the stream broke; nothing follows it.
    """

    body: bytes
    errors: list[dict[str, Any]] = field(default_factory=list)
    refused: bool = False

    @property
    def codes(self) -> set[str]:
        """The `extensions.code` of its errors."""
        return {error.get("extensions", {}).get("code", "") for error in self.errors}


TIMEOUT = "TIMEOUT"
_TOO_SLOW = [{"message": "This took too long. Ask for less, or try again.", "extensions": {"code": TIMEOUT}}]
TOO_SLOW = Outcome(orjson.dumps({"errors": _TOO_SLOW}), _TOO_SLOW, refused=True)
"""The answer to an operation that was given up. What it had not committed is undone,
but for a text that is just being written together with others'."""


def failure(error: BaseException, request_id: str) -> Outcome:
    """What a client gets to read when something broke outside GraphQL's execution; logged unless it is a refusal."""
    errors = [present_exception(error, request_id)]
    return Outcome(orjson.dumps({"errors": errors}), errors, refused=True)


def is_internal(outcome: Outcome) -> bool:
    """Whether the fault is ours."""
    return INTERNAL in outcome.codes


def retry_after(outcome: Outcome) -> int | None:
    """The seconds to wait that a refusal names, or None."""
    if not outcome.refused:
        return None
    return next((error["extensions"].get("retryAfter") for error in outcome.errors if "extensions" in error), None)


def ending_of(outcome: Outcome | None) -> str:
    """How an operation ended, as it is counted, from its last outcome."""
    if outcome is not None and is_internal(outcome):
        return "failed"
    return "refused" if outcome is not None and outcome.refused else "done"


def outcome_of(result: ExecutionResult, request_id: str) -> Outcome:
    """The response to a result, its errors as the client may read them."""
    errors = result.errors or []
    # Strawberry marks only some of the errors before execution; the others are told by having no path, as fields' have.
    refused = isinstance(result, PreExecutionError) or (
        result.data is None and bool(errors) and all(error.path is None for error in errors)
    )
    shown = present_errors([_resolved(error) for error in errors], request_id)
    response: dict[str, Any] = {} if refused else {"data": result.data}
    if shown:
        response["errors"] = shown
    if result.extensions:
        response["extensions"] = result.extensions
    try:
        return Outcome(orjson.dumps(response), shown, refused)
    except TypeError as error:
        return failure(error, request_id)


def _resolved(error: GraphQLError) -> GraphQLError:
    """Strawberry's internal errors about the choice of the operation, as the client's."""
    if isinstance(error.original_error, (CannotGetOperationTypeError, MissingQueryError, InvalidOperationTypeError)):
        return unresolved(error.original_error)
    return error
