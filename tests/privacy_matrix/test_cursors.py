"""Somebody else's cursor, given as one's own: it leads to nothing that one would not be shown without it."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from graphql import get_named_type

from tests.documents import MARK_READ, MATCH_ACTIVITY, PROGRAM_ACTIVITY, SPACE, VIEWER_ACTIVITY
from tests.privacy_matrix.world import NOBODY, World
from tests.selections import object_type

pytestmark = pytest.mark.timeout(300)

_PAGE = "(first: 100, after: $after, before: $before) { edges { cursor node { id } } }"
_GIVEN = "$after: String, $before: String"
MADE_UP = "bm8gY3Vyc29yIG9mIG91cnM"
_SPACE = f"query($id: ID!, {_GIVEN}) {{ match(id: $id) {{ space {{ %s }} }} }}"
_GROUP = f"query($id: ID!, {_GIVEN}) {{ node(id: $id) {{ ... on Group {{ %s }} }} }}"
_PROGRAM = f"query($id: ID!, {_GIVEN}) {{ program(id: $id) {{ admin {{ %s }} }} }}"

LISTS: dict[str, tuple[str, str | None]] = {
    f"viewer.{name}": (f"query({_GIVEN}) {{ viewer {{ {name}{_PAGE} }} }}", None)
    for name, field in object_type("Viewer").fields.items()
    if get_named_type(field.type).name.endswith("Connection") and name != "search"
}
LISTS |= {
    "moderation.reports": (f"query({_GIVEN}) {{ viewer {{ moderation {{ reports{_PAGE} }} }} }}", None),
    "thread.posts": (_SPACE % f"thread {{ posts{_PAGE} }}", "Match"),
    "space.messages": (_SPACE % f"messages{_PAGE}", "Match"),
    "group.members": (_GROUP % f"members{_PAGE}", "Group"),
    "group.programs": (_GROUP % f"programs{_PAGE}", "Group"),
    "group.reports": (_GROUP % f"admin {{ reports{_PAGE} }}", "Group"),
    "program.signUps": (_PROGRAM % f"signUps{_PAGE}", "Program"),
    "program.matches": (_PROGRAM % f"matches{_PAGE}", "Program"),
}
"""Lists of which one may read a part that others may not, and what each is of: None is the viewer himself."""

Page = dict[str, str]
"""The ids that stand at a page's cursors."""


def edges(value: Any) -> Page:
    """The edges of the one connection in an answer."""
    if isinstance(value, list):
        return {edge["cursor"]: edge["node"]["id"] for edge in value}
    return edges(next(iter(value.values()))) if isinstance(value, dict) else {}


@pytest.fixture(scope="module")
async def pages(world: World) -> AsyncIterator[dict[tuple[str, str, str | None], Page]]:
    """What everybody finds in each list without a cursor."""
    yield {
        (asker, name, subject): edges((await person.ask(document, **({"id": subject} if subject else {})))["data"])
        for asker, person in world.askers.items()
        if asker not in NOBODY
        for name, (document, kind) in LISTS.items()
        for subject in (world.ids(kind) if kind else [None])
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
        for cursor in foreign[:: max(1, len(foreign) // 3)] if each == name else ():
            for side in ("after", "before"):
                given = {side: cursor} | ({"id": subject} if subject else {})
                answer = await world.askers[asker].ask(document, **given)
                tried += 1
                assert "errors" not in answer, (asker, answer)
                assert set(edges(answer["data"]).values()) <= set(mine.values()), (asker, name, side)
    assert tried


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
