"""Documents that nobody sends in good faith are answered, and what they make the server keep and do is bounded."""

from collections.abc import Iterator
from typing import Any

import pytest
import strawberry

from schema.compiled import documents
from schema.compiled.documents import LONGEST, MOST_DOCUMENTS, MOST_FIELDS_KEPT, MOST_PLANS
from schema.compiled.plans import MOST_FIELDS, Plan
from schema.compiled.schema import COMPILED, FIRST_TIME, CompilingSchema
from tests.every_feature.schema import TYPES
from tests.every_feature.world import World

pytestmark = pytest.mark.usefixtures("swiftly")


@pytest.fixture
def schema() -> CompilingSchema:
    return CompilingSchema(renew=World.fresh, **TYPES)


@pytest.fixture
def plans(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Plan]]:
    """The plans that were written meanwhile."""
    made: list[Plan] = []
    init = Plan.__init__

    def noted(plan: Plan, *given: Any) -> None:
        made.append(plan)
        init(plan, *given)

    monkeypatch.setattr(Plan, "__init__", noted)
    yield made


async def answered(schema: CompilingSchema, text: str, **variables: object) -> Any:
    """The data, which are those of graphql-core."""
    found = await schema.execute(text, variables, World(1, 0.0))
    right = await strawberry.Schema.execute(schema, text, variables, World(1, 0.0))
    assert (found.data, str(found.errors)) == (right.data, str(right.errors)), text[:1_000]
    return found.data


async def test_a_stream_of_distinct_documents_is_forgotten_as_it_flows(
    schema: CompilingSchema, plans: list[Plan]
) -> None:
    """Each comes once: none is worth a plan, and no more than so many are kept."""
    for number in range(MOST_DOCUMENTS + 50):
        result = await schema.execute(f"{{ a{number}: number }}", context_value=World(1, 0.0))
        assert result.data == {f"a{number}": 3}
    assert len(schema.documents) == MOST_DOCUMENTS
    assert not plans


async def test_plans_together_are_bounded_by_what_they_hold(
    schema: CompilingSchema, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documents, "MOST_FIELDS_KEPT", 1_000)
    fields = " ".join(f"a{number}: number" for number in range(100))
    for number in range(30):
        text = f"query Q{number} {{ {fields} }}"
        for _ in range(2):
            await schema.execute(text, context_value=World(1, 0.0))
    assert schema.tally[COMPILED] == 30, "each had its plan when it came again"
    assert len(schema.documents) == 10
    assert MOST_FIELDS_KEPT == 30_000


async def test_documents_are_bounded_by_their_length_too(
    schema: CompilingSchema, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documents, "MOST_CHARACTERS", 10_000)
    for number in range(20):
        await schema.execute(f"query Q{number} {{ number }} #{'x' * 1_000}", context_value=World(1, 0.0))
    assert len(schema.documents) == 9
    await schema.execute(f"{{ number }} #{'x' * LONGEST}", context_value=World(1, 0.0))
    assert len(schema.documents) == 9, "the longest are parsed anew each time"


CONDITIONS = [f"c{number}" for number in range(8)]
MANY_WAYS = f"""
query({", ".join(f"${name}: Boolean!" for name in CONDITIONS)}) {{
  number {" ".join(f"{name}: number(of: {at}) @include(if: ${name})" for at, name in enumerate(CONDITIONS))} }}
"""


def combination(number: int) -> dict[str, bool]:
    """One of 256 combinations of what its conditions say."""
    return {name: bool(number >> at & 1) for at, name in enumerate(CONDITIONS)}


async def test_each_combination_of_conditions_once_gets_no_plan(schema: CompilingSchema, plans: list[Plan]) -> None:
    for number in range(256):
        found = await answered(schema, MANY_WAYS, **combination(number))
        assert found.keys() - {"number"} == {name for name, chosen in combination(number).items() if chosen}
    assert not plans and schema.tally == {FIRST_TIME: 256}


async def test_who_sends_combinations_again_and_again_makes_few_plans(
    schema: CompilingSchema, plans: list[Plan]
) -> None:
    """More than are kept, over and over: the more plans were written, the longer the next one has to prove itself."""
    for _ in range(40):
        for number in range(2 * MOST_PLANS):
            await answered(schema, MANY_WAYS, **combination(number))
    (operation,) = schema.documents.get(MANY_WAYS).operations
    assert operation.fields <= MOST_PLANS * (len(CONDITIONS) + 1)
    assert len(plans) <= 6 * MOST_PLANS, f"of {40 * 2 * MOST_PLANS} operations"


async def test_what_is_asked_for_most_keeps_its_plan(schema: CompilingSchema, plans: list[Plan]) -> None:
    for number in range(200):
        await answered(schema, MANY_WAYS, **combination(0))
        await answered(schema, MANY_WAYS, **combination(1 + number % 50))
    first = dict.fromkeys(CONDITIONS, False)
    assert sum(plan.request.variable_values == first for plan in plans) == 1
    assert schema.tally[COMPILED] >= 199


async def test_a_subscription_gets_its_first_plan_at_once_and_others_when_they_come_again(
    schema: CompilingSchema, plans: list[Plan]
) -> None:
    text = "subscription($a: Boolean!, $b: Boolean!) { rolling { code @skip(if: $a) name @skip(if: $b) id: code } }"
    seen = []
    for chosen in [(True, True), (True, False), (True, False), (True, True)]:
        given = dict(zip("ab", chosen, strict=True))
        stream = await schema.stream(text, given, World(1, 0.0))
        seen.append([result.data["rolling"].keys() async for result in stream])
        assert len(seen[-1]) == 3
    assert seen[1] == seen[2] != seen[0] == seen[3]
    assert len(plans) == 2 and schema.tally == {COMPILED: 9, FIRST_TIME: 3}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (f"{{ {' '.join(f'a{number}: number' for number in range(MOST_FIELDS + 1))} }}", "too many fields"),
        ("{ __schema { queryType { name } } number }", "introspection"),
    ],
    ids=["wide", "introspection"],
)
async def test_what_no_plan_is_written_for_is_answered_and_not_tried_again(
    schema: CompilingSchema, plans: list[Plan], text: str, reason: str
) -> None:
    for _ in range(4):
        await answered(schema, text)
    assert schema.tally == {FIRST_TIME: 1, reason: 3}
    assert len(plans) == 1, "what is found out at the first attempt is remembered"


async def test_fragments_that_multiply_are_written_once(schema: CompilingSchema, plans: list[Plan]) -> None:
    """Each of twelve fragments selects the next one twice: 4,096 ways through 900 characters."""
    parts = [
        f"fragment F{at} on Rock {{ a: below {{ ...F{at + 1} }} b: below {{ ...F{at + 1} }} }}" for at in range(12)
    ]
    text = '{ rock(code: "x") { ...F0 } } ' + " ".join(parts) + " fragment F12 on Rock { code }"
    for _ in range(3):
        await answered(schema, text)
    assert schema.tally == {FIRST_TIME: 1, COMPILED: 2}
    assert len(plans) == 1 and len(plans[0].calls) < 60


async def test_what_is_too_deep_to_be_written_is_answered_all_the_same(schema: CompilingSchema) -> None:
    for deep in (20, 60, 120):
        text = f"{{ rock {'{ below ' * deep}{{ code }}{' }' * deep} }}"
        for _ in range(2):
            await answered(schema, text)
    assert schema.tally.total() == 6
