"""What a process keeps of presence: little, for as long as somebody looks, and bounded."""

import asyncio

from uuid_utils.compat import uuid7

from pubsub import live
from pubsub.presence_spots import Attendance, Sightings, spot
from pubsub.presence_typing import MOST_TYPISTS, Typists
from tests.community import Community
from tests.documents import (
    VIEWER_ACTIVITY,
)
from tests.listening import PATIENCE
from tests.looking import THERE, looking


def test_more_than_one_change_a_second_is_absorbed_but_for_the_last() -> None:
    typists, match, tom = Typists(), uuid7(), uuid7()
    assert typists.say(match, tom, True, 0.0)
    assert not any(typists.say(match, tom, typing, 0.1) for typing in (False, True, False))
    assert list(typists.due(0.9)) == []
    assert list(typists.due(1.0)) == [(match, tom, False)]
    assert typists.until(match, tom) == 0.0
    assert not typists.say(match, tom, False, 5.0), "that is known"
    assert typists.say(match, tom, True, 5.0) and typists.say(match, tom, True, 6.5), (
        "said again, so that it does not lapse"
    )
    assert typists.until(match, tom) == 12.5
    assert list(typists.due(12.5)) == [] and len(typists) == 0, "nothing is kept of who says nothing"


def test_what_is_kept_of_typing_is_bounded() -> None:
    typists = Typists()
    said = [typists.say(uuid7(), uuid7(), True, 0.0) for _ in range(MOST_TYPISTS + 5)]
    assert said.count(True) == len(typists) == MOST_TYPISTS


def test_what_other_workers_say_lapses_and_is_kept_only_where_somebody_looks() -> None:
    tom, olu = spot(uuid7()), spot(uuid7(), uuid7())
    sightings = Sightings(30.0)
    sightings.ask(tom)
    assert sightings.hear("one", [tom, olu], 0.0, here=True) == [tom]
    assert sightings.present(tom, 29.9) and not sightings.present(olu, 1.0)
    sightings.hear("two", [tom], 20.0, here=True)
    sightings.hear("one", [tom], 21.0, here=False)
    assert sightings.present(tom, 49.9), "he is still on the other worker"
    assert not sightings.present(tom, 50.0)
    sightings.lapse(50.0)
    assert sightings._until == {tom: {}}
    sightings.forget(tom)
    assert sightings._until == {}


def test_coming_and_going_is_told_once_however_many_windows_are_open() -> None:
    told: list[str] = []
    attendance, tom = Attendance(told.append), spot(uuid7())
    for change in (1, 1, -1, 1, -1, -1):
        attendance.count(tom, change)
    assert told == [tom, tom] and tom not in attendance and list(attendance) == []


async def test_when_the_last_one_has_left_nothing_is_kept(community: Community) -> None:
    pair = await community.pair()
    async with looking(pair.mentor, pair) as maya, pair.mentee.hears(VIEWER_ACTIVITY):
        assert await maya.next() == THERE
    here = live.presence()
    async with asyncio.timeout(PATIENCE):
        while list(here._attendance) or here._watches.spots or here._watches._by_match or here._sightings._until:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
