"""Suggested matches: an admin is proposed the best pairs of a whole program, and reads why, and why others are left."""

import asyncio
import threading
from typing import Any

import pytest

from models.enums import LeftOver
from resolvers import suggestions
from tests.community import Community
from tests.documents import CREATE_MATCH, END_MATCH, JOIN_GROUP, SET_GROUP_ROLE, WITHDRAW_SIGN_UP
from tests.proposing import SUGGESTED, answers, left_of, pairs_of, proposed
from tests.rounds import Round, key, waiting


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


async def excluded(community: Community, here: Round, how: str) -> None:
    """Something keeps the two apart, or one of them from being paired at all."""
    (maya, offers), (tom, seeks) = here.mentors[0], here.mentees[0]
    low, high = sorted((key(maya.id), key(tom.id)))
    match how:
        case "avoided by the mentee":
            await answers(community, seeks, avoid_user_ids=[key(maya.id)])
        case "avoided by the mentor":
            await answers(community, offers, avoid_user_ids=[key(tom.id)])
        case "kept apart":
            await community.database.execute(
                "INSERT INTO kept_apart (id, program_id, user_low_id, user_high_id, created_at)"
                " VALUES (gen_random_uuid(), $1, $2, $3, now())", key(here.program), low, high
            )  # fmt: skip
        case "ended for safety elsewhere":
            other = await community.program(here.admin, here.group)
            there = {
                "mentorSignUpId": await community.sign_up(tom, other, "MENTOR"),
                "menteeSignUpId": await community.sign_up(maya, other, "MENTEE"),
            }
            await community.advance(here.admin, other, "MATCHING")
            match = (await here.admin.do(CREATE_MATCH, input=there))["match"]
            await maya.do(END_MATCH, input={"matchId": match["id"], "reason": "SAFETY"})


SECRETS = ["avoided by the mentee", "avoided by the mentor", "kept apart", "ended for safety elsewhere"]


@pytest.mark.parametrize("how", SECRETS)
async def test_what_keeps_two_apart_in_secret_is_told_as_not_available(community: Community, how: str) -> None:
    """The admin reads the same words whatever it is; the two read what they would read without it."""
    here = await waiting(community)
    people = [here.mentors[0], here.mentees[0]]
    before = [(await person.do(WAITING_REASON, id=id_))["waitingReason"] for person, id_ in people]
    await excluded(community, here, how)
    proposal = await proposed(here.admin, here.program)
    assert proposal["suggestedMatches"] == []
    told = [(each["codes"], each["reasons"]) for each in proposal["unmatched"]]
    assert sorted(told) == [
        (["NOBODY_AVAILABLE"], ["The mentees who would fit are not available."]),
        (["NOBODY_AVAILABLE"], ["The mentors who would fit are not available."]),
    ]
    after = [(await person.do(WAITING_REASON, id=id_))["waitingReason"] for person, id_ in people]
    assert after == before
    async with community.nothing_changes():
        error = await here.admin.refused(CREATE_MATCH, input=here.pair())
    assert (error["code"], error["path"]) == ("NOT_AVAILABLE", None)
    assert error["message"] == "These two are not available for each other. Choose others."


WAITING_REASON = "query($id: ID!) { node(id: $id) { ... on SignUp { waitingReason } } }"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ("UPDATE users SET suspended_at = now() WHERE id = $1", "NOT_AVAILABLE"),
        ("UPDATE users SET birth_date = '2015-03-04' WHERE id = $1", "NOT_AVAILABLE"),
        ("DELETE FROM memberships WHERE user_id = $1", "NOT_AVAILABLE"),
    ],
)
async def test_who_is_suspended_too_young_or_gone_is_never_proposed(
    community: Community, change: str, code: str
) -> None:
    here = await waiting(community, 2, 1)
    (maya, offers), (_, others) = here.mentors
    await answers(community, others, topics=["wax"])
    await community.database.execute(change, key(maya.id))
    proposal = await proposed(here.admin, here.program)
    assert proposal["suggestedMatches"] == []
    assert left_of(proposal) == {offers: code, others: "NO_SHARED_TOPIC", here.mentees[0][1]: "NOBODY_AVAILABLE"}


async def test_who_paused_is_proposed_again_from_that_day_on_by_his_own_clock(community: Community) -> None:
    """It is ten in the morning in UTC, on the day until which Maya paused: in Pago Pago it is the day before."""
    here = await waiting(community)
    (_, offers), (_, seeks) = here.mentors[0], here.mentees[0]
    today = community.served.clock.now.date()
    await answers(community, offers, paused_until=today, time_zone="Pacific/Pago_Pago")
    proposal = await proposed(here.admin, here.program)
    assert proposal["suggestedMatches"] == []
    assert left_of(proposal) == {offers: "PAUSED", seeks: "NOBODY_AVAILABLE"}
    (told,) = [each["reasons"] for each in proposal["unmatched"] if each["signUp"]["id"] == offers]
    assert told == [f"Paused until {today.day} {today:%B %Y}."]
    async with community.nothing_changes():
        error = await here.admin.refused(CREATE_MATCH, input=here.pair())
        assert (error["code"], error["path"]) == ("NOT_AVAILABLE", ["input", "mentorSignUpId"])
        assert f"{today.day} {today:%B %Y}" in error["message"]
    await answers(community, offers, time_zone="UTC")
    assert pairs_of(await proposed(here.admin, here.program)) == [(offers, seeks)]


async def test_a_mentor_who_is_a_mentee_too_is_not_proposed_to_himself(community: Community) -> None:
    here = await waiting(community)
    (maya, offers), (_, seeks) = here.mentors[0], here.mentees[0]
    mine = await community.sign_up(maya, here.program, "MENTEE")
    await answers(community, seeks, topics=["wax"])
    proposal = await proposed(here.admin, here.program)
    assert proposal["suggestedMatches"] == []
    assert left_of(proposal) == {mine: "NOBODY_THERE", offers: "NO_SHARED_TOPIC", seeks: "NO_SHARED_TOPIC"}


LEFT: list[tuple[dict[str, Any], LeftOver, str]] = [
    ({"topics": ["wax", "candles"]}, LeftOver.NO_SHARED_TOPIC, "No mentor offers wax or candles."),
    (
        {"languages": ["fi", "sv"]},
        LeftOver.NO_COMMON_LANGUAGE,
        "No mentor for these topics speaks Finnish or Swedish.",
    ),
    (
        {"availability": ["WEEKDAY_MORNINGS"], "time_zone": "Europe/Berlin"},
        LeftOver.NO_COMMON_HOURS,
        "No mentor for these topics has time in the same hours.",
    ),
]


@pytest.mark.parametrize(("changes", "code", "sentence"), LEFT)
async def test_who_is_left_over_reads_why(
    community: Community, changes: dict[str, Any], code: LeftOver, sentence: str
) -> None:
    """The admin reads it among those who are unmatched, and the person on his own sign-up."""
    here = await waiting(community)
    (_, offers), (tom, seeks) = here.mentors[0], here.mentees[0]
    await answers(community, offers, availability=["WEEKDAY_EVENINGS"], time_zone="Europe/Berlin")
    await answers(community, seeks, **changes)
    proposal = await proposed(here.admin, here.program)
    assert proposal["suggestedMatches"] == []
    told = {each["signUp"]["id"]: (each["codes"], each["reasons"]) for each in proposal["unmatched"]}
    assert told[seeks] == ([code], [sentence])
    assert (await tom.do(WAITING_REASON, id=seeks))["waitingReason"] == sentence


async def test_all_mentors_are_full_or_none_is_there(community: Community) -> None:
    here = await waiting(community, 1, 2)
    (maya, offers), (_, first), (tom, second) = here.mentors[0], *here.mentees
    await here.admin.do(CREATE_MATCH, input=here.pair(0, 0))
    assert left_of(await proposed(here.admin, here.program)) == {second: "ALL_TAKEN"}
    told = (await tom.do(WAITING_REASON, id=second))["waitingReason"]
    assert told == "All mentors who would fit have their places taken."
    await maya.do(WITHDRAW_SIGN_UP, input={"signUpId": offers})
    proposal = await proposed(here.admin, here.program)
    assert left_of(proposal) == {second: "NOBODY_THERE"}
    assert (await tom.do(WAITING_REASON, id=second))["waitingReason"] == "No mentor has signed up yet."
    assert first not in left_of(proposal), "who has a mentor is not left over"


async def test_a_mentee_with_an_open_match_who_signed_up_again_is_left_over(community: Community) -> None:
    here = await waiting(community, 2, 1)
    await here.admin.do(CREATE_MATCH, input=here.pair())
    tom, seeks = here.mentees[0]
    await tom.do(WITHDRAW_SIGN_UP, input={"signUpId": seeks})
    again = await community.sign_up(tom, here.program, "MENTEE")
    proposal = await proposed(here.admin, here.program)
    assert left_of(proposal) == {again: "NO_FREE_PLACE", here.mentors[1][1]: "ALL_TAKEN"}


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
    told = (await tom.do(WAITING_REASON, id=seeks))["waitingReason"]
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
