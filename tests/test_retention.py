"""Where the operator has set a time for it, the words of pairs that ended are removed, and the two know before."""

import asyncio
from functools import partial

import pytest

from resolvers import retention, word_removal
from server.jobs import Ticker, jobs_of
from server.settings import Settings
from tests.community import Community, Pair
from tests.devices import another_device
from tests.documents import CREATE_POST, END_MATCH, SEND_MESSAGE, VIEWER_ACTIVITY
from tests.falling_due import id_of
from tests.invariants import invariants
from tests.servers import Served

THREAD = """
query($id: ID!) { match(id: $id) { state space {
  thread { posts(first: 50) { edges { node { id body deletedAt author { name } } } } }
  messages(first: 50) { edges { node { body } } }
} } }
"""
KINDS = "{ viewer { notifications(first: 20) { edges { node { kind } } } } }"


def ticker_on(served: Served, days: int | None = 100) -> Ticker:
    """The two jobs, for an operator who keeps words for so many days after the end."""
    jobs = jobs_of(Settings(keep_closed_pairs_days=days))
    return Ticker([job for job in jobs if job.kind in ("tell-of-removal", "remove-words")], served.clock)


async def ended_pair(community: Community, posts: int = 3) -> Pair:
    pair = await community.pair()
    for number in range(posts):
        for person in (pair.mentor, pair.mentee):
            given = {"matchId": pair.id, "body": f"{person.name} {number}"}
            await person.do(CREATE_POST, input=given)
            await person.do(SEND_MESSAGE, input=given)
    await pair.mentor.do(END_MATCH, input={"matchId": pair.id, "reason": "GOAL_REACHED", "feedback": "A fine time."})
    return pair


async def bodies(pair: Pair) -> list[str | None]:
    space = (await (await another_device(pair.mentee)).do(THREAD, id=pair.id))["space"]
    return [edge["node"]["body"] for edge in (*space["thread"]["posts"]["edges"], *space["messages"]["edges"])]


async def told(pair: Pair) -> list[int]:
    """How often each of the two was told that the words will go."""
    counts = []
    for person in (pair.mentor, pair.mentee):
        edges = (await (await another_device(person)).do(KINDS))["notifications"]["edges"]
        counts.append([edge["node"]["kind"] for edge in edges].count("WORDS_REMOVED_SOON"))
    return counts


async def test_the_two_are_told_a_month_before_and_then_both_find_tombstones(
    served: Served, community: Community
) -> None:
    pair = await ended_pair(community)
    served.clock.advance(days=69)
    async with community.nothing_changes():
        await ticker_on(served).tick()
    served.clock.advance(days=1)
    for _ in range(2):
        await ticker_on(served).tick()
    assert await told(pair) == [1, 1]
    served.clock.advance(days=29)
    await ticker_on(served).tick()
    assert None not in await bodies(pair)
    served.clock.advance(days=1)
    maya = await another_device(pair.mentor)
    async with maya.hears(VIEWER_ACTIVITY) as ears:
        await ears.silence(0.3)
        await ticker_on(served).tick()
        heard = await ears.next()
        assert (heard["__typename"], heard["actor"], heard["match"]["id"]) == ("MatchChanged", None, pair.id)
        await ears.silence(0.3)
    assert await bodies(pair) == [None] * 12
    feedback = "SELECT end_feedback FROM matches WHERE id = $1"
    assert await community.database.fetchval(feedback, id_of(pair.id)) is None
    async with community.nothing_changes():
        await ticker_on(served).tick()
    await invariants(community.database)


async def test_unless_the_operator_wishes_it_nothing_is_ever_removed(served: Served, community: Community) -> None:
    await ended_pair(community)
    served.clock.advance(days=10_000)
    async with community.nothing_changes():
        await ticker_on(served, None).tick()


async def test_an_operator_who_begins_late_still_gives_everybody_a_month(served: Served, community: Community) -> None:
    pair = await ended_pair(community)
    served.clock.advance(days=1_000)
    await ticker_on(served).tick()
    assert (await told(pair), None in await bodies(pair)) == ([1, 1], False)
    served.clock.advance(days=30)
    await ticker_on(served).tick()
    assert await bodies(pair) == [None] * 12


async def test_pairs_under_way_keep_their_words(served: Served, community: Community) -> None:
    pair = await community.pair()
    await pair.mentor.do(CREATE_POST, input={"matchId": pair.id, "body": "Hello!"})
    served.clock.advance(days=1_000)
    await ticker_on(served).tick()
    served.clock.advance(days=30)
    await ticker_on(served).tick()
    assert await bodies(pair) == ["Hello!"]


async def test_two_workers_and_a_crash_half_way_end_where_one_would(
    served: Served, community: Community, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(word_removal, "BATCH_ROWS", 2)
    monkeypatch.setattr(retention, "MOST_BATCHES", 2)
    pair = await ended_pair(community, 5)
    served.clock.advance(days=70)
    await asyncio.gather(*(ticker_on(served).tick() for _ in range(2)))
    assert await told(pair) == [1, 1]
    served.clock.advance(days=30)
    database = community.database
    await database.execute(
        "CREATE OR REPLACE FUNCTION refuse_to_go_on() RETURNS trigger LANGUAGE plpgsql AS"
        " 'BEGIN RAISE EXCEPTION ''no''; END'; CREATE TRIGGER crash BEFORE UPDATE ON matches FOR EACH ROW"
        " WHEN (NEW.words_removed_at IS NOT NULL) EXECUTE FUNCTION refuse_to_go_on()"
    )
    ticker = ticker_on(served)
    async with asyncio.timeout(30):
        while not ticker.failed:
            await ticker.tick()
            await invariants(database)
    await database.execute("DROP TRIGGER crash ON matches")
    served.clock.advance(minutes=2)
    done = partial(database.fetchval, "SELECT words_removed_at FROM matches WHERE id = $1", id_of(pair.id))
    async with asyncio.timeout(30):
        while await done() is None:
            await asyncio.gather(*(ticker_on(served).tick() for _ in range(2)))
    heard = "SELECT count(*) FROM activity WHERE stream_id = $1 AND occurred_at = $2 AND kind = 'MATCH_CHANGED'"
    assert await database.fetchval(heard, id_of(pair.mentor.id), served.clock()) == 1
    assert await bodies(pair) == [None] * 20
    await invariants(database)
