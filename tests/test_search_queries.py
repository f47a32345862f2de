"""What people type when they look for something: in any language, half typed, and made to break things."""

from typing import Any

import pytest

from resolvers.search import LONGEST_QUERY
from tests.community import Community
from tests.searching import FIND, found, post


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
