"""Somebody else's cursor, given as one's own: it leads to nothing that one would not be shown without it."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from schema.node import parse_id
from tests.documents import (
    MARK_NOTIFICATIONS_READ,
    MARK_READ,
    MATCH_ACTIVITY,
    PROGRAM_ACTIVITY,
    SPACE,
    VIEWER_ACTIVITY,
)
from tests.privacy_matrix.canaries import let_loose
from tests.privacy_matrix.lists import EVERYBODYS, cursors_taken, lists
from tests.privacy_matrix.world import NOBODY, World

pytestmark = pytest.mark.timeout(300)

MADE_UP = "bm8gY3Vyc29yIG9mIG91cnM"
LISTS = lists()
MOST_SUBJECTS = 8
"""Of each list's things; those are the newest, which are the pair's and another group's."""

Page = dict[str, str]
"""The ids that stand at a page's cursors."""


def edges(value: Any) -> Page:
    """The edges of the one connection in an answer."""
    if isinstance(value, list):
        return {edge["cursor"]: edge["node"]["id"] for edge in value}
    return edges(next(iter(value.values()))) if isinstance(value, dict) and value else {}


def subjects(world: World, kind: str | None) -> list[str | None]:
    """What to name for a list of this kind."""
    return [*world.ids(kind)[-MOST_SUBJECTS:]] if kind else [None]


@pytest.fixture(scope="module")
async def pages(world: World) -> AsyncIterator[dict[tuple[str, str, str | None], Page]]:
    """What everybody finds in each list without a cursor."""
    await let_loose(world.community.database)  # so that a search finds all
    yield {
        (asker, name, subject): edges((await person.ask(document, first=100, id=subject))["data"])
        for asker, person in world.askers.items()
        if asker not in NOBODY
        for name, (document, kind) in LISTS.items()
        for subject in subjects(world, kind)
    }


@pytest.mark.parametrize("name", LISTS)
async def test_in_a_list(world: World, pages: dict[tuple[str, str, str | None], Page], name: str) -> None:
    """He is shown nothing but what is on his own pages."""
    document, _ = LISTS[name]
    every = {cursor: row for (_, each, _), page in pages.items() if each == name for cursor, row in page.items()}
    assert every, "nobody finds anything in this list"
    tried = 0
    for (asker, each, subject), mine in pages.items():
        foreign = [cursor for cursor, row in every.items() if row not in mine.values()]
        for cursor in foreign[:: max(1, len(foreign) // 2)] if each == name else ():
            for side, size in (("after", "first"), ("before", "last")):
                answer = await world.askers[asker].ask(document, id=subject, **{side: cursor, size: 100})
                tried += 1
                assert "errors" not in answer, (asker, answer)
                assert set(edges(answer["data"]).values()) <= set(mine.values()), (asker, name, side)
    assert bool(tried) == (name not in EVERYBODYS)


def test_every_place_that_takes_a_cursor_is_tried() -> None:
    """A new one has to be tried below."""
    assert cursors_taken() == {
        *("matchActivity.after", "viewerActivity.after", "programActivity.after"),
        *("MarkReadInput.upTo", "MarkNotificationsReadInput.upTo"),
    }


async def test_in_a_subscription(world: World) -> None:
    """It says what a made-up one says: fetch it anew."""
    theirs, mine = world.elsewhere, world.pair
    space = (await theirs.mentor.do(SPACE, id=theirs.id))["space"]["activityCursor"]
    viewer = (await theirs.mentor.do("{ viewer { activityCursor } }"))["activityCursor"]
    asked = "query($id: ID!) { program(id: $id) { admin { activityCursor } } }"
    program = (await theirs.admin.do(asked, id=theirs.program))["admin"]["activityCursor"]
    for who, document, given in (
        (mine.mentor, MATCH_ACTIVITY, {"matchId": mine.id}),
        (mine.mentor, VIEWER_ACTIVITY, {}),
        (mine.admin, PROGRAM_ACTIVITY, {"programId": mine.program}),
    ):
        heard = []
        for cursor in (space, viewer, program, MADE_UP):
            async with who.hears(document, **given, after=cursor) as ears:
                heard.append(await ears.rest())
        assert all(each == heard[-1] for each in heard), heard
        assert [event["__typename"] for event in heard[-1]] == ["ResyncRequired"], heard[-1]


async def test_in_an_act(world: World) -> None:
    """It is refused as a made-up one is, and nothing is read up to it."""
    theirs, mine = world.elsewhere, world.pair
    cursor = (await theirs.mentor.do(SPACE, id=theirs.id))["space"]["activityCursor"]
    async with world.community.nothing_changes():
        refusals = [
            await mine.mentor.refused(MARK_READ, input={"matchId": mine.id, "upTo": each}) for each in (cursor, MADE_UP)
        ]
    assert refusals[0] == refusals[1]


async def test_somebody_elses_place_among_notifications_is_a_moment_and_no_more(world: World) -> None:
    """Ike's cursor is a place in time: by it Maya has read what is hers and older, and Ike's stay unread."""
    maya, ike = world.pair.mentor, world.elsewhere.mentee
    document = "{ viewer { notifications(first: 1) { edges { cursor node { id } } } } }"
    (edge,) = (await ike.do(document))["notifications"]["edges"]
    parsed, reader = parse_id(edge["node"]["id"]), parse_id(maya.id)
    assert parsed is not None and reader is not None
    rows = "SELECT id, read_at FROM notifications WHERE {} ORDER BY id"
    others, hers = rows.format("user_id <> $1"), rows.format("user_id = $1")
    before = await world.community.database.fetch(others, reader[1])
    await maya.do(MARK_NOTIFICATIONS_READ, input={"upTo": edge["cursor"]})
    assert await world.community.database.fetch(others, reader[1]) == before
    for row in await world.community.database.fetch(hers, reader[1]):
        assert row["read_at"] is not None or row["id"] > parsed[1]
