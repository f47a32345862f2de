"""An open subscription: where its events come from, what makes a response of one, and who else is answered alike."""

from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from typing import Any

import orjson
from graphql.execution.values import VariableValues
from strawberry.types.execution import ExecutionResult

from schema.compiled.plans import Plan
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


def alike(plan: Plan, variables: VariableValues) -> Hashable | None:
    """`Opened.alike`: the plan, which the answers keep alive, and the variables used beneath the root fields."""
    if not plan.same_for_all:
        return None
    used = {name: variables.coerced.get(name) for name in sorted(plan.variables)}
    try:
        return id(plan), orjson.dumps(used)
    except TypeError:
        return None
