"""The table is whole: each field, subscription and mutation has a rule, and no rule is of a field that is gone."""

from collections.abc import Iterator

import pytest
from graphql import GraphQLObjectType, get_named_type, is_leaf_type

from models.base import Row
from schema.node import NODES
from tests.privacy_matrix.canaries import shown_by
from tests.privacy_matrix.questions import possible
from tests.privacy_matrix.rules import ACTS, MUTATION_ONLY, STREAMS, TABLE, readers
from tests.selections import TYPES, object_type

CONTAINERS = {"Connection": {"edges", "pageInfo"}, "Edge": {"cursor", "node"}}
"""What has nothing of its own may have these fields; any other has a line in the table."""


def typed() -> Iterator[GraphQLObjectType]:
    """The types whose fields the table has: all but roots, and what the language itself brings."""
    for name, kind in TYPES.items():
        root = name in ("Query", "Mutation", "Subscription")
        if isinstance(kind, GraphQLObjectType) and not root and not name.startswith("__"):
            yield kind


def own_fields(kind: GraphQLObjectType) -> set[str]:
    """The fields that need a rule."""
    suffix = next((each for each in CONTAINERS if kind.name.endswith(each)), "")
    if kind.name.endswith("Payload"):
        return {name for name, field in kind.fields.items() if is_leaf_type(get_named_type(field.type))}
    return set(kind.fields) - CONTAINERS.get(suffix, set())


@pytest.mark.parametrize("kind", list(typed()), ids=str)
def test_each_field_has_a_rule(kind: GraphQLObjectType) -> None:
    ruled = [name for fields in TABLE.get(kind.name, {}).values() for name in fields.split()]
    assert len(ruled) == len(set(ruled)), f"{kind.name} has two rules for one field in tests/privacy_matrix/rules.py"
    missing = sorted(own_fields(kind) - set(ruled))
    assert not missing, (
        f'Say who reads {kind.name}.{missing[0]}: add it to TABLE["{kind.name}"] of tests/privacy_matrix/rules.py, in'
        f" the line of its readers, as (THE_TWO,): {' '.join(missing)!r}"
    )
    assert set(ruled) <= own_fields(kind), f"The schema has no {set(ruled) - own_fields(kind)} of {kind.name} any more"


def test_no_rule_is_of_a_type_that_is_gone() -> None:
    assert set(TABLE) <= {kind.name for kind in typed()}


def test_each_subscription_and_mutation_has_a_rule() -> None:
    assert set(STREAMS) == set(object_type("Subscription").fields), "say in STREAMS who may follow a subscription"
    acts = [name for names in ACTS.values() for name in names.split()]
    assert sorted(acts) == sorted(object_type("Mutation").fields), "say in ACTS who may use a mutation"


def test_secrets_of_a_session_are_given_to_who_acts_and_shown_to_nobody() -> None:
    waiting, seen = [object_type("Query"), object_type("Subscription")], {"Query", "Subscription"}
    while waiting:
        for field in waiting.pop().fields.values():
            named = get_named_type(field.type)
            for kind in [] if is_leaf_type(named) else possible(named):
                if kind.name not in seen:
                    seen.add(kind.name)
                    waiting.append(kind)
    assert not seen & MUTATION_ONLY
    assert {kind.name for kind in typed() if not kind.name.endswith("Payload")} - seen == MUTATION_ONLY | {"UserError"}


@pytest.mark.parametrize("column", ["users.email", "posts.body", "sign_ups.goals", "matches.introduction"])
def test_columns_are_shown_by_fields_that_there_are(column: str) -> None:
    model: type[Row] = next(each for each in NODES.values() if each._meta.db_table == column.partition(".")[0])
    for type_name, field in shown_by(column, model):
        assert readers(type_name, field)
