"""Ears in stories hear from when their block begins, however slow the server is to listen."""

import asyncio
from contextlib import AsyncExitStack
from typing import Any

import pytest

from pubsub.hub import Hub
from tests.community import Community
from tests.documents import CREATE_POST, MATCH_ACTIVITY, PARTNER_PRESENCE
from tests.listening import Ears


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server takes its time before it follows a stream."""
    follow = Hub.open

    async def later(*given: Any) -> Any:
        await asyncio.sleep(0.5)
        return await follow(*given)

    monkeypatch.setattr(Hub, "open", later)


@pytest.mark.parametrize("over", ["hears", "hears_events"])
async def test_an_act_that_follows_at_once_is_heard(community: Community, slow: None, over: str) -> None:
    pair = await community.pair()
    async with getattr(pair.mentee, over)(MATCH_ACTIVITY, matchId=pair.id) as tom:
        await pair.mentor.do(CREATE_POST, input={"matchId": pair.id, "body": "Hi"})
        assert [(await tom.next())["__typename"] for _ in range(2)] == ["MatchChanged", "PostAdded"]


async def test_several_who_begin_at_once_hear_it_all(community: Community, slow: None) -> None:
    pairs = [await community.pair() for _ in range(3)]
    async with AsyncExitStack() as stack:
        opening = (pair.mentee.hears(MATCH_ACTIVITY, matchId=pair.id) for pair in pairs)
        everybody: list[Ears] = await asyncio.gather(*map(stack.enter_async_context, opening))
        for pair, ears in zip(pairs, everybody, strict=True):
            await pair.mentor.do(CREATE_POST, input={"matchId": pair.id, "body": "Hi"})
            assert (await ears.next())["__typename"] == "MatchChanged"


@pytest.mark.parametrize("over", ["hears", "hears_events"])
async def test_nobody_waits_for_what_is_refused_or_follows_no_stream_or_is_over(
    community: Community, monkeypatch: pytest.MonkeyPatch, over: str
) -> None:
    monkeypatch.setattr("tests.listening.OPENING", 1_000)
    pair = await community.pair()
    async with getattr(community.nobody, over)(MATCH_ACTIVITY, matchId=pair.id) as nobody:
        assert (await nobody.refusal())["extensions"]["code"] == "UNAUTHENTICATED"
    async with getattr(pair.admin, over)("subscription { nonsense }") as admin:
        assert await admin.refusal()
    async with getattr(pair.mentee, over)(PARTNER_PRESENCE, matchId=pair.id) as tom:
        assert (await tom.next())["typing"] is False
    async with getattr(pair.mentee, over)("{ __typename }") as tom:
        assert await tom.rest() == ["Query"]
