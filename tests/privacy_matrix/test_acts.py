"""Whoever may see a thing and not act on it is refused, and so is an act on a thing that it is not for."""

from collections.abc import Iterable

import pytest

from tests.privacy_matrix.acts import document
from tests.privacy_matrix.overreach import ALSO, Overreach, on_another_kind, on_what_one_sees
from tests.privacy_matrix.rules import ACTS, Reader
from tests.privacy_matrix.test_absent import ASKERS
from tests.privacy_matrix.world import World
from tests.selections import object_type

pytestmark = pytest.mark.timeout(300)

BATCH = 25

NO_REFUSAL_NEEDED = ("leaveGroup", "unblockUser", "createMatches")
"""Acts that leave everything as it is where there is nothing to do; or that refuse each pair by itself."""


async def nothing_comes_of(world: World, asker: str, every: Iterable[Overreach]) -> int:
    """All are refused, nothing is written, and nobody is told. How many there were."""
    tried = list(every)
    async with world.community.nothing_changes():
        for at in range(0, len(tried), BATCH):
            some = tried[at : at + BATCH]
            inputs = {f"i{number}": each.given for number, each in enumerate(some)}
            answer = await world.askers[asker].ask(document([each.mutation for each in some]), **inputs)
            if asker == "suspended":
                assert answer["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
                continue
            assert "errors" not in answer, (asker, some, answer["errors"])
            for each, payload in zip(some, answer["data"].values(), strict=True):
                codes = {error["code"] for error in payload["errors"]}
                assert codes or each.mutation in NO_REFUSAL_NEEDED, (asker, each)
                assert "RATE_LIMITED" not in codes, "it was not really tried"
    return len(tried)


@pytest.mark.parametrize("asker", ASKERS)
async def test_on_what_one_sees_and_may_not_touch(world: World, asker: str) -> None:
    """The partner of who wrote it, an admin in a pair's space, a member where an admin acts, the earlier partner."""
    tried = await nothing_comes_of(world, asker, on_what_one_sees(world, asker))
    assert tried, "there is nothing that this person sees and may not touch"


@pytest.mark.parametrize("asker", ["mentee", "admin", "moderator", "nobody"])
async def test_on_a_thing_of_another_kind(world: World, asker: str) -> None:
    """Each id of each input, with an id of each type that it is not for, of what one sees if there is any."""
    assert await nothing_comes_of(world, asker, on_another_kind(world, asker)) > 100


def test_each_way_of_overreaching_is_really_tried(world: World) -> None:
    """Every mutation for the pair, admins, reviewers or moderators is tried by somebody else who sees what it is about.
    What is one's own, or there for all who see it, nobody sees without the right."""
    tried = {each.mutation for asker in ASKERS for each in on_what_one_sees(world, asker)}
    for_all_who_see = {Reader.EVERYBODY, Reader.OWNER, Reader.ACQUAINTED, Reader.MEMBERS}
    acts = [name for who, names in ACTS.items() if not for_all_who_see & set(who) for name in names.split()]
    assert sorted(set(acts) - tried) == []
    assert {name.partition(".")[0] for name in ALSO} <= set(object_type("Mutation").fields)
