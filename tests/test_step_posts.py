"""A step's posts: what the two wrote about it, found where the step is."""

from typing import Any

import pytest

from tests.community import Community, Pair, Person
from tests.documents import CREATE_POST, DELETE_POST, SPACE
from tests.statements import cost

PAGE = """
query($id: ID!, $first: Int, $after: String, $last: Int, $before: String) { node(id: $id) { ... on StepProgress {
  title posts(first: $first, after: $after, last: $last, before: $before) {
    edges { cursor node { id body stepProgress { id } } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
} } }
"""
STEPS = """
query($id: ID!) { match(id: $id) { space { steps { id title posts(first: 2) { edges { node {
  body author { name } comments(first: 3) { edges { node { body } } }
} } pageInfo { hasNextPage } } } } } }
"""


async def steps_of(pair: Pair) -> list[str]:
    return [step["id"] for step in (await pair.mentor.do(SPACE, id=pair.id))["space"]["steps"]]


async def post(person: Person, pair: Pair, body: str, step_id: str | None = None) -> str:
    given = {"matchId": pair.id, "body": body, "stepProgressId": step_id}
    return (await person.do(CREATE_POST, input=given))["post"]["id"]


def bodies(page: dict[str, Any]) -> list[str | None]:
    return [edge["node"]["body"] for edge in page["posts"]["edges"]]


async def test_a_step_shows_the_posts_about_it_newest_first_and_no_others(community: Community) -> None:
    pair = await community.pair()
    meet, goals, *_ = await steps_of(pair)
    await post(pair.mentor, pair, "When shall we meet?", meet)
    await post(pair.mentee, pair, "By the way", None)
    await post(pair.mentee, pair, "My goals", goals)
    gone = await post(pair.mentee, pair, "On Tuesday", meet)
    for person in (pair.mentor, pair.mentee):
        page = await person.do(PAGE, id=meet)
        assert bodies(page) == ["On Tuesday", "When shall we meet?"]
        assert {edge["node"]["stepProgress"]["id"] for edge in page["posts"]["edges"]} == {meet}
        shown = (await person.do(STEPS, id=pair.id))["space"]["steps"]
        assert [bodies(step) for step in shown[:3]] == [["On Tuesday", "When shall we meet?"], ["My goals"], []]
    await pair.mentee.do(DELETE_POST, input={"postId": gone})
    assert bodies(await pair.mentor.do(PAGE, id=meet)) == [None, "When shall we meet?"]


async def test_pages_of_a_steps_posts_do_not_shift(community: Community) -> None:
    pair = await community.pair()
    meet, goals, *_ = await steps_of(pair)
    for number in range(5):
        await post(pair.mentor, pair, f"Meeting {number}", meet)
        await post(pair.mentor, pair, f"Goal {number}", goals)
    first = (await pair.mentee.do(PAGE, id=meet, first=2))["posts"]
    await post(pair.mentor, pair, "Just now", meet)
    second = await pair.mentee.do(PAGE, id=meet, first=2, after=first["pageInfo"]["endCursor"])
    assert bodies(second) == ["Meeting 2", "Meeting 1"]
    assert second["posts"]["pageInfo"]["hasNextPage"] and second["posts"]["pageInfo"]["hasPreviousPage"]
    before = second["posts"]["pageInfo"]["startCursor"]
    assert bodies(await pair.mentee.do(PAGE, id=meet, last=1, before=before)) == ["Meeting 3"]


@pytest.mark.parametrize("arguments", [{"first": 0}, {"first": 101}, {"after": "garbage"}, {"first": 1, "last": 1}])
async def test_a_page_of_a_step_that_makes_no_sense_is_refused(community: Community, arguments: dict) -> None:
    pair = await community.pair()
    answer = await pair.mentor.ask(PAGE, id=(await steps_of(pair))[0], **arguments)
    assert answer["errors"][0]["extensions"]["code"] == "INVALID_INPUT"


async def test_all_steps_of_a_pair_cost_as_much_as_one_whatever_was_written(community: Community) -> None:
    pair = await community.pair()
    steps = await steps_of(pair)
    await post(pair.mentor, pair, "Hello", steps[0])
    few = await cost(pair.mentee, STEPS, id=pair.id)
    for step_id in steps * 2:
        await post(pair.mentor, pair, "More", step_id)
    assert await cost(pair.mentee, STEPS, id=pair.id) == few


async def test_nobody_else_reaches_a_steps_posts(community: Community) -> None:
    pair, other = await community.pair(), await community.pair("Nia", "Olu")
    meet = (await steps_of(pair))[0]
    await post(pair.mentor, pair, "When shall we meet?", meet)
    for person in (pair.admin, other.mentor, community.nobody):
        assert await person.do(PAGE, id=meet) is None
