"""Looking ahead changes how rows are read and nothing else: each field of each type answers as loaders alone would."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from graphql import (
    GraphQLObjectType,
    get_named_type,
)

from models.base import Row
from resolvers.reads import Wanted
from schema import rows
from schema.look_ahead import Look
from schema.node import NODES
from schema.reads import DECLARED, View
from tests.community import Community, Person
from tests.scenes import Scene, prepared
from tests.selections import alone, beneath, definition, object_type, together
from tests.servers import Served, served_here, settings_for

BATCH = 12
"""So many selections go into one document, each a root field of its own, read by a statement of its own."""


def row_types() -> Iterator[GraphQLObjectType]:
    """The types whose objects are rows: nodes, and the views of nodes."""
    waiting = [object_type(name) for name in NODES]
    seen: set[str] = set()
    while waiting:
        each = waiting.pop()
        if each.name not in seen:
            seen.add(each.name)
            yield each
            for field in each.fields.values():
                if isinstance(definition(field).metadata.get(DECLARED), View):
                    waiting.append(object_type(get_named_type(field.type).name))


@pytest.fixture(scope="module")
async def served(database_url: str, redis_url: str) -> AsyncIterator[Served]:
    """A server that lets through what goes beyond the bounds of look-ahead."""
    async with served_here(settings_for(database_url, redis_url, max_depth=40, max_cost=5_000_000)) as running:
        yield running


@pytest.fixture(scope="module")
async def scene(served: Served) -> AsyncIterator[Scene]:
    async with Community.on(served) as community:
        yield await prepared(community)


def blind(model: type[Row], *_: object, **__: object) -> Look:
    """A look that sees the row's own columns and nothing beneath."""
    return Look(Wanted.whole(model))


async def same_with_loaders_alone(
    person: Person, documents: list[str], monkeypatch: pytest.MonkeyPatch, **variables: object
) -> list[dict[str, Any]]:
    """The answers, which are the same with and without look-ahead."""
    answers = [await person.ask(document, **variables) for document in documents]
    with monkeypatch.context() as patch:
        patch.setattr(rows, "look", blind)
        for document, answer in zip(documents, answers, strict=True):
            assert await person.ask(document, **variables) == answer, document
    return answers


def batched(root: str, selections: list[str]) -> list[str]:
    """Documents in which each selection stands alone beneath a root field of its own."""
    return [
        "{ "
        + " ".join(f"a{number}: {root} {{ {each} }}" for number, each in enumerate(selections[at : at + BATCH]))
        + " }"
        for at in range(0, len(selections), BATCH)
    ]


@pytest.mark.parametrize("of", list(row_types()), ids=str)
def test_a_field_that_is_no_column_says_what_it_reads(of: GraphQLObjectType) -> None:
    """Declare it with one, many, page, view or computed of schema/reads.py: otherwise all columns are read for it."""
    for name, field in of.fields.items():
        given = definition(field)
        assert given.base_resolver is None or DECLARED in given.metadata, f"{of.name}.{name}"


@pytest.mark.parametrize("name", sorted(NODES))
async def test_each_field_alone(scene: Scene, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    selections = [f"... on {name} {{ {each} }}" for each in alone(object_type(name))]
    documents = batched(f'node(id: "{scene.ids[name]}")', selections)
    for person in scene.people[:4]:
        for answer in await same_with_loaders_alone(person, documents, monkeypatch):
            assert "errors" not in answer, answer["errors"]


@pytest.mark.parametrize("name", sorted(NODES))
async def test_all_fields_together(scene: Scene, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    document = f'{{ nodes(ids: ["{scene.ids[name]}"]) {{ ... on {name} {{ {together(object_type(name))} }} }} }}'
    for person in scene.people:
        (answer,) = await same_with_loaders_alone(person, [document], monkeypatch)
        assert "errors" not in answer, answer["errors"]


@pytest.mark.parametrize("name", ["viewer", "groups", "programs"])
async def test_root_fields(scene: Scene, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    field = object_type("Query").fields[name]
    inner = beneath(field)
    assert inner is not None
    documents = [f"{{ {name} {{ {together(inner, 3)} }} }}"]
    for person in scene.people:
        await same_with_loaders_alone(person, documents, monkeypatch)


PAGES = """
{ match(id: "%s") { space { thread {
  newest: posts(first: 1) { pageInfo { hasNextPage hasPreviousPage } edges { cursor node { body } } }
  oldest: posts(last: 2) { pageInfo { startCursor endCursor } edges { node { when: createdAt
    first: comments(first: 1) { edges { cursor } } rest: comments(last: 5) { edges { node { body } } } } } }
  of: posts(stepProgressId: "%s") { edges { node { stepProgress { id title } } } }
  none: posts(stepProgressId: "x") { edges { node { id } } }
  wrong: posts(first: 1000) { edges { node { id } } } } } } }
"""
CLASHES = """
query { match(id: "%s") {
  one: space { thread { posts(first: 1) { edges { node { who: author { id name } } } } } }
  two: space { thread { posts(last: 1) { edges { node { body } } edges { node { id } } } } partner { name } }
  three: space { partner { id } thread { posts(last: 1) { a: edges { node { who: author { id } } }
    b: edges { node { who: stepProgress { id title } } } } } } } }
"""


@pytest.mark.parametrize("document", [PAGES, CLASHES])
async def test_arguments_aliases_and_what_clashes(scene: Scene, document: str, monkeypatch: pytest.MonkeyPatch) -> None:
    values = (scene.ids["Match"], scene.ids["StepProgress"])[: document.count("%s")]
    for person in scene.people[:3]:
        await same_with_loaders_alone(person, [document % values], monkeypatch)


VARIABLES = """
query($id: ID!, $size: Int, $after: String, $states: [ProgramState!], $bodies: Boolean!) { node(id: $id) {
  ... on Match { ...Space program { group { programs(state: $states) { edges { node { state } } } } } } } }
fragment Space on Match { space { thread { posts(first: $size, after: $after) {
  edges { cursor node { body @include(if: $bodies) author @skip(if: $bodies) { name }
    comments(last: $size) { edges { node { ... @include(if: $bodies) { bodyHtml author { name } } id } } } } } } } } }
"""


async def test_variables_decide_what_is_read(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    mentor = scene.pair.mentor
    seen = []
    for bodies in (True, False):
        given: dict[str, Any] = {"id": scene.ids["Match"], "bodies": bodies, "states": ["DRAFT", "MATCHING"]}
        for more in ({}, {"size": 1}, {"size": 2, "after": None}, {"size": 0}, {"after": "no cursor"}):
            (answer,) = await same_with_loaders_alone(mentor, [VARIABLES], monkeypatch, **given | more)
            seen.append(answer["data"]["node"])
        cursor = seen[-4]["space"]["thread"]["posts"]["edges"][0]["cursor"]
        (answer,) = await same_with_loaders_alone(mentor, [VARIABLES], monkeypatch, **given, size=1, after=cursor)
        (edge,) = answer["data"]["node"]["space"]["thread"]["posts"]["edges"]
        assert edge["cursor"] != cursor and ("body" in edge["node"]) == bodies
    assert [each["node"]["state"] for each in seen[0]["program"]["group"]["programs"]["edges"]] == ["MATCHING"]


async def test_a_refused_argument_is_told_where_it_stands(scene: Scene) -> None:
    answer = await scene.pair.mentor.ask(PAGES % (scene.ids["Match"], scene.ids["StepProgress"]))
    assert [(each["path"], each["extensions"]["code"]) for each in answer["errors"]] == [
        (["match", "space", "thread", "wrong"], "INVALID_INPUT")
    ]


async def test_a_document_that_goes_round_in_circles_is_read_like_any_other(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beyond a bound loaders go on, from where the statement ends: deep, wide, or of too many rows."""
    deep = "id"
    for _ in range(8):
        deep = f"comments(first: 1) {{ edges {{ node {{ post {{ {deep} }} }} }} }}"
    wide = " ".join(
        f"a{number}: author {{ name }} c{number}: comments(first: 1) {{ edges {{ cursor }} }}" for number in range(40)
    )
    many = "comments(first: 100) { edges { node { body post { comments(first: 100) { edges { node {"
    many += " post { comments(first: 100) { edges { node { body } } } } } } } } } } }"
    for selection in (deep, wide, many):
        document = f'{{ node(id: "{scene.ids["Post"]}") {{ ... on Post {{ {selection} }} }} }}'
        (answer,) = await same_with_loaders_alone(scene.pair.mentor, [document], monkeypatch)
        assert "errors" not in answer, answer["errors"]
