"""To whoever may not know of it, a private id is one that does not exist: in questions, acts and subscriptions."""

from typing import Any
from uuid import uuid4

import pytest

from schema.node import NODES, global_id, parse_id
from tests.privacy_matrix.acts import KINDS, attempts, document, own
from tests.privacy_matrix.lists import asked_with_ids
from tests.privacy_matrix.questions import ROOTS, beneath
from tests.privacy_matrix.rules import STREAMS, readers
from tests.privacy_matrix.world import World
from tests.selections import object_type
from tests.statements import counted

pytestmark = pytest.mark.timeout(300)

BATCH = 8
ASKERS = (
    "mentor", "mentee", "admin", "another group's admin", "another pair's mentor", "moderator", "earlier partner",
    "removed member", "ordinary member", "blocked person", "suspended", "outsider", "nobody",
)  # fmt: skip


def hidden(world: World, asker: str, name: str) -> list[str]:
    """The ids of all things of a type that this person may not know of."""
    found = []
    for value in world.ids(name):
        parsed = parse_id(value)
        assert parsed is not None
        if not world.relations.of(world.person_id(asker), *parsed) & readers(name, "id"):
            found.append(value)
    return found


def absent(name: str) -> str:
    """An id of that type under which there is nothing."""
    return str(global_id(NODES[name](id=uuid4())))


async def answered(world: World, asker: str, text: str, **given: Any) -> tuple[dict[str, Any], int]:
    """The answer, and how many statements it took."""
    with counted() as statements:
        answer = await world.askers[asker].ask(text, **given)
    return answer, len(statements)


@pytest.mark.parametrize("asker", ASKERS)
async def test_a_question_about_it(world: World, asker: str) -> None:
    assert set(world.askers) == set(ASKERS)
    for text, root in ROOTS:
        if root in ("node", "program", "match"):
            question = text % beneath(object_type("Query").fields[root], deep=1)
            for name in NODES if root == "node" else (root.capitalize(),):
                nothing = await answered(world, asker, question, id=absent(name))
                for value in hidden(world, asker, name)[:2]:
                    assert await answered(world, asker, question, id=value) == nothing, (root, name)


@pytest.mark.parametrize("asker", ASKERS)
async def test_an_argument_that_names_it(world: World, asker: str) -> None:
    """As a search in one match, or the posts of one step: within what one sees, or would see."""
    for place, (text, of) in asked_with_ids().items():
        name = KINDS[place.rpartition(".")[2]]
        subject = own(world, asker, of) if of else None
        nothing = await answered(world, asker, text, id=subject, of=absent(name))
        for value in hidden(world, asker, name)[:2]:
            assert await answered(world, asker, text, id=subject, of=value) == nothing, place


@pytest.mark.parametrize("asker", ASKERS)
async def test_an_act_on_it(world: World, asker: str) -> None:
    """And nothing is written, and nobody is told."""
    tried = list(attempts(world, asker))
    async with world.community.nothing_changes():
        for at in range(0, len(tried), BATCH):
            some = tried[at : at + BATCH]
            text = document([each.mutation for each in some])
            foreign, nothing = [
                await answered(world, asker, text, **{f"i{number}": each for number, each in enumerate(inputs)})
                for inputs in ([each.foreign for each in some], [each.absent for each in some])
            ]
            assert foreign == nothing, [(each.mutation, each.field) for each in some]
            if asker not in ("suspended",):
                assert all(payload["errors"] for payload in foreign[0]["data"].values()), (some, foreign)


@pytest.mark.parametrize("asker", ASKERS)
async def test_a_subscription_to_it(world: World, asker: str) -> None:
    for stream in STREAMS:
        field = object_type("Subscription").fields[stream]
        argument = next((name for name in field.args if name.endswith("Id")), None)
        if argument is not None and asker != "suspended":
            name = argument.removesuffix("Id").capitalize()
            text = f"subscription($id: ID!) {{ {stream}({argument}: $id) {beneath(field, deep=1)} }}"
            ids = [absent(name), *hidden(world, asker, name)]
            ids += [each for each in world.ids(name) if stream == "programActivity" and "admin" not in asker]
            refusals = []
            for value in ids:
                async with world.askers[asker].hears(text, id=value) as ears:
                    refusals.append(await ears.refusal())
            if stream != "programActivity":
                assert all(each == refusals[0] for each in refusals), refusals
