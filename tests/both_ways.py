"""One operation executed by graphql-core, as Strawberry calls it, and by the compiling schema."""

import json
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

import strawberry
from graphql import OperationType
from strawberry.types.execution import ExecutionResult

from schema.compiled.schema import COMPILED, FIRST_TIME, CompilingSchema
from tests.random_documents import Made

LEFT_TO_CORE = {
    "a list that is no collection",
    "a type that is told later",
    "a condition that is null",
    "an awaitable within a value",
    "introspection",
}
"""Why a document that has no errors may still be left to graphql-core: iterators, async is_type_of, @skip(if: null)."""

EXPECTED = {COMPILED, FIRST_TIME, *LEFT_TO_CORE}


def told(result: Any) -> str:
    """All that a client sees, with its keys in their order."""
    errors = [error.formatted for error in result.errors or ()]
    return json.dumps([type(result).__name__, result.data, errors, result.extensions], default=str)


def failed(answers: list[str]) -> bool:
    """Whether an answer has errors."""
    return any(json.loads(each)[2] for each in answers)


async def plainly(schema: strawberry.Schema, made: Made, given: dict[str, Any], context: Any) -> list[str]:
    """What graphql-core answers: a subscription, event by event. The schema may compile, it does not do so here."""
    return await _answers(strawberry.Schema, schema, made, given, context)


async def compiling(schema: CompilingSchema, made: Made, given: dict[str, Any], context: Any) -> list[str]:
    """The same through the compiling schema, which has a plan when it is asked for the second time."""
    return await _answers(CompilingSchema, schema, made, given, context)


async def _answers(way: Any, schema: Any, made: Made, given: dict[str, Any], context: Any) -> list[str]:
    taken = {"variable_values": given, "context_value": context, "operation_name": made.operation}
    if made.kind is not OperationType.SUBSCRIPTION:
        return [told(await way.execute(schema, made.text, **taken))]
    found: list[str] = []
    stream: AsyncGenerator[ExecutionResult, None] = await way.stream(schema, made.text, **taken)
    async with aclosing(stream):
        async for result in stream:
            found.append(told(result))
            if "partnerPresence" in made.text:
                break  # what is now; nothing happens afterwards
    return found
