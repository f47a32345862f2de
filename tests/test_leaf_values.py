"""Whatever a resolver gives for a leaf, right or wrong, is written under a plan as graphql-core writes it."""

from typing import Any

import pytest
import strawberry
from strawberry.utils.str_converters import to_camel_case

from schema.compiled.schema import COMPILED, CompilingSchema
from tests.both_ways import told
from tests.every_feature.schema import TYPES
from tests.every_feature.stones import PLAIN, Stone
from tests.every_feature.world import World

SCHEMA = CompilingSchema(renew=World.fresh, **TYPES)


@pytest.mark.parametrize("name", sorted(PLAIN))
async def test_each_value_of_a_field(name: str, monkeypatch: pytest.MonkeyPatch, swiftly: None) -> None:
    text = f"{{ rock {{ {to_camel_case(name)} }} }}"
    good, bad = PLAIN[name]
    for value in [*good, *bad]:

        def given(stone: Stone, attribute: str, value: Any = value) -> Any:
            if attribute != name:
                raise AttributeError(attribute)
            return value

        monkeypatch.setattr(Stone, "__getattr__", given)
        right = await strawberry.Schema.execute(SCHEMA, text, context_value=World(1, 0.0))
        for _ in range(2):
            found = await SCHEMA.execute(text, context_value=World(1, 0.0))
            assert told(found) == told(right), value
    assert SCHEMA.tally[COMPILED]
