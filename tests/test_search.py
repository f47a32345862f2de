"""Search: people find again what they and their partner wrote, and never a word of anybody else's."""

import asyncio

from tests.community import Community, Pair
from tests.documents import DELETE_COMMENT, DELETE_MESSAGE, DELETE_POST, EDIT_POST, END_MATCH, REMOVE_MEMBER
from tests.searching import FIND, comment, find, found, message, post


async def test_both_find_the_words_of_both_in_posts_comments_and_messages(community: Community) -> None:
    pair = await community.pair()
    post_id = await post(pair.mentor, pair, "How to price lavender soap")
    comment_id = await comment(pair.mentee, post_id, "And what about lavender candles?")
    message_id = await message(pair.mentee, pair, "The lavender arrived!")
    await message(pair.mentee, pair, "See you on Tuesday")
    for person in (pair.mentor, pair.mentee):
        edges = (await find(person, "lavender"))["edges"]
        hits = [(edge["node"]["__typename"], edge["node"]["id"], edge["node"]["author"]["name"]) for edge in edges]
        assert hits == [("Message", message_id, "Tom"), ("Comment", comment_id, "Tom"), ("Post", post_id, "Maya")]
        assert edges[1]["node"]["post"]["id"] == post_id
        assert edges[0]["snippet"] == [
            {"text": "The ", "matched": False},
            {"text": "lavender", "matched": True},
            {"text": " arrived!", "matched": False},
        ]


async def test_nobody_else_finds_a_word(community: Community) -> None:
    pair, other = await community.pair(), await community.pair("Nia", "Olu")
    await comment(pair.mentee, await post(pair.mentor, pair, "zanzibar"), "zanzibar")
    await message(pair.mentee, pair, "zanzibar")
    mine = await post(other.mentor, other, "zanzibar, but mine")
    for arguments in ({}, {"matchId": pair.id}):
        for person in (pair.admin, await community.person("Eve")):
            assert await found(person, "zanzibar", **arguments) == []
    assert [edge["node"]["id"] for edge in (await find(other.mentee, "zanzibar"))["edges"]] == [mine]
    assert await community.nobody.do(FIND, query="zanzibar") is None


async def test_somebody_elses_match_is_one_that_does_not_exist(community: Community) -> None:
    pair, other = await community.pair(), await community.pair("Nia", "Olu")
    await post(pair.mentor, pair, "zanzibar")
    await post(other.mentor, other, "zanzibar")
    answers = [
        await other.mentor.ask(FIND, query="zanzibar", matchId=match_id)
        for match_id in (pair.id, pair.id[:-4] + "AAAA", pair.mentor.id, "garbage", "")
    ]
    assert answers == [answers[0]] * 5 and answers[0]["data"]["viewer"]["search"]["edges"] == []


async def test_one_pair_of_several_is_searched_alone(community: Community) -> None:
    first = await community.pair()
    ada, maya, nia = first.admin, first.mentor, await community.person("Nia")
    group_id = await community.group(ada, maya, nia)
    program_id = await community.program(ada, group_id)
    sign_ups = [await community.sign_up(maya, program_id, "MENTOR"), await community.sign_up(nia, program_id, "MENTEE")]
    await community.advance(ada, program_id, "MATCHING")
    document = "mutation($input: CreateMatchInput!) { createMatch(input: $input) { match { id } errors { code } } }"
    given = {"mentorSignUpId": sign_ups[0], "menteeSignUpId": sign_ups[1]}
    second = Pair((await ada.do(document, input=given))["match"]["id"], maya, nia, ada, group_id, program_id)
    await post(maya, first, "lavender for Tom")
    await post(maya, second, "lavender for Nia")
    assert await found(maya, "lavender") == ["lavender for Nia", "lavender for Tom"]
    assert await found(maya, "lavender", matchId=first.id) == ["lavender for Tom"]
    assert await found(maya, "lavender", matchId=second.id) == ["lavender for Nia"]
    assert await found(first.mentee, "lavender") == ["lavender for Tom"]


async def test_what_was_deleted_or_changed_is_not_found_by_its_old_words(community: Community) -> None:
    pair = await community.pair()
    kept = await post(pair.mentor, pair, "rosemary")
    gone = await post(pair.mentor, pair, "rosemary")
    comment_id = await comment(pair.mentor, gone, "rosemary")
    message_id = await message(pair.mentor, pair, "rosemary")
    await pair.mentor.do(EDIT_POST, input={"postId": kept, "body": "thyme"})
    await pair.mentor.do(DELETE_POST, input={"postId": gone})
    assert await found(pair.mentee, "rosemary") == ["rosemary"] * 2, "the comment under a tombstone, and the message"
    await pair.mentor.do(DELETE_COMMENT, input={"commentId": comment_id})
    await pair.mentor.do(DELETE_MESSAGE, input={"messageId": message_id})
    assert await found(pair.mentee, "rosemary") == []
    assert await found(pair.mentee, "thyme") == ["thyme"]


async def test_after_the_end_both_still_find_and_who_was_removed_finds_nothing(community: Community) -> None:
    pair, other = await community.pair(), await community.pair("Nia", "Olu")
    for each in (pair, other):
        await post(each.mentor, each, "marjoram")
    await pair.mentee.do(END_MATCH, input={"matchId": pair.id, "reason": "GOAL_REACHED"})
    for person in (pair.mentor, pair.mentee):
        assert await found(person, "marjoram") == ["marjoram"]
    await other.admin.do(REMOVE_MEMBER, input={"groupId": other.group, "userId": other.mentor.id})
    assert await found(other.mentor, "marjoram") == []
    assert await found(other.mentor, "marjoram", matchId=other.id) == []
    assert await found(other.mentee, "marjoram") == ["marjoram"], "the partner keeps the words"


async def test_somebody_found_to_be_under_18_finds_nothing(community: Community) -> None:
    pair = await community.pair()
    await post(pair.mentor, pair, "basil")
    birthday = "UPDATE users SET birth_date = '2010-01-01' WHERE email = $1"
    await community.database.execute(birthday, pair.mentee.email)
    assert await found(pair.mentee, "basil") == []
    assert await found(pair.mentor, "basil") == ["basil"]


async def test_what_is_deleted_while_one_searches_is_not_shown(community: Community) -> None:
    pair = await community.pair()
    ids = [await post(pair.mentor, pair, f"sage {number}") for number in range(8)]
    deleting = asyncio.gather(*(pair.mentor.do(DELETE_POST, input={"postId": post_id}) for post_id in ids))
    for _ in range(10):
        assert None not in await found(pair.mentee, "sage")
    await deleting
    assert await found(pair.mentee, "sage") == []
