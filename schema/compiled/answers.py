"""Answers to what was not executed, and what answers keep to themselves."""

from typing import TypeVar

from graphql import GraphQLError
from strawberry.types.execution import ExecutionResult, PreExecutionError

from schema.allowance import Allowance

T = TypeVar("T")


def quietly(result: T, allowance: Allowance | None) -> T:
    """The result, its errors without suggestions where they are off."""
    if allowance is not None and isinstance(result, ExecutionResult) and result.errors:
        allowance.quieten(result.errors)
    return result


def refused(errors: list[GraphQLError] | None) -> PreExecutionError:
    """What Strawberry answers before anything was executed."""
    result = PreExecutionError(data=None, errors=errors)
    result.extensions = {}
    return result
