"""No N+1: a page costs the same number of statements however much is on it."""

from collections.abc import AsyncIterator

import pytest

from resolvers.reads import Wanted
from schema import rows
from schema.look_ahead import Look
from tests.community import Community, Pair
from tests.documents import CREATE_COMMENT, CREATE_POST, JOIN_GROUP, REACT, SPACE
from tests.statements import cost, read

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

RHYTHMS = """
{ viewer { checkInSettings { weekday hour } matches { edges { node { state welcomesHelp mentor { name } space {
  weeksInTouch silentSince offers pausedUntil viewerAsksForHelp adminSees checkIns(first: 50) { edges { cursor node {
    weekNumber state viewerDueAt viewerAnswer { mood body bodyHtml nextAction } partnerAnswer { mood body bodyHtml }
  } } pageInfo { hasNextPage } } } } } } } }
"""
CHECK_INS = """
INSERT INTO check_ins (id, match_id, week_number, state, opened_at, mentor_due_at, mentee_due_at, mentee_mood,
    mentee_body, mentee_answered_at)
SELECT gen_random_uuid(), id, $1, 'PARTIAL', now(), now(), now(), 3, 'Well', now() FROM matches WHERE state = 'ACTIVE'
"""

CREATE = """
mutation($input: CreatePostInput!) { createPost(input: $input) { errors { code } post { id body author { name }
  stepProgress { title guidance } comments { edges { node { body author { name } } } pageInfo { hasNextPage } } } } }
"""
GROUP = """
query($slug: String!) { group(slug: $slug) { name viewerRole members { edges { node { user { name } role } } }
  programs { edges { node { title steps { title } viewerSignUps { role user { name } }
    admin { matches { edges { node { mentor { name } space { partner { name } } } } } } } } } } }
"""
PROGRAMS = """
{ programs(first: 50) { edges { cursor node { title group { name members { edges { node { user { name } } } } }
  steps { title mentorGuidance } admin { signUps { edges { node { user { name } } } } } } } } }
"""


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


async def test_a_thread_page_is_one_statement_also_with_ten_times_the_posts(pair: Pair) -> None:
    few = await read(pair.mentee, THREAD, id=pair.id)
    await write(pair, 9)
    assert await read(pair.mentee, THREAD, id=pair.id) == few
    assert len(few) == 2, "the page, and who has reacted"


async def test_the_viewers_page_is_one_statement_for_each_of_its_lists(community: Community, pair: Pair) -> None:
    few = await read(pair.admin, VIEWER)
    for _ in range(6):
        group_id = await community.group(pair.admin, pair.mentor)
        program_id = await community.program(pair.admin, group_id)
        await community.sign_up(pair.admin, program_id, "MENTEE")
    assert sorted(await read(pair.admin, VIEWER)) == sorted(few)
    assert len(few) == 3


async def test_the_admins_page_is_one_statement_also_with_more_people(community: Community, pair: Pair) -> None:
    few = await read(pair.admin, PROGRAM, id=pair.program)
    for name in ("Nia", "Olu", "Pia", "Quy", "Rui", "Sam"):
        person = await community.person(name)
        await person.do(JOIN_GROUP, input={"groupId": pair.group})
        await community.sign_up(person, pair.program, "MENTEE")
    assert await read(pair.admin, PROGRAM, id=pair.program) == few
    assert len(few) == 1


async def test_a_page_of_pairs_with_their_check_ins_is_one_statement_also_with_ten_times_as_many(
    community: Community, pair: Pair
) -> None:
    few = await read(pair.mentor, RHYTHMS)
    for number in range(1, 11):
        await community.database.execute(CHECK_INS, number)
    other = await community.pair()
    await other.mentor.do(CREATE_POST, input={"matchId": other.id, "body": "Hello"})
    assert await read(pair.mentor, RHYTHMS) == few
    assert len(few) == 1
    answered = (await pair.mentor.do(RHYTHMS))["matches"]["edges"][0]["node"]["space"]["checkIns"]["edges"]
    assert len(answered) == 10 and answered[0]["node"]["partnerAnswer"]["body"] == "Well"


@pytest.mark.parametrize("document", [GROUPS, PROGRAMS])
async def test_a_list_is_one_statement_also_with_more_groups(community: Community, pair: Pair, document: str) -> None:
    few = await read(pair.mentor, document)
    for _ in range(6):
        await community.program(pair.mentor, await community.group(pair.mentor))
    assert await read(pair.mentor, document) == few
    assert len(few) == 1


async def test_a_group_by_its_name_is_one_statement(community: Community, pair: Pair) -> None:
    slug = (await pair.mentor.do("query($id: ID!) { node(id: $id) { ... on Group { slug } } }", id=pair.group))["slug"]
    assert await cost(pair.mentor, GROUP, slug=slug) == 1
    for name in ("Nia", "Olu", "Pia"):
        await (await community.person(name)).do(JOIN_GROUP, input={"groupId": pair.group})
    assert await cost(pair.mentor, GROUP, slug=slug) == 1


async def test_many_nodes_are_one_statement_for_each_type(pair: Pair) -> None:
    assert await cost(pair.mentor, NODES, ids=await write(pair, 1)) == 1
    assert await cost(pair.mentor, NODES, ids=await write(pair, 6)) == 1
    assert await cost(pair.mentor, NODES, ids=[*await write(pair, 2), pair.id, pair.group]) == 3


async def test_a_new_post_is_shown_with_one_statement_or_none(pair: Pair) -> None:
    given = {"matchId": pair.id, "body": "Hello"}
    bare = await cost(pair.mentor, CREATE_POST, input=given)
    assert await cost(pair.mentor, CREATE, input=given) == bare + 1
    step = (await pair.mentor.do(SPACE, id=pair.id))["space"]["steps"][0]["id"]
    assert await cost(pair.mentor, CREATE, input=given | {"stepProgressId": step}) == bare + 1


async def test_loaders_alone_read_for_all_rows_of_a_moment_at_once(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    """As for rows that came from elsewhere. Lists side by side may ask together or one after the other: two more."""
    monkeypatch.setattr(rows, "look", lambda model, *_, **__: Look(Wanted.whole(model)))
    few = await cost(pair.mentee, THREAD, id=pair.id)
    await write(pair, 9)
    assert await cost(pair.mentee, THREAD, id=pair.id) <= few + 2
    assert few <= 14, "one for each kind of row"


async def test_only_what_is_asked_for_is_read(pair: Pair) -> None:
    """Bodies, guidance and e-mail addresses are long or private: they stay in the database unless somebody asks."""
    narrow = """query($id: ID!) { match(id: $id) { mentor { name } space { steps { title }
      thread { posts { edges { node { createdAt comments { edges { node { createdAt } } } } } } } } } }"""
    (statement,) = await read(pair.mentor, narrow, id=pair.id)
    for column in ("body", "guidance", "email", "password_hash", "introduction", "bio", "input_hash", "end_feedback"):
        assert column not in statement


async def test_the_id_of_a_row_that_is_pointed_to_is_read_without_it(pair: Pair) -> None:
    document = "query($id: ID!) { match(id: $id) { mentor { id } program { id } } }"
    (statement,) = await read(pair.mentor, document, id=pair.id)
    assert '"users"' not in statement
