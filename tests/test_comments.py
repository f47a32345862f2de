"""Comments: what the two write under a post, and what nobody else can do to it."""

import asyncio
from typing import Any

import pytest

from tests.community import Community, Pair, Person
from tests.documents import (
    CREATE_COMMENT,
    CREATE_POST,
    DELETE_COMMENT,
    DELETE_POST,
    EDIT_COMMENT,
    END_MATCH,
    MATCH_ACTIVITY,
    REMOVE_MEMBER,
    SPACE,
)
from tests.invariants import invariants
from tests.racing import all_at_once

PAGE = """
query($id: ID!, $first: Int, $after: String, $last: Int, $before: String) {
  node(id: $id) { ... on Post { comments(first: $first, after: $after, last: $last, before: $before) {
    edges { cursor node { body } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  } } }
}
"""


async def posted(pair: Pair) -> str:
    """A new post of Maya's."""
    return (await pair.mentor.do(CREATE_POST, input={"matchId": pair.id, "body": "How was the market?"}))["post"]["id"]


async def comments_of(person: Person, post_id: str, **arguments: Any) -> dict[str, Any]:
    return (await person.do(PAGE, id=post_id, **arguments))["comments"]


def bodies(page: dict[str, Any]) -> list[str | None]:
    return [edge["node"]["body"] for edge in page["edges"]]


async def test_tom_comments_and_maya_hears_reads_and_hears_every_change(community: Community) -> None:
    pair = await community.pair()
    post_id = await posted(pair)
    async with (
        pair.mentor.hears(MATCH_ACTIVITY, matchId=pair.id) as maya,
        pair.mentor.hears_events(MATCH_ACTIVITY, matchId=pair.id) as also,
    ):
        await asyncio.gather(maya.silence(0.2), also.silence(0.2))
        given = {"postId": post_id, "body": "Sold *out*!"}
        comment = (await pair.mentee.do(CREATE_COMMENT, input=given))["comment"]
        assert (comment["author"]["id"], comment["post"]["id"]) == (pair.mentee.id, post_id)
        for heard in (await maya.next(), await also.next()):
            assert (heard["__typename"], heard["actor"]["id"]) == ("CommentAdded", pair.mentee.id)
            assert heard["comment"] == {"id": comment["id"], "body": "Sold *out*!", "post": {"id": post_id}}

        mine = {"commentId": comment["id"]}
        edited = (await pair.mentee.do(EDIT_COMMENT, input=mine | {"body": "Sold out by noon!"}))["comment"]
        assert edited["body"] == "Sold out by noon!" and edited["editedAt"]
        heard = await maya.next()
        assert (heard["__typename"], heard["comment"]["body"]) == ("CommentChanged", "Sold out by noon!")

        gone = (await pair.mentee.do(DELETE_COMMENT, input=mine))["comment"]
        assert gone["body"] is None and gone["deletedAt"]
        heard = await maya.next()
        assert heard["__typename"] == "CommentChanged" and heard["comment"]["body"] is None
        async with community.nothing_changes():
            assert (await pair.mentee.do(DELETE_COMMENT, input=mine))["comment"] == gone, "again changes nothing"
            error = await pair.mentee.refused(EDIT_COMMENT, input=mine | {"body": "Back"})
            assert (error["code"], error["path"]) == ("READ_ONLY", ["input", "commentId"])
        await maya.silence()
    assert bodies(await comments_of(pair.mentor, post_id)) == [None], "a tombstone keeps its place"
    assert await community.database.fetchval("SELECT count(*) FROM comments WHERE body LIKE 'Sold%'") == 0


@pytest.mark.parametrize("body", [" \n", "x" * 10_001, "nul \x00 byte"])
async def test_a_text_that_is_none_is_refused_and_leaves_nothing(community: Community, body: str) -> None:
    pair = await community.pair()
    post_id = await posted(pair)
    comment = (await pair.mentee.do(CREATE_COMMENT, input={"postId": post_id, "body": "Hi"}))["comment"]
    async with pair.mentor.hears(MATCH_ACTIVITY, matchId=pair.id) as maya:
        await maya.silence(0.1)
        async with community.nothing_changes():
            for document, id_ in ((CREATE_COMMENT, {"postId": post_id}), (EDIT_COMMENT, {"commentId": comment["id"]})):
                error = await pair.mentee.refused(document, input=id_ | {"body": body})
                assert (error["code"], error["path"]) == ("INVALID_INPUT", ["input", "body"])
        await maya.silence()


async def test_only_the_two_comment_and_only_its_author_changes_one(community: Community) -> None:
    pair, other = await community.pair(), await community.pair("Nia", "Olu")
    post_id = await posted(pair)
    comment = (await pair.mentee.do(CREATE_COMMENT, input={"postId": post_id, "body": "Hi"}))["comment"]
    acts = [
        (CREATE_COMMENT, "postId", post_id, {"body": "Let me in"}),
        (EDIT_COMMENT, "commentId", comment["id"], {"body": "Let me in"}),
        (DELETE_COMMENT, "commentId", comment["id"], {}),
    ]
    async with pair.mentee.hears(MATCH_ACTIVITY, matchId=pair.id) as tom:
        await tom.silence(0.1)
        async with community.nothing_changes():
            for document, name, id_, more in acts:
                refusals = [
                    await each.refused(document, input={name: id_} | more) for each in (pair.admin, other.mentor)
                ]
                refusals.append(await other.mentor.refused(document, input={name: pair.id} | more))
                assert refusals == [refusals[0]] * 3
                assert (refusals[0]["code"], refusals[0]["path"]) == ("NOT_FOUND", ["input", name])
                assert (await community.nobody.refused(document, input={name: id_} | more))["code"] == "UNAUTHENTICATED"
            for document, name, id_, more in acts[1:]:
                error = await pair.mentor.refused(document, input={name: id_} | more)
                assert (error["code"], error["path"]) == ("FORBIDDEN", ["input", "commentId"]), (
                    "the partner's is theirs"
                )
        await tom.silence()


async def test_a_deleted_post_keeps_its_comments_and_takes_more(community: Community) -> None:
    pair = await community.pair()
    post_id = await posted(pair)
    await pair.mentee.do(CREATE_COMMENT, input={"postId": post_id, "body": "Thanks"})
    await pair.mentor.do(DELETE_POST, input={"postId": post_id})
    await pair.mentee.do(CREATE_COMMENT, input={"postId": post_id, "body": "What did it say?"})
    (edge,) = (await pair.mentor.do(SPACE, id=pair.id))["space"]["thread"]["posts"]["edges"]
    assert edge["node"]["body"] is None
    assert bodies(edge["node"]["comments"]) == ["Thanks", "What did it say?"]


async def test_a_retry_comments_nothing_twice(community: Community) -> None:
    pair = await community.pair()
    post_id, another = await posted(pair), await posted(pair)
    given = {"postId": post_id, "body": "Sent from a train", "idempotencyKey": "k-1"}
    async with community.nothing_changes():
        await pair.mentee.refused(CREATE_COMMENT, input=given | {"body": " "})
        await pair.mentee.refused(CREATE_COMMENT, input=given | {"postId": "garbage"})
        for key in ("", " ", "x" * 101, "two\nlines"):
            error = await pair.mentee.refused(CREATE_COMMENT, input=given | {"idempotencyKey": key})
            assert (error["code"], error["path"]) == ("INVALID_INPUT", ["input", "idempotencyKey"])
    first = (await pair.mentee.do(CREATE_COMMENT, input=given))["comment"]
    await pair.mentee.do(EDIT_COMMENT, input={"commentId": first["id"], "body": "Edited since"})
    async with community.nothing_changes():
        again = (await pair.mentee.do(CREATE_COMMENT, input=given))["comment"]
        assert again["id"] == first["id"] and again["body"] == "Edited since", "the row as it is now"
        for changes in ({"body": "Another text"}, {"postId": another}):
            error = await pair.mentee.refused(CREATE_COMMENT, input=given | changes)
            assert (error["code"], error["path"]) == ("IDEMPOTENCY_MISMATCH", ["input", "idempotencyKey"])
    theirs = (await pair.mentor.do(CREATE_COMMENT, input=given))["comment"]
    assert theirs["id"] != first["id"], "a key is its author's"


async def test_eight_retries_at_once_are_one_comment(community: Community) -> None:
    pair = await community.pair()
    post_id = await posted(pair)
    given = {"postId": post_id, "body": "Only once", "idempotencyKey": "k-2"}
    async with pair.mentor.hears(MATCH_ACTIVITY, matchId=pair.id) as maya:
        await maya.silence(0.1)
        async with all_at_once(community, "matches", 8):
            tasks = [asyncio.create_task(pair.mentee.do(CREATE_COMMENT, input=given)) for _ in range(8)]
        assert len({answer["comment"]["id"] for answer in await asyncio.gather(*tasks)}) == 1
        assert (await maya.next())["__typename"] == "CommentAdded"
        await maya.silence()
    assert bodies(await comments_of(pair.mentor, post_id)) == ["Only once"]
    await invariants(community.database)


async def test_a_retry_by_somebody_removed_meanwhile_finds_nothing(community: Community) -> None:
    """His right to read the space was cut: to him it is as if it did not exist, his own words too."""
    pair = await community.pair()
    post = {"matchId": pair.id, "body": "Hello", "idempotencyKey": "k-3"}
    post_id = (await pair.mentor.do(CREATE_POST, input=post))["post"]["id"]
    comment = {"postId": post_id, "body": "I forgot", "idempotencyKey": "k-3"}
    await pair.mentor.do(CREATE_COMMENT, input=comment)
    await pair.admin.do(REMOVE_MEMBER, input={"groupId": pair.group, "userId": pair.mentor.id})
    async with community.nothing_changes():
        for document, given in ((CREATE_POST, post), (CREATE_COMMENT, comment)):
            for changes in ({}, {"body": "Another text"}):
                assert (await pair.mentor.refused(document, input=given | changes))["code"] == "NOT_FOUND"


async def test_comments_are_paged_oldest_first_and_do_not_shift(community: Community) -> None:
    pair = await community.pair()
    post_id = await posted(pair)
    for number in range(5):
        await pair.mentee.do(CREATE_COMMENT, input={"postId": post_id, "body": f"Comment {number}"})
    first = await comments_of(pair.mentor, post_id, first=2)
    assert bodies(first) == ["Comment 0", "Comment 1"]
    assert first["pageInfo"]["hasNextPage"] and not first["pageInfo"]["hasPreviousPage"]
    await pair.mentor.do(CREATE_COMMENT, input={"postId": post_id, "body": "Just now"})
    second = await comments_of(pair.mentor, post_id, first=4, after=first["pageInfo"]["endCursor"])
    assert bodies(second) == ["Comment 2", "Comment 3", "Comment 4", "Just now"]
    assert not second["pageInfo"]["hasNextPage"]
    assert bodies(await comments_of(pair.mentor, post_id, last=1)) == ["Just now"]
    back = await comments_of(pair.mentor, post_id, last=1, before=second["pageInfo"]["startCursor"])
    assert bodies(back) == ["Comment 1"] and back["pageInfo"]["hasPreviousPage"]


async def test_after_the_end_comments_are_read_and_not_changed(community: Community) -> None:
    pair = await community.pair()
    post_id = await posted(pair)
    given = {"postId": post_id, "body": "Sent just before", "idempotencyKey": "k-4"}
    comment = (await pair.mentee.do(CREATE_COMMENT, input=given))["comment"]
    await pair.mentor.do(END_MATCH, input={"matchId": pair.id, "reason": "GOAL_REACHED"})
    async with community.nothing_changes():
        for document, more in ((EDIT_COMMENT, {"body": "Better"}), (DELETE_COMMENT, {})):
            error = await pair.mentee.refused(document, input={"commentId": comment["id"]} | more)
            assert error["code"] == "READ_ONLY"
        again = (await pair.mentee.do(CREATE_COMMENT, input=given))["comment"]
        assert again == comment, "a retry is still answered with what it wrote"
    assert bodies(await comments_of(pair.mentor, post_id)) == ["Sent just before"]
