"""A plan that raises leaves nothing behind: no coroutine that nobody awaits, and no exception that nobody takes."""

from collections import Counter
from random import Random
from typing import Any

import pytest
from graphql import OperationType
from graphql.execution.values import VariableValues, get_variable_values

from schema.compiled.run import Unsupported, drop
from schema.compiled.schema import ALL_TYPES, CompilingSchema
from tests.complaints import left_behind
from tests.every_feature.schema import SELDOM, TYPES, VALUES
from tests.every_feature.world import World
from tests.random_documents import Made, Maker


async def carried_out(schema: CompilingSchema, made: Made, given: dict[str, Any], seed: int) -> str:
    """How far a plan gets with an operation, without graphql-core going on, which leaves things behind of its own."""
    operation = schema.documents.get(made.text).operation(made.operation, ALL_TYPES)
    variables = get_variable_values(schema._schema, operation.node.variable_definitions or (), given)
    if not isinstance(variables, VariableValues):
        return "variables"
    obtained: dict[str, Any] = {}
    try:
        plan = schema._plan(operation, variables)
        run = plan.run(None, World(seed, 0.05), variables, None)
        await (plan.query(run) if made.kind is OperationType.QUERY else plan.mutation(run, obtained))
    except Unsupported:
        return "unsupported"
    except Exception:
        return "raised"
    finally:
        drop(list(obtained.values()))  # graphql-core would go on with them
    return "finished"


@pytest.mark.parametrize("part", range(8))
@pytest.mark.parametrize("kind", [OperationType.QUERY, OperationType.MUTATION], ids=lambda kind: kind.value)
async def test_whatever_raises_under_a_plan(kind: OperationType, part: int) -> None:
    schema = CompilingSchema(**TYPES)
    ended: Counter[str] = Counter()
    with left_behind() as left:
        for seed in range(part * 50, part * 50 + 50):
            made = Maker(schema._schema, Random(f"left {seed}"), VALUES, wrong=0, seldom=SELDOM).document(kind)
            ended.update([await carried_out(schema, made, given, seed) for given in made.variables])
    assert not left
    assert ended["finished"] > 10 and ended["raised"] > 10, ended
