"""Nobody but the two reaches what a pair writes, by whatever id or path; absent and forbidden are one answer."""

from uuid import uuid4

import pytest
from redis.asyncio import Redis

from models.matches import Match
from models.posts import Post
from schema.markdown import to_html
from schema.node import global_id
from tests.community import Community, Pair, Person
from tests.documents import (
    ACKNOWLEDGE_INTRODUCTION,
    CREATE_COMMENT,
    CREATE_POST,
    END_MATCH,
    MATCH_ACTIVITY,
    PROGRAM_ACTIVITY,
    REMOVE_MEMBER,
    SEND_MESSAGE,
    SPACE,
)

MARKER = "words-between-the-two-only"
NODE = "query($id: ID!) { node(id: $id) { __typename id } }"
NODES = "query($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }"
EVERYTHING_OF_A_MATCH = """
query($id: ID!) { match(id: $id) { id state program { title group { slug } } mentor { name } mentee { name }
  space { thread { posts { edges { node { body bodyHtml comments { edges { node { body } } } } } } }
  messages { edges { node { body seen } } } readState { viewerReadUpTo partnerReadUpTo unreadPosts unreadMessages }
  progress { done week } completion { offered saidByViewer } farewell
  introduction { text } steps { guidance opensAt } } } }
"""


async def private_ids(pair: Pair) -> dict[str, str]:
    """An id of each kind that only the two may use."""
    given = {"matchId": pair.id, "body": MARKER}
    post_id = (await pair.mentor.do(CREATE_POST, input=given))["post"]["id"]
    comment = await pair.mentee.do(CREATE_COMMENT, input={"postId": post_id, "body": MARKER})
    step = (await pair.mentee.do(SPACE, id=pair.id))["space"]["steps"][0]
    message = await pair.mentee.do(SEND_MESSAGE, input=given)
    return {
        "Post": post_id,
        "Comment": comment["comment"]["id"],
        "Message": message["message"]["id"],
        "StepProgress": step["id"],
    }


async def strangers(community: Community, pair: Pair) -> list[Person]:
    """Everybody who is not one of the two, in every role that there is."""
    eve, member, other_admin = await community.people("Eve", "Mo", "Ola")
    await community.group(other_admin)
    document = "mutation($input: JoinGroupInput!) { joinGroup(input: $input) { group { id } errors { code } } }"
    await member.do(document, input={"groupId": pair.group})
    return [community.nobody, eve, member, other_admin, pair.admin]


async def test_the_two_fetch_their_own_by_node(community: Community) -> None:
    pair = await community.pair()
    for name, value in (await private_ids(pair)).items():
        for person in (pair.mentor, pair.mentee):
            assert await person.do(NODE, id=value) == {"__typename": name, "id": value}


async def test_to_everybody_else_a_private_id_is_one_that_does_not_exist(community: Community) -> None:
    pair = await community.pair()
    ids = await private_ids(pair)
    absent = str(global_id(Post(id=uuid4())))
    for person in await strangers(community, pair):
        for value in ids.values():
            assert await person.ask(NODE, id=value) == await person.ask(NODE, id=absent)
        assert await person.do(NODES, ids=[*ids.values(), absent]) == [None] * 5


async def test_an_outsider_cannot_tell_a_match_from_none(community: Community) -> None:
    pair = await community.pair()
    absent = str(global_id(Match(id=uuid4())))
    for person in (await strangers(community, pair))[:4]:
        for query in (NODE, SPACE, EVERYTHING_OF_A_MATCH):
            assert await person.ask(query, id=pair.id) == await person.ask(query, id=absent)


async def test_the_groups_admin_sees_people_state_and_dates_and_not_a_word(community: Community) -> None:
    pair = await community.pair()
    await private_ids(pair)
    answer = await pair.admin.ask(EVERYTHING_OF_A_MATCH, id=pair.id)
    assert answer["data"]["match"]["state"] == "ACTIVE"
    assert answer["data"]["match"]["space"] is None
    assert MARKER not in str(answer)


async def test_profiles_are_seen_inside_a_shared_group_or_match_only(community: Community) -> None:
    pair = await community.pair()
    eve = await community.person("Eve")
    user = "query($id: ID!) { node(id: $id) { ... on User { id name } } }"
    for person in (pair.mentee, pair.admin, pair.mentor):
        assert (await person.do(user, id=pair.mentor.id))["name"] == "Maya"
    for person in (eve, community.nobody):
        assert await person.do(user, id=pair.mentor.id) is None


async def test_a_birth_date_is_on_no_type_but_the_viewers_own(community: Community) -> None:
    fields = """{ __schema { types { name fields { name } } } }"""
    schema = await community.nobody.do(fields)
    holders = {
        each["name"]
        for each in schema["types"]
        for field in each["fields"] or []
        if field["name"] in ("birthDate", "email", "passwordHash")
    }
    assert holders == {"Viewer"}


@pytest.mark.parametrize("garbage", ["", "x", "====", "UG9zdDp4", "🧼", "a" * 5_000, "UG9zdDo" * 9])
async def test_an_id_that_is_none_is_null_and_no_error(community: Community, garbage: str) -> None:
    eve = await community.person("Eve")
    for person in (eve, community.nobody):
        assert await person.ask(NODE, id=garbage) == {"data": {"node": None}}
        assert await person.ask(SPACE, id=garbage) == {"data": {"match": None}}


async def test_no_word_of_a_pair_travels_over_redis_or_lies_in_a_log(
    community: Community, redis_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Every message on every channel is read while the two write."""
    heard: list[bytes] = []
    async with Redis.from_url(redis_url) as client, client.pubsub() as listening:
        await listening.psubscribe("*")
        pair = await community.pair()
        await private_ids(pair)
        while message := await listening.get_message(timeout=0.5):
            heard.append(repr(message).encode())
    assert len(heard) > 5
    assert not any(MARKER.encode() in message for message in heard)
    assert MARKER not in caplog.text
    rows = await community.database.fetch("SELECT activity::text FROM activity")
    assert rows and not any(MARKER in text for (text,) in rows)


async def test_somebody_found_to_be_under_18_enters_no_pair_space_by_any_path(community: Community) -> None:
    """A moderator corrects a birth date. What was written stays with the partner; leaving stays possible."""
    pair = await community.pair()
    ids = await private_ids(pair)
    await community.database.execute("UPDATE users SET birth_date = '2010-01-01' WHERE email = $1", pair.mentee.email)
    assert (await pair.mentee.do(SPACE, id=pair.id))["space"] is None
    for value in ids.values():
        assert await pair.mentee.do(NODE, id=value) is None
    async with pair.mentee.hears(MATCH_ACTIVITY, matchId=pair.id) as ears:
        assert (await ears.refusal())["extensions"]["code"] == "UNDERAGE"
    async with community.nothing_changes():
        error = await pair.mentee.refused(CREATE_POST, input={"matchId": pair.id, "body": "Hi"})
        assert error["code"] == "UNDERAGE"
    ended = await pair.mentee.do(END_MATCH, input={"matchId": pair.id, "reason": "OTHER"})
    assert ended["match"]["state"] == "ENDED"


async def test_who_was_removed_sees_the_groups_programs_by_no_path(community: Community) -> None:
    pair = await community.pair()
    document = "{ viewer { signUps { edges { node { id program { title state } } } } } }"
    assert len((await pair.mentee.do(document))["signUps"]["edges"]) == 1
    await pair.admin.do(REMOVE_MEMBER, input={"groupId": pair.group, "userId": pair.mentee.id})
    assert (await pair.mentee.do(document))["signUps"]["edges"] == []
    assert await pair.mentee.do(NODE, id=pair.sign_ups["MENTEE"]) is None


async def test_an_admin_learns_that_a_match_is_active_and_not_who_made_it_so(community: Community) -> None:
    pair = await community.pair()
    async with pair.admin.hears(PROGRAM_ACTIVITY, programId=pair.program) as admin:
        await admin.silence(0.2)
        await pair.mentee.do(ACKNOWLEDGE_INTRODUCTION, input={"matchId": pair.id})
        await admin.silence()
        await pair.mentor.do(CREATE_POST, input={"matchId": pair.id, "body": MARKER})
        heard = await admin.next()
        assert (heard["match"]["state"], heard["actor"]) == ("ACTIVE", None)
        await admin.silence()


async def test_a_name_is_no_place_for_a_link(community: Community) -> None:
    pair = await community.pair(mentor="Maya [log in](https://evil.example)")
    text = (await pair.mentee.do(SPACE, id=pair.id))["space"]["introduction"]["text"]
    assert "evil" in text and "<a" not in str(to_html(text))
