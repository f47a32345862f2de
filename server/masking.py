"""What a client may read of an error, and what the log may: refusals speak, bugs are masked and never quoted."""

import logging
import re
import traceback
from collections.abc import Iterator, Sequence
from typing import Any

from graphql import GraphQLError, GraphQLSyntaxError

from models.errors import Refused

INTERNAL = "INTERNAL"
INTERNAL_MESSAGE = "Something went wrong on our side. Tell us the request id if it happens again."

log = logging.getLogger(__name__)

_VARIABLES = re.compile(r"Variable '\$[^']*' has invalid |Variable values |Too many errors processing variables")
# graphql-core raises a plain GraphQLError, the value in its text, when a resolver's value does not fit its type.
_COMPLETING = {"complete_leaf_value", "complete_list_value", "complete_object_value", "complete_abstract_value"}
# It looks at @skip and @include beneath an object at that same time, and what it says there is of the client's values.
_READING_CONDITIONS = "should_include_node"


def present_errors(errors: Sequence[GraphQLError], request_id: str) -> list[dict[str, Any]]:
    """The errors as a client may read them; what is masked is logged, an exception that struck several fields once."""
    seen: set[int] = set()
    return [_present(error, request_id, seen) for error in errors]


def present_exception(error: BaseException, request_id: str) -> dict[str, Any]:
    """An exception from outside GraphQL, as a client may read it: refusals speak, all else is masked and logged."""
    if isinstance(error, Refused):
        return {"message": error.message, "extensions": _refusal(error)}
    log_exception(error, request_id)
    return {"message": INTERNAL_MESSAGE, "extensions": {"code": INTERNAL, "requestId": request_id}}


def log_exception(error: BaseException, request_id: str) -> None:
    """Log where an exception came from, never its message: a driver's message can hold what people wrote."""
    log.error("request %s failed\n%s", request_id, "\n".join(_trail(error)))


def keep_words_out_of_the_log() -> None:
    """Have the libraries' loggers tell of exceptions as this module does; harmless when called again.

    Strawberry logs every error with its text, and those of clients too: all that matters there is logged here. uvicorn
    and asyncio log what nobody caught, with its message.
    """
    # Filters, since configuring logging from a dict would switch a disabled logger on again.
    logging.getLogger("strawberry.execution").addFilter(_nothing)
    for name in ("uvicorn.error", "asyncio"):
        logging.getLogger(name).addFilter(_without_words)


def _nothing(record: logging.LogRecord) -> bool:
    return False


def _without_words(record: logging.LogRecord) -> bool:
    """Put the trail of the record's exception in the place of its traceback."""
    error = record.exc_info[1] if record.exc_info else None
    if isinstance(error, UnicodeDecodeError) and record.name == "uvicorn.error":
        return False  # A client sent a text frame that is not UTF-8 and reads 1007; nothing of ours failed.
    if error is not None:
        # Only the first line: asyncio's next ones repeat the exception.
        record.msg = "\n".join([record.getMessage().partition("\n")[0], *_trail(error)])
        record.args, record.exc_info, record.exc_text = (), None, None
    return True


def _present(error: GraphQLError, request_id: str, seen: set[int]) -> dict[str, Any]:
    cause = error.original_error
    if isinstance(cause, Refused):
        return _located(error, cause.message, _refusal(cause))
    if _is_the_clients(error, cause):
        return _located(error, error.message, {"code": _code(error), **(error.extensions or {})})
    culprit = cause or error
    if id(culprit) not in seen:
        seen.add(id(culprit))
        log_exception(culprit, request_id)
    return _located(error, INTERNAL_MESSAGE, {"code": INTERNAL, "requestId": request_id})


def _is_the_clients(error: GraphQLError, cause: BaseException | None) -> bool:
    """Whether the request is at fault, so that its sender should read the message.

    Parsing, validating and coercing variables come before any field, so their errors have no path; they name nodes of
    the document even where a scalar's own exception lies beneath. An exception from a hook or a broken stream has none.
    """
    if error.path is None:
        return cause is None or isinstance(cause, GraphQLError) or bool(error.nodes)
    if cause is None:
        return True
    return isinstance(cause, GraphQLError) and not _raised_while_completing(cause)


def _raised_while_completing(error: BaseException) -> bool:
    names = {frame.f_code.co_name for frame, _ in traceback.walk_tb(error.__traceback__)}
    return bool(names & _COMPLETING) and _READING_CONDITIONS not in names


def _code(error: GraphQLError) -> str:
    if isinstance(error, GraphQLSyntaxError):
        return "GRAPHQL_PARSE_FAILED"
    if error.path is not None or _VARIABLES.match(error.message):
        return "BAD_USER_INPUT"
    return "GRAPHQL_VALIDATION_FAILED"


def _refusal(refused: Refused) -> dict[str, Any]:
    extensions: dict[str, Any] = {"code": str(refused.code)}
    if refused.path:
        extensions["path"] = list(refused.path)
    return extensions


def _located(error: GraphQLError, message: str, extensions: dict[str, Any]) -> dict[str, Any]:
    shown: dict[str, Any] = {"message": message}
    if error.locations:
        shown["locations"] = [location.formatted for location in error.locations]
    if error.path is not None:
        shown["path"] = error.path
    return {**shown, "extensions": extensions}


def _trail(error: BaseException) -> Iterator[str]:
    """The exception's type and frames, then those of what caused it, without a word of their messages."""
    link: BaseException | None = error
    for _ in range(5):
        if link is None:
            return
        yield f"{type(link).__module__}.{type(link).__qualname__}"
        for frame, line in traceback.walk_tb(link.__traceback__):
            yield f"  at {frame.f_globals.get('__name__', '?')}.{frame.f_code.co_qualname}:{line}"
        if isinstance(link, BaseExceptionGroup):
            yield "  of " + ", ".join(type(member).__qualname__ for member in link.exceptions)
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)
