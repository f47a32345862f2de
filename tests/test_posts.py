"""Posts: what a pair writes in its thread, and what nobody else can do to it."""

import asyncio

import pytest

from pubsub.streams import match_stream
from schema.node import parse_id
from tests.community import Community, Pair
from tests.documents import CREATE_COMMENT, CREATE_POST, DELETE_POST, EDIT_POST, END_MATCH, MATCH_ACTIVITY, SPACE
from tests.listening import Completed

PAGE = """
query($id: ID!, $first: Int, $after: String, $last: Int, $before: String) {
  match(id: $id) { space { thread { posts(first: $first, after: $after, last: $last, before: $before) {
    edges { cursor node { body } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  } } } }
}
"""


async def thread_of(person, pair, **arguments):
    return (await person.do(PAGE, id=pair.id, **arguments))["space"]["thread"]["posts"]


async def test_maya_posts_and_tom_reads_it(community: Community) -> None:
    pair = await community.pair()
    post = (await pair.mentor.do(CREATE_POST, input={"matchId": pair.id, "body": "**Hello**, Tom!"}))["post"]
    assert post["body"] == "**Hello**, Tom!"
    assert post["bodyHtml"] == "<p><strong>Hello</strong>, Tom!</p>\n"
    assert post["author"]["id"] == pair.mentor.id

    seen = await pair.mentee.do(SPACE, id=pair.id)
    assert seen["state"] == "ACTIVE", "the first post makes an introduced match active"
    assert seen["space"]["thread"]["posts"]["edges"][0]["node"]["body"] == "**Hello**, Tom!"


async def test_tom_hears_mayas_first_post_live_after_the_match_became_active(community: Community) -> None:
    pair = await community.pair()
    async with pair.mentee.hears(MATCH_ACTIVITY, matchId=pair.id) as tom:
        await tom.silence(0.1)
        post = (await pair.mentor.do(CREATE_POST, input={"matchId": pair.id, "body": "Hi"}))["post"]
        changed, added = await tom.next(), await tom.next()
    assert (changed["__typename"], changed["match"]["state"]) == ("MatchChanged", "ACTIVE")
    assert (added["__typename"], added["post"]["id"]) == ("PostAdded", post["id"])
    assert added["actor"]["id"] == pair.mentor.id


@pytest.mark.parametrize("body", ["", "   \n", "x" * 10_001, "nul \x00 byte"])
async def test_a_body_that_is_none_is_refused_and_leaves_nothing(community: Community, body: str) -> None:
    pair = await community.pair()
    async with pair.mentee.hears(MATCH_ACTIVITY, matchId=pair.id) as tom:
        await tom.silence(0.05)
        async with community.nothing_changes():
            error = await pair.mentor.refused(CREATE_POST, input={"matchId": pair.id, "body": body})
        await tom.silence()
    assert error["code"] == "INVALID_INPUT"
    assert error["path"] == ["input", "body"]


async def test_nobody_but_the_two_can_post_or_tell_the_match_from_one_that_is_not(community: Community) -> None:
    pair, other = await community.pair(), await community.pair("Nia", "Olu")
    outsider = await community.person("Eve")
    absent = other.id[:-4] + "AAAA"
    async with community.nothing_changes():
        for person in (pair.admin, other.mentor, outsider):
            answers = [
                await person.refused(CREATE_POST, input={"matchId": match_id, "body": "Let me in"})
                for match_id in (pair.id, absent, "garbage", outsider.id, "🧼")
            ]
            assert len({(error["code"], error["message"]) for error in answers}) == 1
            assert answers[0]["code"] == "NOT_FOUND"
        error = await community.nobody.refused(CREATE_POST, input={"matchId": pair.id, "body": "Let me in"})
        assert error["code"] == "UNAUTHENTICATED"


async def test_only_its_author_changes_a_post_and_a_deleted_one_stays_as_a_tombstone(community: Community) -> None:
    pair = await community.pair()
    post_id = (await pair.mentor.do(CREATE_POST, input={"matchId": pair.id, "body": "First"}))["post"]["id"]
    await pair.mentee.do(CREATE_COMMENT, input={"postId": post_id, "body": "Thanks"})

    async with community.nothing_changes():
        assert (await pair.mentee.refused(EDIT_POST, input={"postId": post_id, "body": "No"}))["code"] == "FORBIDDEN"
        assert (await pair.mentee.refused(DELETE_POST, input={"postId": post_id}))["code"] == "FORBIDDEN"
        assert (await pair.admin.refused(DELETE_POST, input={"postId": post_id}))["code"] == "NOT_FOUND"

    async with pair.mentee.hears(MATCH_ACTIVITY, matchId=pair.id) as tom:
        await tom.silence(0.1)
        edited = (await pair.mentor.do(EDIT_POST, input={"postId": post_id, "body": "Better"}))["post"]
        assert edited["body"] == "Better" and edited["editedAt"]
        heard = await tom.next()
        assert (heard["__typename"], heard["post"]["body"]) == ("PostChanged", "Better")

        gone = (await pair.mentor.do(DELETE_POST, input={"postId": post_id}))["post"]
        assert gone["body"] is None and gone["bodyHtml"] is None and gone["deletedAt"]
        assert (await tom.next())["post"]["body"] is None
        async with community.nothing_changes():
            assert (await pair.mentor.do(DELETE_POST, input={"postId": post_id}))["post"] == gone
            error = await pair.mentor.refused(EDIT_POST, input={"postId": post_id, "body": "Back"})
            assert error["code"] == "READ_ONLY"
        await tom.silence()

    (edge,) = (await pair.mentee.do(SPACE, id=pair.id))["space"]["thread"]["posts"]["edges"]
    assert edge["node"]["body"] is None
    assert edge["node"]["comments"]["edges"][0]["node"]["body"] == "Thanks", "the partner's words stay"


async def test_a_retry_posts_nothing_twice(community: Community) -> None:
    pair = await community.pair()
    given = {"matchId": pair.id, "body": "Sent from a train", "idempotencyKey": "k-1"}
    first = (await pair.mentor.do(CREATE_POST, input=given))["post"]
    await pair.mentor.do(EDIT_POST, input={"postId": first["id"], "body": "Edited since"})
    async with community.nothing_changes():
        again = (await pair.mentor.do(CREATE_POST, input=given))["post"]
        assert again["id"] == first["id"] and again["body"] == "Edited since", "the row as it is now"
        error = await pair.mentor.refused(CREATE_POST, input=given | {"body": "Another text"})
        assert (error["code"], error["path"]) == ("IDEMPOTENCY_MISMATCH", ["input", "idempotencyKey"])
    theirs = (await pair.mentee.do(CREATE_POST, input=given))["post"]
    assert theirs["id"] != first["id"], "a key is its author's"


async def test_a_refused_attempt_uses_up_no_key(community: Community) -> None:
    pair = await community.pair()
    blank = {"matchId": pair.id, "body": " ", "idempotencyKey": "k-2"}
    await pair.mentor.refused(CREATE_POST, input=blank)
    await pair.mentor.refused(CREATE_POST, input=blank | {"matchId": "garbage", "body": "Hi"})
    assert (await pair.mentor.do(CREATE_POST, input=blank | {"body": "Now with words"}))["post"]


async def test_ten_retries_at_once_make_one_post(community: Community) -> None:
    pair = await community.pair()
    given = {"matchId": pair.id, "body": "Only once", "idempotencyKey": "k-3"}
    answers = await asyncio.gather(*(pair.mentor.do(CREATE_POST, input=given) for _ in range(10)))
    assert len({answer["post"]["id"] for answer in answers}) == 1
    async with pair.mentee.hears(MATCH_ACTIVITY, matchId=pair.id, after=beginning(pair)) as tom:
        heard = [await tom.next(), await tom.next()]
        await tom.silence()
    assert [each["__typename"] for each in heard] == ["MatchChanged", "PostAdded"]


def beginning(pair: Pair) -> str:
    """The cursor before a match's first event."""
    parsed = parse_id(pair.id)
    assert parsed is not None
    return match_stream(parsed[1]).cursor(0)


async def test_both_see_one_order_and_no_hole_however_fast_they_write(community: Community) -> None:
    pair = await community.pair()
    async with (
        pair.mentor.hears(MATCH_ACTIVITY, matchId=pair.id) as maya,
        pair.mentee.hears(MATCH_ACTIVITY, matchId=pair.id) as tom,
    ):
        await asyncio.gather(maya.silence(0.1), tom.silence(0.1))
        people = [pair.mentor, pair.mentee] * 20
        await asyncio.gather(
            *(who.do(CREATE_POST, input={"matchId": pair.id, "body": f"Post {i}"}) for i, who in enumerate(people))
        )
        heard = [[await ears.next() for _ in range(41)] for ears in (maya, tom)]
    assert heard[0] == heard[1]
    posts = [event["post"]["body"] for event in heard[0] if event["__typename"] == "PostAdded"]
    assert sorted(posts) == sorted(f"Post {i}" for i in range(40))
    page = await thread_of(pair.mentee, pair, first=50)
    assert [edge["node"]["body"] for edge in page["edges"]] == posts[::-1], "the thread has the stream's order"


async def test_pages_do_not_shift_when_something_is_posted_meanwhile(community: Community) -> None:
    pair = await community.pair()
    for number in range(7):
        await pair.mentor.do(CREATE_POST, input={"matchId": pair.id, "body": f"Post {number}"})

    first = await thread_of(pair.mentee, pair, first=3)
    assert [edge["node"]["body"] for edge in first["edges"]] == ["Post 6", "Post 5", "Post 4"]
    assert first["pageInfo"]["hasNextPage"] and not first["pageInfo"]["hasPreviousPage"]

    await pair.mentee.do(CREATE_POST, input={"matchId": pair.id, "body": "Just now"})
    second = await thread_of(pair.mentee, pair, first=3, after=first["pageInfo"]["endCursor"])
    assert [edge["node"]["body"] for edge in second["edges"]] == ["Post 3", "Post 2", "Post 1"]

    back = await thread_of(pair.mentee, pair, last=2, before=second["pageInfo"]["startCursor"])
    assert [edge["node"]["body"] for edge in back["edges"]] == ["Post 5", "Post 4"]
    assert back["pageInfo"]["hasPreviousPage"] and back["pageInfo"]["hasNextPage"]


@pytest.mark.parametrize(
    "arguments", [{"first": 0}, {"first": 101}, {"first": -1}, {"first": 1, "last": 1}, {"after": "garbage"}]
)
async def test_a_page_that_makes_no_sense_is_refused(community: Community, arguments: dict) -> None:
    pair = await community.pair()
    answer = await pair.mentor.ask(PAGE, id=pair.id, **arguments)
    assert answer["errors"][0]["extensions"]["code"] == "INVALID_INPUT"


async def test_after_the_end_both_read_and_nobody_writes(community: Community) -> None:
    pair = await community.pair()
    post_id = (await pair.mentor.do(CREATE_POST, input={"matchId": pair.id, "body": "Goodbye"}))["post"]["id"]
    await pair.mentee.do(END_MATCH, input={"matchId": pair.id, "reason": "GOAL_REACHED"})
    async with community.nothing_changes():
        for person in (pair.mentor, pair.mentee):
            error = await person.refused(CREATE_POST, input={"matchId": pair.id, "body": "One more"})
            assert error["code"] == "READ_ONLY"
            error = await person.refused(CREATE_COMMENT, input={"postId": post_id, "body": "One more"})
            assert error["code"] == "READ_ONLY"
        assert (await pair.mentor.refused(DELETE_POST, input={"postId": post_id}))["code"] == "READ_ONLY"
    for person in (pair.mentor, pair.mentee):
        (edge,) = (await thread_of(person, pair))["edges"]
        assert edge["node"]["body"] == "Goodbye"
    async with pair.mentor.hears(MATCH_ACTIVITY, matchId=pair.id) as maya:
        with pytest.raises(Completed):
            await maya.next()


async def test_ids_of_a_step_that_are_none_are_refused(community: Community) -> None:
    pair = await community.pair()
    async with community.nothing_changes():
        for step_id in ("", "garbage", pair.id):
            given = {"matchId": pair.id, "body": "Hi", "stepProgressId": step_id}
            error = await pair.mentor.refused(CREATE_POST, input=given)
            assert (error["code"], error["path"]) == ("NOT_FOUND", ["input", "stepProgressId"])
