"""Emojis: what is one, how it is spelt, and how many different ones a post bears."""

import asyncio

import pytest
from emoji import EMOJI_DATA

from models.reactions import MAX_EMOJIS
from resolvers.emojis import one_emoji
from tests.community import Community
from tests.documents import REACT, UNREACT
from tests.invariants import invariants
from tests.racing import all_at_once
from tests.reacting import post_of, react, seen


@pytest.mark.parametrize(
    "emoji",
    ["", " ", "x", "1", "thumbs up", ":thumbsup:", "👍👍", "👍 ", " 👍", "👍a", "🏽", "\u200d", "\ufe0f", "👩\u200d",
     "<b>", "👍<script>", "\x00", "🇩", "é", "中", "👍" * 10_000],
)  # fmt: skip
async def test_what_is_not_exactly_one_emoji_is_refused(community: Community, emoji: str) -> None:
    pair = await community.pair()
    post_id = await post_of(pair.mentee, pair)
    async with community.nothing_changes():
        for document in (REACT, UNREACT):
            error = await pair.mentor.refused(document, input={"subjectId": post_id, "emoji": emoji})
            assert (error["code"], error["path"]) == ("INVALID_INPUT", ["input", "emoji"])


@pytest.mark.parametrize("emoji", ["👍🏽", "👨‍👩‍👧‍👦", "🏳️‍🌈", "🇩🇪", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "1️⃣", "©️", "👩🏽‍❤️‍💋‍👨🏿"])
async def test_an_emoji_of_many_characters_is_one(community: Community, emoji: str) -> None:
    pair = await community.pair()
    post_id = await post_of(pair.mentee, pair)
    await react(pair.mentor, post_id, emoji)
    assert await seen(pair.mentee, post_id) == [(emoji, [pair.mentor.id])]


def test_every_emoji_has_one_spelling_and_room_in_its_column() -> None:
    parts = {"🏻", "🏼", "🏽", "🏾", "🏿", "🦰", "🦱", "🦲", "🦳"}
    spelt = {one_emoji(emoji, ()) for emoji in EMOJI_DATA if emoji not in parts}
    assert len(spelt) > 3_500
    assert {one_emoji(emoji, ()) for emoji in spelt} == spelt
    assert max(map(len, spelt)) <= 32


async def test_a_post_bears_twenty_emojis_and_not_one_more(community: Community) -> None:
    pair = await community.pair()
    post_id = await post_of(pair.mentee, pair)
    emojis = [chr(0x1F600 + number) for number in range(MAX_EMOJIS + 1)]
    for number, emoji in enumerate(emojis[:-1]):
        await react((pair.mentor, pair.mentee)[number % 2], post_id, emoji)
    async with community.nothing_changes():
        for person in (pair.mentor, pair.mentee):
            error = await person.refused(REACT, input={"subjectId": post_id, "emoji": emojis[-1]})
            assert (error["code"], error["path"]) == ("CAPACITY_REACHED", ["input", "emoji"])
            assert str(MAX_EMOJIS) in error["message"]
    await react(pair.mentee, post_id, emojis[0])  # one that is there already
    await pair.mentee.do(UNREACT, input={"subjectId": post_id, "emoji": emojis[1]})
    await react(pair.mentee, post_id, emojis[-1])
    assert [emoji for emoji, _ in await seen(pair.mentor, post_id)] == [emojis[0], *emojis[2:]]


async def test_two_at_once_reach_the_limit_and_do_not_pass_it(community: Community) -> None:
    pair = await community.pair()
    post_id = await post_of(pair.mentee, pair)
    emojis = [chr(0x1F600 + number) for number in range(MAX_EMOJIS + 3)]
    for emoji in emojis[: MAX_EMOJIS - 1]:
        await react(pair.mentor, post_id, emoji)
    async with all_at_once(community, "matches", 4):
        racing = [
            asyncio.create_task(person.ask(REACT, input={"subjectId": post_id, "emoji": emoji}))
            for person, emoji in zip([pair.mentor, pair.mentee] * 2, emojis[-4:], strict=True)
        ]
    errors = [answer["data"]["react"]["errors"] for answer in await asyncio.gather(*racing)]
    assert sorted(each[0]["code"] for each in errors if each) == ["CAPACITY_REACHED"] * 3
    assert len(await seen(pair.mentor, post_id)) == MAX_EMOJIS
    await invariants(community.database)
