"""No N+1: a page costs the same number of statements however much is on it."""

import logging
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager

import pytest

from tests.community import Community, Pair, Person
from tests.documents import CREATE_COMMENT, CREATE_POST, REACT

THREAD = """
query($id: ID!) { match(id: $id) { program { title group { name mentorship { eligible } viewerRole } }
  mentor { name } mentee { name }
  space { partner { name } steps { title guidance } thread { posts(first: 50) { edges { node {
    body author { name } stepProgress { title guidance } reactions { emoji users { name } }
    comments(first: 20) { edges { node { body author { name } post { id } reactions { emoji users { name } } } } }
  } } } } } } }
"""
VIEWER = """
{ viewer { user { name } groups { edges { node { name viewerRole mentorship { eligible }
    members { edges { node { role user { name } } } }
    programs { edges { node { title steps { title } viewerSignUps { role } group { slug } } } } } } }
  signUps { edges { node { role program { title } user { name } } } }
  matches { edges { node { mentor { name } mentee { name } program { title } space { partner { name } steps { title }
    thread { posts { edges { node { body comments { edges { node { author { name } } } } } } } } } } } } } }
"""
PROGRAM = """
query($id: ID!) { program(id: $id) { steps { title } group { name } admin {
  signUps { edges { node { role user { name } program { title } } } }
  matches { edges { node { state mentor { name } mentee { name } program { title } } } } } } }
"""
GROUPS = """
{ groups(first: 100) { edges { node { name viewerRole
  mentorship { eligible } programs { edges { node { title } } } } } } }
"""
NODES = """
query($ids: [ID!]!) { nodes(ids: $ids) { ... on Post { body author { name } comments { edges { node { body } } } } } }
"""

SPREAD = 2
"""Lists that are read side by side may ask for their people together or one after the other: a statement more or less.
Every test adds at least six rows, so that a statement a row would show."""


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements that Tortoise sends meanwhile, as its log tells them."""
    statements: list[str] = []

    class Handler(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if record.args:
                statements.append(str(record.args[0] if isinstance(record.args, tuple) else record.args))

    logger, handler = logging.getLogger("tortoise.db_client"), Handler()
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    try:
        yield statements
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)


async def cost(person: Person, document: str, **variables: object) -> int:
    with counted() as statements:
        await person.do(document, **variables)
    return len([each for each in statements if each.lstrip().upper().startswith(("SELECT", "WITH"))])


async def write(pair: Pair, posts: int) -> list[str]:
    ids = []
    for number in range(posts):
        post = await pair.mentor.do(CREATE_POST, input={"matchId": pair.id, "body": f"Post {number}"})
        ids.append(post["post"]["id"])
        for who in (pair.mentee, pair.mentor):
            comment = await who.do(CREATE_COMMENT, input={"postId": ids[-1], "body": "Yes"})
            for subject_id in (ids[-1], comment["comment"]["id"]):
                await who.do(REACT, input={"subjectId": subject_id, "emoji": "👍"})
    return ids


@pytest.fixture
async def pair(community: Community) -> AsyncIterator[Pair]:
    made = await community.pair()
    await write(made, 1)
    yield made


Grow = Callable[[], object]


async def test_a_thread_page_costs_the_same_with_ten_times_the_posts(pair: Pair) -> None:
    few = await cost(pair.mentee, THREAD, id=pair.id)
    await write(pair, 9)
    assert await cost(pair.mentee, THREAD, id=pair.id) <= few + SPREAD
    assert few <= 13, "one to authenticate, one for each kind of row"


async def test_the_viewers_page_costs_the_same_with_more_groups_and_pairs(community: Community, pair: Pair) -> None:
    few = await cost(pair.admin, VIEWER)
    for _ in range(6):
        group_id = await community.group(pair.admin, pair.mentor)
        program_id = await community.program(pair.admin, group_id)
        await community.sign_up(pair.admin, program_id, "MENTEE")
    assert await cost(pair.admin, VIEWER) <= few + 2 + SPREAD, "sign-ups bring their programs and people"


async def test_the_admins_page_costs_the_same_with_more_people(community: Community, pair: Pair) -> None:
    few = await cost(pair.admin, PROGRAM, id=pair.program)
    for name in ("Nia", "Olu", "Pia", "Quy", "Rui", "Sam"):
        person = await community.person(name)
        document = "mutation($input: JoinGroupInput!) { joinGroup(input: $input) { group { id } errors { code } } }"
        await person.do(document, input={"groupId": pair.group})
        await community.sign_up(person, pair.program, "MENTEE")
    assert await cost(pair.admin, PROGRAM, id=pair.program) <= few + SPREAD


async def test_a_list_of_groups_costs_the_same_with_more_groups(community: Community, pair: Pair) -> None:
    await community.group(pair.mentor)
    few = await cost(pair.mentor, GROUPS)
    for _ in range(6):
        await community.group(pair.mentor)
    assert await cost(pair.mentor, GROUPS) <= few + SPREAD


async def test_many_nodes_are_fetched_together(pair: Pair) -> None:
    one = await cost(pair.mentor, NODES, ids=(await write(pair, 1)))
    assert await cost(pair.mentor, NODES, ids=(await write(pair, 6))) <= one + SPREAD
