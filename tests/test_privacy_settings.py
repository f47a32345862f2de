"""Privacy settings: what one of the two does not share neither sees; and what of presence is told to machines."""

import asyncio
import logging
import re
from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from pubsub import presence
from tests.community import Community
from tests.documents import (
    CREATE_POST,
    MARK_READ,
    PARTNER_PRESENCE,
    SPACE,
    UPDATE_PRIVACY_SETTINGS,
    VIEWER_ACTIVITY,
)
from tests.looking import ALONE, THERE, looking, types, until
from tests.rounds import key

IDS_ONLY = re.compile(
    "(ask|here|gone) [0-9a-f]{16} ([0-9a-f]{32}(:[0-9a-f]{32})?,?)+|typing:[0-9a-f]{32}:[01]:[0-9a-f]{16}"
)
"""A word, the worker who says it, and people with or without a match; or a person who types, or not."""

SETTINGS = "{ viewer { privacySettings { sharesPresence sharesTyping sharesReadReceipts } } }"


async def test_everything_is_shared_until_somebody_chooses_otherwise(community: Community) -> None:
    tom = await community.person("Tom")
    assert (await tom.do(SETTINGS))["privacySettings"] == {
        "sharesPresence": True,
        "sharesTyping": True,
        "sharesReadReceipts": True,
    }
    answer = await tom.do(UPDATE_PRIVACY_SETTINGS, input={"sharesTyping": False})
    assert answer["viewer"]["privacySettings"] == {
        "sharesPresence": True,
        "sharesTyping": False,
        "sharesReadReceipts": True,
    }
    assert (await tom.do(SETTINGS)) == {"privacySettings": answer["viewer"]["privacySettings"]}
    error = await community.nobody.refused(UPDATE_PRIVACY_SETTINGS, input={"sharesTyping": True})
    assert error["code"] == "UNAUTHENTICATED"


@pytest.mark.parametrize("who", ["mentor", "mentee"])
@pytest.mark.parametrize(
    ("setting", "name"), [("sharesPresence", "online"), ("sharesTyping", "typing"), ("sharesReadReceipts", "readUpTo")]
)
async def test_what_one_of_the_two_does_not_share_neither_sees(
    community: Community, setting: str, name: str, who: str
) -> None:
    """Both are there, type and have read. One keeps one thing to himself: it vanishes for both, and the rest stays."""
    pair = await community.pair()
    await pair.mentor.do(CREATE_POST, input={"matchId": pair.id, "body": "Hello"})
    cursor = (await pair.mentor.do(SPACE, id=pair.id))["space"]["activityCursor"]
    for person in (pair.mentor, pair.mentee):
        await person.do(MARK_READ, input={"matchId": pair.id, "upTo": cursor})
    full = {"online": True, "typing": True, "readUpTo": cursor}
    async with (
        pair.mentor.hears(PARTNER_PRESENCE, matchId=pair.id) as maya,
        pair.mentee.hears(PARTNER_PRESENCE, matchId=pair.id) as tom,
    ):
        for person in (pair.mentor, pair.mentee):
            await types(person, pair)
        for ears in (maya, tom):
            assert await until(ears, **full)
        await getattr(pair, who).do(UPDATE_PRIVACY_SETTINGS, input={setting: False})
        for ears in (maya, tom):
            assert await ears.next() == full | {name: ALONE[name]}
        await getattr(pair, who).do(UPDATE_PRIVACY_SETTINGS, input={setting: True})
        for ears in (maya, tom):
            assert (await ears.next())[name] == full[name]


async def test_who_does_not_share_his_typing_is_answered_as_usual(community: Community) -> None:
    pair = await community.pair()
    await pair.mentee.do(UPDATE_PRIVACY_SETTINGS, input={"sharesTyping": False})
    async with looking(pair.mentor, pair) as maya:
        await types(pair.mentee, pair)
        await maya.silence()


async def test_redis_carries_ids_only_and_the_log_not_even_those(
    community: Community, redis_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    pair = await community.pair()
    with caplog.at_level(logging.INFO):
        async with Redis.from_url(redis_url) as redis, redis.pubsub() as spying:
            await spying.psubscribe("mentorship:presence*")
            async with looking(pair.mentor, pair) as maya, pair.mentee.hears(VIEWER_ACTIVITY):
                await types(pair.mentee, pair)
                await until(maya, online=True, typing=True)
                await asyncio.sleep(0.5)
            heard = [message async for message in messages(spying)]
    assert {each for each in heard if not IDS_ONLY.fullmatch(each)} == set()
    assert {re.split("[ :]", each)[0] for each in heard} >= {"ask", "here", "gone", "typing"}
    assert key(pair.mentee.id).hex not in caplog.text and str(key(pair.mentee.id)) not in caplog.text


async def messages(spying) -> AsyncIterator[str]:
    while message := await spying.get_message(timeout=0.5):
        if message["type"] == "pmessage":
            yield message["data"].decode()


@pytest.mark.parametrize("garbage", ["", "here", "here x", "ask a b c", "typing:x:1:y", "read:zz:1", "\x00"])
async def test_what_nobody_of_ours_said_is_passed_over(community: Community, redis_url: str, garbage: str) -> None:
    pair = await community.pair()
    async with looking(pair.mentor, pair) as maya, Redis.from_url(redis_url) as redis:
        for channel in (presence.CHANNEL, presence.channel_of(key(pair.id))):
            await redis.publish(f"mentorship:{channel}", garbage)
        async with pair.mentee.hears(VIEWER_ACTIVITY):
            assert await maya.next() == THERE
