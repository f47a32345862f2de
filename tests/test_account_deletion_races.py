"""Deleting an account in batches: two workers, crashes half-way, and groups that are joined at that very moment."""

import asyncio

import pytest

from resolvers import erasures, word_removal
from tests.community import PASSWORD, Community
from tests.deleting import DELETE, delete, erase_all, found, toms_pair
from tests.documents import (
    JOIN_GROUP,
)
from tests.falling_due import id_of, ticker_on
from tests.invariants import invariants
from tests.servers import Served


async def test_of_many_words_each_batch_is_whole_and_two_workers_share_them(
    served: Served, community: Community, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(word_removal, "BATCH_ROWS", 2)
    monkeypatch.setattr(erasures, "MOST_BATCHES", 2)
    pair, marker = await toms_pair(community, 5)
    await delete(pair.mentee)
    served.clock.advance(days=14)
    async with asyncio.timeout(30):
        while await found(community, marker):
            await asyncio.gather(*(ticker_on(served, "erase-account").tick() for _ in range(2)))
            await invariants(community.database)
    await erase_all(served, community)
    told = await community.database.fetchval(
        "SELECT count(*) FROM activity WHERE stream_id = $1 AND kind = 'MATCH_CHANGED' AND occurred_at = $2",
        id_of(pair.mentor.id),
        served.clock(),
    )
    assert told == 1, "the partner hears once"
    async with community.nothing_changes():
        await ticker_on(served, "erase-account").tick()


@pytest.mark.parametrize("table", ["posts", "messages", "sign_ups", "notifications", "account_deletions"])
async def test_a_crash_half_way_leaves_it_due_and_loses_nothing(
    served: Served, community: Community, monkeypatch: pytest.MonkeyPatch, table: str
) -> None:
    """The database refuses to go on at some table; once it lets, the next tick goes on from there."""
    monkeypatch.setattr(word_removal, "BATCH_ROWS", 2)
    pair, marker = await toms_pair(community)
    await delete(pair.mentee)
    served.clock.advance(days=14)
    database = community.database
    await database.execute(
        "CREATE OR REPLACE FUNCTION refuse_to_go_on() RETURNS trigger LANGUAGE plpgsql AS"
        f" 'BEGIN RAISE EXCEPTION ''no''; END'; CREATE TRIGGER crash BEFORE UPDATE OR DELETE ON {table}"
        " FOR EACH ROW EXECUTE FUNCTION refuse_to_go_on()"
    )
    ticker = ticker_on(served, "erase-account")
    try:
        await ticker.tick()
        assert ticker.failed == 1 and await found(community, marker)
        await invariants(database)
    finally:
        await database.execute(f"DROP TRIGGER crash ON {table}")
    served.clock.advance(minutes=5)
    await erase_all(served, community)
    assert await found(community, marker) == set()
    await invariants(database)


async def test_who_joins_a_group_at_that_very_moment_is_a_member_or_deleted_and_never_both(
    served: Served, community: Community
) -> None:
    admin = await community.person("Ada")
    groups = [await community.group(admin) for _ in range(4)]
    for group in groups:
        tom = await community.person("Tom")
        await asyncio.gather(
            tom.ask(JOIN_GROUP, input={"groupId": group}), tom.ask(DELETE, input={"password": PASSWORD})
        )
        both = await community.database.fetchval(
            "SELECT count(*) FROM memberships JOIN account_deletions USING (user_id) WHERE user_id = $1", id_of(tom.id)
        )
        assert both == 0
    await invariants(community.database)
