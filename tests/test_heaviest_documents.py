"""All that can be asked beneath each root field at once costs the same statements, however much there is to show."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from schema.schema import schema
from tests.community import Community, Pair
from tests.documents import (
    CREATE_COMMENT,
    CREATE_POST,
    END_MATCH,
    JOIN_GROUP,
    MARK_READ,
    REACT,
    SEND_MESSAGE,
    SPACE,
)
from tests.selections import everything
from tests.statements import counted, read

QUERY, SUBSCRIPTION = schema._schema.query_type, schema._schema.subscription_type
assert QUERY is not None and SUBSCRIPTION is not None

QUERIES: dict[str, tuple[str, int]] = {
    "viewer": ("", 11),
    "node": ('(id: "{match}")', 4),
    "nodes": ('(ids: ["{match}", "{other}"])', 4),
    "group": ('(slug: "{slug}")', 3),
    "groups": ("(first: 100)", 3),
    "program": ('(id: "{program}")', 3),
    "programs": ("(first: 100)", 5),
    "programTemplates": ("", 0),
    "match": ('(id: "{match}")', 4),
}
"""The arguments of each root field, and how many statements it may cost with all that is beneath it: for an admin's
programs two of them ask who waits and who is kept apart, for their suggestions."""


def document(name: str, ids: dict[str, str], nodes: int = 2) -> str:
    arguments = QUERIES[name][0]
    for key, value in ids.items():
        arguments = arguments.replace(f"{{{key}}}", value)
    return f"{{ {name}{arguments} {everything(QUERY.fields[name], nodes)} }}"


async def more_of_everything(community: Community, pair: Pair, times: int) -> str:
    """Posts, comments, reactions and messages of a pair, members of its group and sign-ups; the last post's id."""
    post_id = ""
    for number in range(times):
        post = await pair.mentor.do(CREATE_POST, input={"matchId": pair.id, "body": f"Post {number}"})
        post_id = post["post"]["id"]
        for who in (pair.mentor, pair.mentee):
            await who.do(CREATE_COMMENT, input={"postId": post_id, "body": "Yes"})
            await who.do(REACT, input={"subjectId": post_id, "emoji": "🌱"})
            await who.do(SEND_MESSAGE, input={"matchId": pair.id, "body": "Psst"})
        person = await community.person("Mo")
        await person.do(JOIN_GROUP, input={"groupId": pair.group})
        await community.sign_up(person, pair.program, "MENTEE")
        await community.program(pair.mentor, await community.group(pair.mentor, pair.admin))
    return post_id


@pytest.mark.parametrize("name", sorted(QUERY.fields))
async def test_a_query(community: Community, name: str) -> None:
    """A new root field needs an entry in QUERIES."""
    pair = await community.pair()
    other = await community.pair()
    await more_of_everything(community, pair, 2)
    slug = (await pair.mentor.do("query($id: ID!) { node(id: $id) { ... on Group { slug } } }", id=pair.group))["slug"]
    ids = {"match": pair.id, "group": pair.group, "program": pair.program, "other": other.id, "slug": slug}
    few = await read(pair.mentor, document(name, ids))
    await more_of_everything(community, pair, 6)
    many = await read(pair.mentor, document(name, ids))
    assert sorted(many) == sorted(few)
    assert len(few) <= QUERIES[name][1], "\n".join(few)


Act = Callable[[Community, Pair, str], Awaitable[object]]


async def comment(community: Community, pair: Pair, post_id: str) -> None:
    await pair.mentor.do(CREATE_COMMENT, input={"postId": post_id, "body": "Look"})


async def end(community: Community, pair: Pair, post_id: str) -> None:
    await pair.mentor.do(END_MATCH, input={"matchId": pair.id, "reason": "GOAL_REACHED"})


async def read_on(community: Community, pair: Pair, post_id: str) -> None:
    cursor = (await pair.mentor.do(SPACE, id=pair.id))["space"]["activityCursor"]
    await pair.mentor.do(MARK_READ, input={"matchId": pair.id, "upTo": cursor})


SUBSCRIPTIONS: dict[str, tuple[str, Act]] = {
    "matchActivity": ('(matchId: "{match}")', comment),
    "viewerActivity": ("", end),
    "programActivity": ('(programId: "{program}")', end),
    "partnerPresence": ('(matchId: "{match}")', read_on),
}
"""The arguments of each root field, and an act of Maya's of which it tells."""


@pytest.mark.parametrize("name", sorted(SUBSCRIPTION.fields))
async def test_an_event(community: Community, name: str) -> None:
    """A new subscription needs an entry in SUBSCRIPTIONS. How often the log is read is a matter of when hints come."""
    few, many = [await told(community, name, times) for times in (1, 5)]
    assert sorted(many) == sorted(few)


async def told(community: Community, name: str, times: int) -> list[str]:
    """The statements of an act and of telling one who listens to all that can be heard of it."""
    arguments, act = SUBSCRIPTIONS[name]
    pair = await community.pair()
    post_id = await more_of_everything(community, pair, times)
    arguments = arguments.replace("{match}", pair.id).replace("{program}", pair.program)
    heaviest = f"subscription {{ {name}{arguments} {everything(SUBSCRIPTION.fields[name])} }}"
    listener = pair.admin if name == "programActivity" else pair.mentee
    async with listener.hears(heaviest) as ears:
        if name == "partnerPresence":
            await ears.next()
        with counted() as ticks:
            await ears.silence(1.5)
        with counted() as statements:
            await act(community, pair, post_id)
            await ears.next()
            await asyncio.sleep(0.5)  # whatever else it brings about
    return [each for each in statements if each not in ticks and "stream.activity_head AS head" not in each]
