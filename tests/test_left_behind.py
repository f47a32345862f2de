"""A plan that raises leaves nothing behind: no coroutine that nobody awaits, and no exception that nobody takes."""

import asyncio
import gc
import warnings
from collections import Counter
from random import Random
from typing import Any

import pytest
from graphql import OperationType
from graphql.execution.values import VariableValues, get_variable_values

from schema.compiled.run import Unsupported
from schema.compiled.schema import ALL_TYPES, CompilingSchema
from tests.every_feature.schema import TYPES
from tests.every_feature.world import World
from tests.random_documents import Maker
from tests.test_compiled_differential import VALUES


async def test_whatever_raises_under_a_plan() -> None:
    schema = CompilingSchema(**TYPES)
    left: Counter[str] = Counter()
    asyncio.get_running_loop().set_exception_handler(lambda _, told: left.update([f"{told['message']} {told.get('exception')!r}"]))
    seen: Counter[str] = Counter()
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        for seed in range(300):
            maker = Maker(schema._schema, Random(f"left {seed}"), VALUES, wrong=0)
            made = maker.document(OperationType.QUERY)
            operation = schema.documents.get(made.text).operation(made.operation, ALL_TYPES)
            for given in made.variables:
                variables = get_variable_values(schema._schema, operation.node.variable_definitions or (), given)
                if not isinstance(variables, VariableValues):
                    continue
                try:
                    plan = schema._plan(operation, variables)
                    await plan.query(plan.run(None, World(seed, 0.05), variables, None))
                    seen["finished"] += 1
                except Unsupported as e:
                    seen[e.reason] += 1
                except Exception:
                    seen["raised"] += 1
                gc.collect()
                if warned or left:
                    print(made.text, given, [str(w.message) for w in warned], left)
                    warned.clear(); left.clear()
    print(seen)
