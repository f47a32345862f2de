"""What a search answers: the order, pages, snippets, and what it reads to find them."""

import json
from collections.abc import Iterator
from typing import Any

from tests.community import Community
from tests.rounds import key
from tests.searching import FIND, comment, find, found, message, post
from tests.statements import cost, counted

WRITINGS = ("posts", "comments", "messages")


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
