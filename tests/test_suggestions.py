"""Suggested matches: an admin is proposed the best pairs of a whole program, and reads why, and why others are left."""

import asyncio
import threading
from typing import Any

import pytest

from resolvers import suggestions
from tests.community import Community
from tests.documents import CREATE_MATCH, JOIN_GROUP, SET_GROUP_ROLE
from tests.proposing import SUGGESTED, WAITING, answers, left_of, pairs_of, proposed
from tests.rounds import key, waiting


async def test_an_admin_reads_the_best_pair_and_why(community: Community) -> None:
    """What is said comes from what the two answered, and the parts add up to the score."""
    here = await waiting(community)
    (maya, offers), (tom, seeks) = here.mentors[0], here.mentees[0]
    await answers(
        community,
        offers,
        topics=["Pricing", "markets"],
        experience="Eleven years of market stalls.",
        goals="To save somebody from selling below cost.",
        languages=["pt-BR", "en"],
        wished_sign_up_ids=[key(seeks)],
    )
    await answers(
        community,
        seeks,
        topics=["pricing", "stalls"],
        goals="I would like to stop selling below cost.",
        languages=["pt"],
        time_zone="America/New_York",
        wished_sign_up_ids=[key(offers)],
    )
    async with community.nothing_changes():
        proposal = await proposed(here.admin, here.program)
    (pair,) = proposal["suggestedMatches"]
    assert pairs_of(proposal) == [(offers, seeks)] and pair["viewerCanMake"] is True
    assert {each["code"]: each["text"] for each in pair["reasons"]} == {
        "WISHES": f"{maya.name} is {tom.name}'s first wish and {tom.name} is {maya.name}'s first wish.",
        "TOPICS": "Both name pricing.",
        "GOALS": "The goals of both speak of “selling”, “below” and “cost”.",
        "EXPERIENCE": f"{maya.name} has experience with “stalls”, as {tom.name} looks for.",
        "HOURS": "Both are awake in the same 56 hours a week.",
        "LANGUAGES": "Both speak Portuguese.",
    }
    weights = [each["weight"] for each in pair["reasons"]]
    assert weights == sorted(weights, reverse=True) and sum(weights) == pytest.approx(pair["score"])
    assert proposal["unmatched"] == []
    assert proposal["suggestionScope"] == {
        "mentorsWaiting": 1, "menteesWaiting": 1, "mentorsConsidered": 1, "menteesConsidered": 1
    }  # fmt: skip


async def test_a_mentor_is_proposed_up_to_the_places_that_are_free(community: Community) -> None:
    """Three places, one of them taken: of three more who wait two are proposed, and the last waits on."""
    here = await waiting(community, 1, 4, capacity=3)
    await here.admin.do(CREATE_MATCH, input=here.pair(0, 2))
    proposal = await proposed(here.admin, here.program)
    in_order = [id_ for _, id_ in here.mentees if id_ != here.mentees[2][1]]
    rows = await community.database.fetch("SELECT id FROM sign_ups ORDER BY waiting_since, id")
    places = {row["id"]: place for place, row in enumerate(rows)}
    in_order.sort(key=lambda id_: places[key(id_)])
    assert [mentee for _, mentee in pairs_of(proposal)] == in_order[:2], "those who wait longest"
    assert left_of(proposal) == {in_order[2]: "OTHERS_FIT_BETTER"}


async def test_the_objective_decides_between_score_and_people(community: Community) -> None:
    """Tom and Maya wish for each other. But Nia fits nobody else than Maya, and Olu nobody else than Tom."""
    here = await waiting(community, 2, 2)
    (mayas, olus), (toms, nias) = ([id_ for _, id_ in side] for side in (here.mentors, here.mentees))
    await answers(community, mayas, topics=["soap"], languages=["en", "fi"], wished_sign_up_ids=[key(toms)])
    await answers(community, olus, topics=["wax"], goals="Wax.")
    await answers(community, toms, topics=["soap", "wax"], wished_sign_up_ids=[key(mayas)])
    await answers(community, nias, topics=["soap", "clay", "beads"], languages=["fi"], goals="Beads.")
    best = await proposed(here.admin, here.program)
    assert pairs_of(best) == [(mayas, toms)]
    assert left_of(best) == {olus: "OTHERS_FIT_BETTER", nias: "OTHERS_FIT_BETTER"}
    most = await proposed(here.admin, here.program, objective="MOST_PEOPLE")
    assert set(pairs_of(most)) == {(olus, toms), (mayas, nias)}


@pytest.mark.parametrize(
    ("state", "rolling", "pairs"),
    [("SIGN_UP", False, 1), ("RUNNING", True, 1), ("RUNNING", False, 0), ("CLOSED", False, 0)],
)
async def test_pairs_are_proposed_while_they_can_be_made_and_before(
    community: Community, state: str, rolling: bool, pairs: int
) -> None:
    here = await waiting(community)
    set_state = "UPDATE programs SET state = $2, rolling = $3 WHERE id = $1"
    await community.database.execute(set_state, key(here.program), state, rolling)
    proposal = await proposed(here.admin, here.program)
    assert len(proposal["suggestedMatches"]) == pairs
    assert set(left_of(proposal).values()) == (set() if pairs else {"PAIRS_NOBODY_NOW"})
    tom, seeks = here.mentees[0]
    told = (await tom.do(WAITING, id=seeks))["waitingReason"]
    assert ("pairs nobody now" in told) == (not pairs)


async def test_an_admin_who_waits_himself_is_proposed_and_told_that_another_has_to_make_it(
    community: Community,
) -> None:
    here = await waiting(community)
    maya, _ = here.mentors[0]
    await here.admin.do(SET_GROUP_ROLE, input={"groupId": here.group, "userId": maya.id, "role": "ADMIN"})
    for person, may in ((maya, False), (here.admin, True)):
        (pair,) = (await proposed(person, here.program))["suggestedMatches"]
        assert pair["viewerCanMake"] is may


async def test_nobody_but_an_admin_is_proposed_anything(community: Community) -> None:
    here = await waiting(community)
    member, outsider = await community.people("Mo", "Eve")
    await member.do(JOIN_GROUP, input={"groupId": here.group})
    for person in (member, here.mentors[0][0], here.mentees[0][0]):
        assert await person.do(SUGGESTED, id=here.program) == {"admin": None}
    for person in (outsider, community.nobody):
        assert await person.do(SUGGESTED, id=here.program) is None


@pytest.mark.parametrize("first", [0, -1, 201])
async def test_how_many_are_shown_has_its_bounds(community: Community, first: int) -> None:
    here = await waiting(community)
    answer = await here.admin.ask(SUGGESTED, id=here.program, first=first)
    (error,) = answer["errors"]
    assert error["extensions"]["code"] == "INVALID_INPUT" and error["path"][-1] == "suggestedMatches"
    assert len((await proposed(here.admin, here.program, first=1))["suggestedMatches"]) == 1


async def test_the_server_goes_on_while_a_proposal_is_worked_out_and_works_out_one_at_a_time(
    community: Community, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two admins ask for proposals that take as long as they are let; Tom is served meanwhile."""
    here = await waiting(community)
    let_go, running, most = threading.Event(), [], []
    work_out = suggestions.work_out

    def slowly(*given: Any, **more: Any) -> Any:
        running.append(1)
        most.append(len(running))
        assert let_go.wait(20)
        running.pop()
        return work_out(*given, **more)

    monkeypatch.setattr(suggestions, "work_out", slowly)
    tasks = [asyncio.create_task(proposed(here.admin, here.program)) for _ in range(2)]
    async with asyncio.timeout(20):
        while not running:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    tom, seeks = here.mentees[0]
    assert (await tom.do("{ viewer { user { name } } }"))["user"]["name"] == tom.name
    assert not any(task.done() for task in tasks)
    let_go.set()
    first, second = await asyncio.gather(*tasks)
    assert first == second and pairs_of(first) == [(here.mentors[0][1], seeks)]
    assert most == [1, 1]
