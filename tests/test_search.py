"""Search: people find again what they and their partner wrote, and never a word of anybody else's."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest

from resolvers.search import LONGEST_QUERY
from tests.community import Community, Pair, Person
from tests.documents import (
    CREATE_COMMENT,
    CREATE_POST,
    DELETE_COMMENT,
    DELETE_MESSAGE,
    DELETE_POST,
    EDIT_POST,
    END_MATCH,
    REMOVE_MEMBER,
    SEND_MESSAGE,
)
from tests.rounds import key
from tests.test_statements import cost, counted

WRITINGS = ("posts", "comments", "messages")
FIND = """
query($query: String!, $matchId: ID, $first: Int, $after: String, $last: Int, $before: String) {
  viewer { search(query: $query, matchId: $matchId, first: $first, after: $after, last: $last, before: $before) {
    edges { cursor snippet { text matched } node { __typename
      ... on Post { id body author { name } reactions { emoji } }
      ... on Comment { id body author { name } post { id } }
      ... on Message { id body author { name } }
    } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  } }
}
"""


async def post(person: Person, pair: Pair, body: str) -> str:
    return (await person.do(CREATE_POST, input={"matchId": pair.id, "body": body}))["post"]["id"]


async def message(person: Person, pair: Pair, body: str) -> str:
    return (await person.do(SEND_MESSAGE, input={"matchId": pair.id, "body": body}))["message"]["id"]


async def comment(person: Person, post_id: str, body: str) -> str:
    return (await person.do(CREATE_COMMENT, input={"postId": post_id, "body": body}))["comment"]["id"]


async def find(person: Person, query: str, **arguments: Any) -> dict[str, Any]:
    return (await person.do(FIND, query=query, **arguments))["search"]


async def found(person: Person, query: str, **arguments: Any) -> list[str]:
    return [edge["node"]["body"] for edge in (await find(person, query, **arguments))["edges"]]


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


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("strasse", "An der Straße wartet das Café."),
        ("STRASSE cafe", "An der Straße wartet das Café."),
        ("café", "An der Straße wartet das Café."),
        ("naive resume", "A naïve résumé"),
        ("ПРИВЕТ", "Привет, как дела?"),
        ("ёлка", "Елка стоит"),
        ("μαθημα", "Το πρώτο μάθημα"),
        ("你好", "你好，世界"),
        ("مرحبا", "مرحبا بك"),
        ("नमस्ते", "नमस्ते दोस्त"),
        ("talk.example", "See https://talk.example/slides"),
        ("follow-up", "A follow-up call"),
        ("3d", "A 3D printer"),
    ],
)
async def test_words_of_any_language_with_accents_or_without(community: Community, query: str, expected: str) -> None:
    pair = await community.pair()
    await post(pair.mentor, pair, expected)
    await post(pair.mentor, pair, "Something else")
    assert await found(pair.mentee, query) == [expected]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("first talk", {"my first public talk", "a talk is the first step"}),
        ('"first step"', {"a talk is the first step"}),
        ('"first talk"', set()),
        ("first -public", {"a talk is the first step"}),
        ('talk -"first step"', {"my first public talk"}),
        ("public or step", {"my first public talk", "a talk is the first step"}),
        ("pub", {"my first public talk"}),
        ("first pub", {"my first public talk"}),
        ("pub ", {"my first public talk"}),
        ("pub first", set()),
        ("ublic", set()),
        ("first -pub", {"my first public talk", "a talk is the first step"}),
        ("the", {"a talk is the first step"}),
    ],
)
async def test_quotes_minus_or_and_a_word_half_typed(community: Community, query: str, expected: set[str]) -> None:
    pair = await community.pair()
    for body in ("my first public talk", "a talk is the first step", "something else"):
        await post(pair.mentor, pair, body)
    assert set(await found(pair.mentee, query)) == expected


@pytest.mark.parametrize(
    "query",
    ["'", "''", "\\", "&", "| & !", "a & b |", "(", "!!", "<->", ":*", "a:*b", '"', '"first', "- -", "-", "or", "or or",
     "_", "'; DROP TABLE posts; --", "%", "🧼", "x" * LONGEST_QUERY, "a " * 100, "\u200b\u00ad.", "'a':*", "first'"],
)  # fmt: skip
async def test_whatever_is_typed_is_looked_for_and_breaks_nothing(community: Community, query: str) -> None:
    pair = await community.pair()
    await post(pair.mentor, pair, "the first")
    async with community.nothing_changes():
        answer = await pair.mentee.ask(FIND, query=query)
    assert "errors" not in answer, answer


@pytest.mark.parametrize("query", ["", "   ", "\n", "x" * (LONGEST_QUERY + 1), "nul \x00", "two\nlines", "\u200b"])
async def test_a_query_that_is_none_is_refused(community: Community, query: str) -> None:
    pair = await community.pair()
    (error,) = (await pair.mentor.ask(FIND, query=query))["errors"]
    assert (error["extensions"]["code"], error["path"]) == ("INVALID_INPUT", ["viewer", "search"])


@pytest.mark.parametrize(
    "arguments",
    [{"first": 0}, {"first": 101}, {"last": 101}, {"first": 1, "last": 1}, {"after": "garbage"}, {"after": "cGxhY2U6"},
     {"before": "cGxhY2U6bmFuOjAxOTAwMDAwLTAwMDAtNzAwMC04MDAwLTAwMDAwMDAwMDAwMA"},
     {"after": "cGxhY2U6MWU5OTowMTkwMDAwMC0wMDAwLTcwMDAtODAwMC0wMDAwMDAwMDAwMDA"}],
)  # fmt: skip
async def test_a_page_that_makes_no_sense_is_refused(community: Community, arguments: dict[str, Any]) -> None:
    pair = await community.pair()
    (error,) = (await pair.mentor.ask(FIND, query="soap", **arguments))["errors"]
    assert error["extensions"]["code"] == "INVALID_INPUT"


async def test_the_best_comes_first_and_of_equals_the_newest(community: Community) -> None:
    pair = await community.pair()
    far = "soap is what we make, and everybody in town asks us for the price"
    for body in (far, "soap price", "price, soap; soap, price", "soap price now", "price"):
        await message(pair.mentor, pair, body)
    expected = ["price, soap; soap, price", "soap price now", "soap price", far]
    assert await found(pair.mentee, "soap price") == expected


async def test_pages_do_not_shift_when_something_is_written_meanwhile(community: Community) -> None:
    pair = await community.pair()
    post_id = await post(pair.mentor, pair, "soap 0")
    for number in range(1, 7):
        write = (comment(pair.mentee, post_id, f"soap {number}"), message(pair.mentor, pair, f"soap {number}"))
        await write[number % 2]
        write[1 - number % 2].close()
    await message(pair.mentor, pair, "soap, soap, soap")

    first = await find(pair.mentee, "soap", first=3)
    assert [edge["node"]["body"] for edge in first["edges"]] == ["soap, soap, soap", "soap 6", "soap 5"]
    assert first["pageInfo"]["hasNextPage"] and not first["pageInfo"]["hasPreviousPage"]
    await message(pair.mentor, pair, "soap, soap, soap, soap")
    await message(pair.mentor, pair, "soap, just now")
    second = await find(pair.mentee, "soap", first=3, after=first["pageInfo"]["endCursor"])
    assert [edge["node"]["body"] for edge in second["edges"]] == ["soap 4", "soap 3", "soap 2"]
    back = await find(pair.mentee, "soap", last=2, before=second["pageInfo"]["startCursor"])
    assert [edge["node"]["body"] for edge in back["edges"]] == ["soap 6", "soap 5"]
    assert back["pageInfo"]["hasPreviousPage"] and back["pageInfo"]["hasNextPage"]
    last = await find(pair.mentee, "soap", first=3, after=second["pageInfo"]["endCursor"])
    assert [edge["node"]["body"] for edge in last["edges"]] == ["soap 1", "soap 0"]
    assert not last["pageInfo"]["hasNextPage"]


async def test_a_snippet_is_plain_text_in_one_piece_however_the_body_tries(community: Community) -> None:
    pair = await community.pair()
    body = "<script>alert(1)</script> \x02soap\x03 <b>soap</b>\n\n<img src=x onerror=alert(1)>"
    await post(pair.mentor, pair, body)
    long = "word " * 500 + "<i>parsley</i> " + "word " * 500 + "parsley" + " word" * 500
    await post(pair.mentor, pair, long)

    ((edge),) = (await find(pair.mentee, "soap"))["edges"]
    assert edge["node"]["body"] == body
    assert [piece["text"] for piece in edge["snippet"] if piece["matched"]] == ["soap", "soap"]
    written = "".join(piece["text"] for piece in edge["snippet"])
    assert "<b>soap</b>" in written, "as it was written: text for the client to escape, and no HTML"
    assert not any(mark in written for mark in "\x02\x03\n")

    ((edge),) = (await find(pair.mentee, "parsley"))["edges"]
    assert [piece["text"] for piece in edge["snippet"] if piece["matched"]] == ["parsley"] * 2
    assert sum(len(piece["text"]) for piece in edge["snippet"]) < 400


async def test_what_is_deleted_while_one_searches_is_not_shown(community: Community) -> None:
    pair = await community.pair()
    ids = [await post(pair.mentor, pair, f"sage {number}") for number in range(8)]
    deleting = asyncio.gather(*(pair.mentor.do(DELETE_POST, input={"postId": post_id}) for post_id in ids))
    for _ in range(10):
        assert None not in await found(pair.mentee, "sage")
    await deleting
    assert await found(pair.mentee, "sage") == []


async def test_a_search_costs_the_same_however_much_it_finds(community: Community) -> None:
    pair = await community.pair()

    async def write() -> None:
        await comment(pair.mentee, await post(pair.mentor, pair, "mint"), "mint")
        await message(pair.mentee, pair, "mint")

    await write()
    few = await cost(pair.mentee, FIND, query="mint")
    for _ in range(6):
        await write()
    assert await cost(pair.mentee, FIND, query="mint", first=100) == few


MORE_MATCHES = """
INSERT INTO matches SELECT (jsonb_populate_record(model, jsonb_build_object(
    'id', gen_random_uuid(), 'state', 'ENDED', 'ended_at', now()))).*
FROM matches AS model, generate_series(1, 200) WHERE model.id = $1
"""
MORE_WRITINGS = """
INSERT INTO {table} SELECT (jsonb_populate_record(model, jsonb_build_object(
    'id', gen_random_uuid(), 'match_id', matches.id, 'number', 1000 + row_number() OVER ()))).*
FROM {table} AS model, matches, generate_series(1, 50) WHERE model.match_id = $1 AND mentor_id = $2
"""


async def test_a_search_reads_what_the_viewers_pairs_wrote_and_nothing_else(community: Community) -> None:
    """Among 200 pairs that have written 10,000 posts, comments and messages each."""
    pair, other = await community.pair(), await community.pair("Nia", "Olu")
    for each in (pair, other):
        await comment(each.mentee, await post(each.mentor, each, "tarragon"), "tarragon")
        await message(each.mentee, each, "tarragon")
    await community.database.execute(MORE_MATCHES, key(other.id))
    for table in WRITINGS:
        statement = MORE_WRITINGS.format(table=table)
        await community.database.execute(statement, key(other.id), key(other.mentor.id))
        await community.database.execute(f"ANALYZE {table}")
    await community.database.execute("ANALYZE matches")

    with counted() as statements:
        assert await found(pair.mentee, "tarragon") == ["tarragon"] * 3
    (statement,) = [each for each in statements if "websearch_to_tsquery" in each]
    explain = f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}"
    plan = await community.database.fetchval(explain, "tarragon", key(pair.mentee.id), None)
    reads = {table: [node for node in nodes(json.loads(plan)[0]["Plan"]) if is_over(node, table)] for table in WRITINGS}
    for table, (read,) in reads.items():
        assert read["Node Type"] != "Seq Scan", table
        assert read["Actual Rows"] * read["Actual Loops"] + read.get("Rows Removed by Filter", 0) == 1, table


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for each in plan.get("Plans", []):
        yield from nodes(each)


def is_over(node: dict[str, Any], table: str) -> bool:
    return node.get("Relation Name") == table
