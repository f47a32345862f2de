"""An open subscription: where its events come from, what makes a response of one, and who else is answered alike."""

from collections import Counter
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from typing import Any

import orjson
from graphql.execution import ExecutionResult as CoreResult
from graphql.execution.values import VariableValues
from strawberry.types.execution import ExecutionResult
from strawberry.utils.await_maybe import await_maybe

from schema.compiled.core import Given
from schema.compiled.plans import Plan
from schema.compiled.run import COMPILED, Unsupported
from schema.selection import Selected


@dataclass
class Opened:
    """An open subscription: what its resolver returned, and how an event of it becomes a response.

    The caller renews the context between two events. `alike` is equal for two open subscriptions whose responses to
    one event are equal, whoever is the viewer; None when something that is selected may depend on the viewer.
    """

    source: Any
    respond: Callable[[object], Awaitable[ExecutionResult]]
    alike: Hashable | None
    shown: tuple[Selected, dict[str, Any]] | None
    """The root field that the plan answers from, and the variables' values; None without a plan."""


@dataclass
class Responding:
    """Makes a response of an event: by the plan, or, where there is none (`reason`) or it raises, by graphql-core."""

    plan: Plan | None
    reason: str
    executor: Any
    given: Given
    tally: Counter[str]
    renew: Callable[[Any], None]
    answer: Callable[[CoreResult], ExecutionResult]

    async def __call__(self, event: object) -> ExecutionResult:
        reason, given = self.reason, self.given
        if self.plan is not None:
            run = self.plan.run(event, given.context, self.executor.variable_values, given.extensions)
            try:
                data = await self.plan.event(run)
            except Unsupported as unsupported:
                reason = unsupported.reason
            except Exception:
                reason = "raised"
            else:
                self.tally[COMPILED] += 1
                return ExecutionResult(data=data, errors=None, extensions={})
            self.renew(given.context)
        self.tally[reason] += 1
        executing = self.executor.build_per_event_executor(event).execute_operation(False)
        return self.answer(await await_maybe(executing))


def alike(plan: Plan, variables: VariableValues) -> Hashable | None:
    """`Opened.alike`: the plan, which the answers keep alive, and the variables used beneath the root fields."""
    if not plan.same_for_all:
        return None
    used = {name: variables.coerced.get(name) for name in sorted(plan.variables)}
    try:
        return id(plan), orjson.dumps(used)
    except TypeError:
        return None
