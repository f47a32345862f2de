"""Who loses a right, and what may slip through: stories beside the matrix of tests/privacy_matrix/."""

import pytest

from schema.markdown import to_html
from tests.community import Community, Pair
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


async def test_the_two_fetch_their_own_by_node(community: Community) -> None:
    pair = await community.pair()
    for name, value in (await private_ids(pair)).items():
        for person in (pair.mentor, pair.mentee):
            assert await person.do(NODE, id=value) == {"__typename": name, "id": value}


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
    # Who asks for a new password reads the address that he has typed himself, whether it has an account or not.
    assert holders == {"Viewer", "RequestPasswordResetPayload"}


@pytest.mark.parametrize("garbage", ["", "x", "====", "UG9zdDp4", "🧼", "a" * 5_000, "UG9zdDo" * 9])
async def test_an_id_that_is_none_is_null_and_no_error(community: Community, garbage: str) -> None:
    eve = await community.person("Eve")
    for person in (eve, community.nobody):
        assert await person.ask(NODE, id=garbage) == {"data": {"node": None}}
        assert await person.ask(SPACE, id=garbage) == {"data": {"match": None}}


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
