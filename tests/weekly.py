"""Pairs by the week: one that is under way, pauses of it, and the tick that begins its weeks."""

from datetime import datetime
from typing import Any

from tests.community import Community, Pair, Person
from tests.devices import another_device
from tests.documents import ACKNOWLEDGE_INTRODUCTION, PROGRESS, SPACE
from tests.falling_due import id_of, ticker_on
from tests.servers import Served


async def under_way(community: Community, **program: Any) -> Pair:
    """A pair that has just become ACTIVE; `program` goes into CreateProgramInput."""
    pair = await community.pair(**program)
    await acknowledged(pair)
    return pair


async def acknowledged(pair: Pair) -> None:
    """Both say that they have read their introduction."""
    for person in (pair.mentor, pair.mentee):
        await person.do(ACKNOWLEDGE_INTRODUCTION, input={"matchId": pair.id})


async def go_by(served: Served, pair: Pair, **amount: float) -> None:
    """Time goes by, and the pair and its admin log in anew: the keyword arguments of a timedelta."""
    served.clock.advance(**amount)
    for person in (pair.mentor, pair.mentee, pair.admin):
        person.token = (await another_device(person)).token


async def tick(served: Served) -> int:
    """The ticker looks for weeks that have begun; how many pairs it has seen to."""
    ticker = ticker_on(served, "open-steps")
    while await ticker.tick():
        pass
    assert ticker.failed == 0
    return ticker.done


async def steps_of(pair: Pair) -> list[dict[str, Any]]:
    """The pair's steps, by position."""
    return (await pair.mentor.do(SPACE, id=pair.id))["space"]["steps"]


async def states_of(pair: Pair) -> str:
    """The states of a pair's steps, a letter each: Locked, Open, 1 (done by one), Done, Skipped."""
    letters = {"LOCKED": "L", "OPEN": "O", "DONE_BY_ONE": "1", "DONE": "D", "SKIPPED": "S"}
    return "".join(letters[step["state"]] for step in await steps_of(pair))


async def space_of(person: Person, pair: Pair) -> dict[str, Any]:
    """How far the pair is, as one of the two sees it."""
    return (await person.do(PROGRESS, id=pair.id))["space"]


async def pause(community: Community, pair: Pair, now: datetime) -> None:
    """The pair takes a break."""
    statement = "UPDATE matches SET state = 'PAUSED', paused_at = $2 WHERE id = $1"
    await community.database.execute(statement, id_of(pair.id), now)


async def resume(community: Community, pair: Pair, now: datetime) -> None:
    """The pair goes on."""
    await community.database.execute(
        "UPDATE matches SET state = 'ACTIVE', paused_at = NULL,"
        " paused_seconds = paused_seconds + extract(epoch FROM $2::timestamptz - paused_at)::bigint WHERE id = $1",
        id_of(pair.id),
        now,
    )
