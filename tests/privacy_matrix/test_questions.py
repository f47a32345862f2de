"""Everybody asks for everything, by every path and with every id, and is shown what the table says."""

import json
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from typing import Any

import pytest

from schema.node import NODES, parse_id
from tests.privacy_matrix.canaries import escaped, let_loose
from tests.privacy_matrix.questions import ROOTS, beneath
from tests.privacy_matrix.reading import Read, read
from tests.privacy_matrix.rules import MUTATION_ONLY, TABLE, Reader, readers
from tests.privacy_matrix.world import World
from tests.selections import TYPES, object_type

pytestmark = pytest.mark.timeout(300)

Answers = list[tuple[str, str, dict[str, Any]]]
"""Who asked, what, and the answer."""

EVENTS = {name for name, kind in TYPES.items() if "Activity" in str(getattr(kind, "interfaces", ()))}
EVENTS |= {"PartnerPresence"}
"""What subscriptions alone bring: test_streams.py listens to them."""

UNASKED = EVENTS | MUTATION_ONLY | {"UserError"}
"""What no question leads to; nor to payloads, which answer acts."""

BATCH = 25
DEEP = {"viewer": 3, "program": 3, "group": 3, "match": 2, "programs": 2, "groups": 2}
"""How many nodes lie on a path, if more than one: what is had by its id needs no long way."""

DOCUMENTS = {name: text % beneath(object_type("Query").fields[name], deep=DEEP.get(name, 1)) for text, name in ROOTS}


async def asked(world: World) -> Answers:
    """The answers to everybody, to every root field about every id there is."""
    every = [each for name in NODES for each in world.ids(name)]
    variables: dict[str, list[dict[str, Any]]] = defaultdict(lambda: [{}])
    variables["nodes"] = [{"ids": every[at : at + BATCH]} for at in range(0, len(every), BATCH)]
    variables["node"] = [{"id": world.ids(name)[-1]} for name in NODES]
    variables["match"] = [{"id": each} for each in world.ids("Match")]
    variables["program"] = [{"id": each} for each in world.ids("Program")]
    variables["group"] = [{"slug": each} for each in world.slugs]
    return [
        (asker, name, await person.ask(document, **given))
        for asker, person in world.askers.items()
        for name, document in DOCUMENTS.items()
        for given in variables[name]
    ]


@pytest.fixture(scope="module")
async def born(world: World) -> dict[str, Any]:
    return await let_loose(world.community.database)


@pytest.fixture(scope="module")
async def answers(world: World, born: dict[str, Any]) -> AsyncIterator[Answers]:
    yield await asked(world)


def reading(world: World, asker: str, each: Read) -> set[Reader]:
    """By which of his relations to the thing the asker may be shown this; empty if by none."""
    parsed = parse_id(each.thing[1]) if each.thing else None
    holds = world.relations.of(world.person_id(asker), *parsed) if parsed else {Reader.EVERYBODY}
    if parsed and each.type_name.endswith("Edge") and each.field in ("cursor", "node"):
        return holds & readers(parsed[0], "id")
    return holds & readers(each.type_name, each.field)


def test_everybody_is_shown_what_the_table_says_and_nothing_else(world: World, answers: Answers) -> None:
    wrong: Counter[str] = Counter()
    for asker, question, answer in answers:
        for each in read(answer.get("data")):
            if not reading(world, asker, each):
                wrong[f"{asker} asks {question} and reads {each.type_name}.{each.field}"] += 1
    assert not wrong, wrong


def test_whoever_the_table_names_is_really_shown_it(world: World, answers: Answers) -> None:
    shown: dict[tuple[str, str], set[Reader]] = defaultdict(set)
    for asker, _, answer in answers:
        for each in read(answer.get("data")):
            shown[each.type_name, each.field] |= reading(world, asker, each)
    for type_name, rule in TABLE.items():
        for who, fields in rule.items() if type_name not in UNASKED and not type_name.endswith("Payload") else ():
            for field in fields.split():
                missing = [str(each) for each in set(who) - shown[type_name, field]]
                assert not missing, f"{type_name}.{field} was shown to none of {missing}"


def test_no_canary_escapes(world: World, born: dict[str, Any], answers: Answers) -> None:
    for asker, question, answer in answers:
        found = list(escaped(json.dumps(answer), born, world.person_id(asker), world.relations))
        assert not found, f"{asker} asks {question} and reads {found}"


def test_nobody_is_told_of_an_error(answers: Answers) -> None:
    for asker, question, answer in answers:
        codes = {error["extensions"]["code"] for error in answer.get("errors", ())}
        assert codes <= ({"UNAUTHENTICATED"} if asker == "suspended" else set()), (asker, question, answer)
