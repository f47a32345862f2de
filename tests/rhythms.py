"""Pairs and their weeks: a pair that has begun, time that passes, the ticker that does what is due, and what shows."""

from datetime import UTC, datetime
from typing import Any

from tests.community import Community, Pair, Person
from tests.devices import another_device
from tests.documents import CREATE_POST
from tests.falling_due import id_of, ticker_on
from tests.servers import Served

RHYTHM = """
query($id: ID!) { match(id: $id) { state welcomesHelp space {
  weeksInTouch silentSince offers pausedUntil viewerAsksForHelp adminSees
  checkIns(first: 50) { edges { node {
    id weekNumber state openedAt viewerDueAt
    viewerAnswer { mood body bodyHtml nextAction answeredAt editedAt }
    partnerAnswer { mood body bodyHtml nextAction answeredAt editedAt }
  } } }
} } }
"""
NEWS = "{ viewer { notifications(first: 50) { edges { node { kind text readAt subject { __typename id } } } } } }"


def moment(text: str) -> datetime:
    """A moment of UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


async def begun(
    served: Served, community: Community, at: str = "2026-03-02 10:00", *, zones: tuple[str, str] = ("UTC", "UTC")
) -> Pair:
    """A pair, ACTIVE by a post of the mentor's, at a moment of UTC; the two live by these clocks."""
    served.clock.now = moment(at)
    pair = await community.pair()
    for person, zone in zip((pair.mentor, pair.mentee), zones, strict=True):
        await community.database.execute("UPDATE users SET time_zone = $2 WHERE id = $1", id_of(person.id), zone)
    await talks(pair.mentor, pair)
    return pair


async def talks(person: Person, pair: Pair, body: str = "Hello") -> None:
    """One of the two writes a post."""
    await person.do(CREATE_POST, input={"matchId": pair.id, "body": body})


async def tick(served: Served, *kinds: str) -> None:
    """Do all that is due, of these kinds or of all."""
    ticker = ticker_on(served, *kinds)
    while await ticker.tick():
        pass
    assert ticker.failed == 0


async def until(served: Served, pair: Pair, at: str, *, ticking: bool = True) -> None:
    """Time passes until a moment of UTC, when the ticker comes, and the three log in anew."""
    served.clock.now = moment(at)
    if ticking:
        await tick(served)
    pair.mentor, pair.mentee, pair.admin = [
        await another_device(each) for each in (pair.mentor, pair.mentee, pair.admin)
    ]


async def rhythm(person: Person, pair: Pair) -> dict[str, Any]:
    """What one of the two sees of the pair's weeks."""
    match = await person.do(RHYTHM, id=pair.id)
    space = match.pop("space")
    return match | space


async def check_ins(person: Person, pair: Pair) -> list[dict[str, Any]]:
    """The pair's check-ins as one of the two sees them, newest first."""
    return [edge["node"] for edge in (await rhythm(person, pair))["checkIns"]["edges"]]


async def news(person: Person, *kinds: str) -> list[dict[str, Any]]:
    """What somebody was told of these kinds, newest first."""
    nodes = [edge["node"] for edge in (await person.do(NEWS))["notifications"]["edges"]]
    return [node for node in nodes if node["kind"] in kinds]


async def kinds_told(person: Person, *kinds: str) -> list[str]:
    """The kinds of what somebody was told, newest first."""
    return [node["kind"] for node in await news(person, *kinds)]
