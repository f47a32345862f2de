"""A match that nobody takes up ends after 14 days, for both; whoever takes it up at that very moment wins or loses."""

import asyncio
from collections.abc import Awaitable, Callable

import asyncpg
import pytest

from tests.community import Community, Pair, Person
from tests.devices import refreshed
from tests.documents import (
    ACKNOWLEDGE_INTRODUCTION,
    CREATE_MATCH,
    CREATE_POST,
    MATCH_ACTIVITY,
    PROGRAM_ACTIVITY,
    SPACE,
    VIEWER_ACTIVITY,
    WITHDRAW_SIGN_UP,
)
from tests.falling_due import id_of, last_words, ticker_on
from tests.invariants import invariants
from tests.racing import until_waiting
from tests.servers import Served

QUEUE = "SELECT id, state, open_matches, waiting_since FROM sign_ups WHERE program_id = $1 ORDER BY role"


async def later(served: Served, pair: Pair, **amount: float) -> Pair:
    """Time passes, and the three of a pair come back with tokens that are good."""
    served.clock.advance(**amount)
    pair.mentor, pair.mentee, pair.admin = [await refreshed(each) for each in (pair.mentor, pair.mentee, pair.admin)]
    return pair


async def state_of(pair: Pair) -> str:
    return (await pair.mentor.do(SPACE, id=pair.id))["state"]


async def queue_of(community: Community, pair: Pair) -> list[tuple[str, int]]:
    rows = await community.database.fetch(QUEUE, id_of(pair.program))
    return [(row["state"], row["open_matches"]) for row in rows]


async def test_a_match_that_nobody_took_up_expires_and_everybody_concerned_hears_it(
    served: Served, community: Community
) -> None:
    """Maya and Tom say nothing for 15 days: their open subscriptions hear the end and are completed."""
    pair = await community.pair()
    before = await community.database.fetch(QUEUE, id_of(pair.program))
    pair = await later(served, pair, days=15)
    async with (
        pair.mentor.hears(MATCH_ACTIVITY, matchId=pair.id) as maya,
        pair.mentee.hears_events(MATCH_ACTIVITY, matchId=pair.id) as tom,
        pair.mentee.hears(VIEWER_ACTIVITY) as toms_own,
        pair.admin.hears(PROGRAM_ACTIVITY, programId=pair.program) as ada,
    ):
        await asyncio.gather(*(ears.silence(0.3) for ears in (maya, tom, toms_own, ada)))
        await ticker_on(served, "expire-match").tick()
        for ears in (maya, tom):
            (end,) = await ears.rest(3)
            assert (end["__typename"], end["actor"], end["match"]["state"]) == ("MatchChanged", None, "EXPIRED")
        own = await toms_own.next()
        assert (own["__typename"], own["actor"], own["match"]["state"]) == ("MatchChanged", None, "EXPIRED")
        told = [await ada.next() for _ in range(3)]
        assert sorted(event["__typename"] for event in told) == ["MatchChanged", "SignUpChanged", "SignUpChanged"]
        assert all(event["actor"] is None for event in told)
    after = await community.database.fetch(QUEUE, id_of(pair.program))
    assert [(row["state"], row["open_matches"]) for row in after] == [("WAITING", 0)] * 2
    assert [row["waiting_since"] for row in after] == [row["waiting_since"] for row in before], "their old places"
    await invariants(community.database)


async def test_the_two_can_be_paired_again_after_an_expiry(served: Served, community: Community) -> None:
    pair = await later(served, await community.pair(), days=14)
    await ticker_on(served, "expire-match").tick()
    assert await state_of(pair) == "EXPIRED"
    given = {"mentorSignUpId": pair.sign_ups["MENTOR"], "menteeSignUpId": pair.sign_ups["MENTEE"]}
    again = (await pair.admin.do(CREATE_MATCH, input=given))["match"]
    assert again["state"] == "INTRODUCED" and again["id"] != pair.id


async def test_before_14_days_are_over_nothing_happens(served: Served, community: Community) -> None:
    pair = await community.pair()
    served.clock.advance(days=13, hours=23, minutes=59)
    async with community.nothing_changes():
        await ticker_on(served, "expire-match").tick()
    pair = await later(served, pair, minutes=1)
    await ticker_on(served, "expire-match").tick()
    assert await state_of(pair) == "EXPIRED"


async def write(person: Person, pair: Pair) -> dict:
    answer = await person.ask(CREATE_POST, input={"matchId": pair.id, "body": "Hello!"})
    return answer["data"]["createPost"]


async def acknowledge(person: Person, pair: Pair) -> dict:
    answer = await person.ask(ACKNOWLEDGE_INTRODUCTION, input={"matchId": pair.id})
    return answer["data"]["acknowledgeIntroduction"]


async def test_one_word_keeps_a_match_and_one_acknowledgement_does_not(served: Served, community: Community) -> None:
    written, acknowledged, half = [await community.pair() for _ in range(3)]
    await write(written.mentee, written)
    for person in (acknowledged.mentor, acknowledged.mentee):
        await acknowledge(person, acknowledged)
    await acknowledge(half.mentor, half)
    served.clock.advance(days=20)
    await ticker_on(served, "expire-match").tick()
    assert [await state_of(await later(served, each)) for each in (written, acknowledged, half)] == [
        "ACTIVE",
        "ACTIVE",
        "EXPIRED",
    ]
    await invariants(community.database)


async def test_in_a_closed_program_the_sign_ups_expire_with_the_match(served: Served, community: Community) -> None:
    """Closing lets open matches finish, but nobody is paired any more: there is no queue to go back to."""
    pair = await community.pair()
    await community.advance(pair.admin, pair.program, "RUNNING")
    await community.advance(pair.admin, pair.program, "CLOSED")
    served.clock.advance(days=15)
    await ticker_on(served, "expire-match").tick()
    assert await queue_of(community, pair) == [("EXPIRED", 0)] * 2


async def test_who_withdrew_meanwhile_stays_withdrawn(served: Served, community: Community) -> None:
    pair = await community.pair()
    await pair.mentee.do(WITHDRAW_SIGN_UP, input={"signUpId": pair.sign_ups["MENTEE"]})
    served.clock.advance(days=15)
    await ticker_on(served, "expire-match").tick()
    assert await queue_of(community, pair) == [("WITHDRAWN", 0), ("WAITING", 0)]
    await invariants(community.database)


ACTS = pytest.mark.parametrize("act", [write, acknowledge])
Act = Callable[[Person, Pair], Awaitable[dict]]


async def pair_at_its_last_moment(served: Served, community: Community) -> Pair:
    """Maya has acknowledged; what Tom does next makes the match ACTIVE, unless it has expired. Nothing else is due."""
    served.clock.advance(hours=1)
    pair = await community.pair()
    await acknowledge(pair.mentor, pair)
    served.clock.advance(days=14, minutes=-1)
    await ticker_on(served, "expire-match").tick()
    return await later(served, pair, minutes=1)


@ACTS
async def test_who_takes_a_match_up_just_before_the_expiry_keeps_it(
    served: Served, community: Community, act: Act
) -> None:
    """Tom's act holds the match, but is not committed yet when the ticker comes: it passes by and does not wait."""
    pair = await pair_at_its_last_moment(served, community)
    ticker = ticker_on(served, "expire-match")
    async with nothing_can_be_logged(served):
        toms = asyncio.create_task(act(pair.mentee, pair))
        await until_waiting(community, 1)
        await asyncio.wait_for(ticker.tick(), 5)
    assert (await toms)["errors"] == []
    await ticker.tick()
    assert (await state_of(pair), ticker.done, ticker.failed) == ("ACTIVE", 0, 0)
    await invariants(community.database)


@ACTS
async def test_who_comes_just_after_the_expiry_is_refused(served: Served, community: Community, act: Act) -> None:
    """The expiry holds the match, but is not committed yet when Tom comes: he waits, and reads that it has ended."""
    pair = await pair_at_its_last_moment(served, community)
    ticker = ticker_on(served, "expire-match")
    async with nothing_can_be_logged(served):
        tick = asyncio.create_task(ticker.tick())
        await until_waiting(community, 1)
        toms = asyncio.create_task(act(pair.mentee, pair))
        await until_waiting(community, 2)
    await asyncio.wait_for(tick, 5)
    assert [error["code"] for error in (await toms)["errors"]] == ["READ_ONLY"]
    assert (await state_of(pair), ticker.done, ticker.failed) == ("EXPIRED", 1, 0)
    assert (await last_words(community, id_of(pair.id)))[-1] == ("MATCH_CHANGED", None)
    await invariants(community.database)


async def test_of_eight_pairs_that_wake_up_at_the_last_moment_each_is_kept_or_expired_and_never_both(
    served: Served, community: Community
) -> None:
    served.clock.advance(hours=1)
    pairs = [await community.pair() for _ in range(8)]
    served.clock.advance(days=14, minutes=-1)
    await ticker_on(served, "expire-match").tick()
    served.clock.advance(minutes=1)
    pairs = [await later(served, pair) for pair in pairs]
    ticker = ticker_on(served, "expire-match")
    _, *answers = await asyncio.gather(ticker.tick(), *(write(pair.mentee, pair) for pair in pairs))
    kept = 0
    for pair, answer in zip(pairs, answers, strict=True):
        log = await last_words(community, id_of(pair.id))
        tom = id_of(pair.mentee.id)
        if answer["errors"]:
            assert [error["code"] for error in answer["errors"]] == ["READ_ONLY"]
            assert (await state_of(pair), log) == ("EXPIRED", [("MATCH_CHANGED", None)])
        else:
            kept += 1
            assert (await state_of(pair), log) == ("ACTIVE", [("MATCH_CHANGED", tom), ("POST_ADDED", tom)])
    assert (kept + ticker.done, ticker.failed) == (8, 0)
    await invariants(community.database)


class nothing_can_be_logged:
    """Whoever writes gets as far as the log, with all other rows locked, and waits there until the block ends."""

    def __init__(self, served: Served) -> None:
        self._url = served.database_url

    async def __aenter__(self) -> None:
        self._holder = await asyncpg.connect(self._url)
        # Not a lock on the table: a statement that writes all at once would ask for it before it has locked a row.
        await self._holder.execute(
            "CREATE OR REPLACE FUNCTION wait_to_log() RETURNS trigger LANGUAGE plpgsql AS"
            " 'BEGIN PERFORM pg_advisory_xact_lock_shared(7); RETURN NEW; END';"
            " CREATE TRIGGER wait_to_log BEFORE INSERT ON activity FOR EACH ROW EXECUTE FUNCTION wait_to_log();"
            " SELECT pg_advisory_lock(7)"
        )

    async def __aexit__(self, *error: object) -> None:
        await self._holder.execute("SELECT pg_advisory_unlock(7)")
        await self._holder.execute("DROP TRIGGER wait_to_log ON activity")
        await self._holder.close()
