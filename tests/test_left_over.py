"""Who is never proposed, who is left over, and why: the admin reads a reason of each, and no secret of anybody."""

from typing import Any

import pytest

from models.enums import LeftOver
from tests.community import Community
from tests.documents import CREATE_MATCH, END_MATCH, WITHDRAW_SIGN_UP
from tests.proposing import WAITING, answers, left_of, pairs_of, proposed
from tests.rounds import Round, key, waiting


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
    before = [(await person.do(WAITING, id=id_))["waitingReason"] for person, id_ in people]
    await excluded(community, here, how)
    proposal = await proposed(here.admin, here.program)
    assert proposal["suggestedMatches"] == []
    told = [(each["codes"], each["reasons"]) for each in proposal["unmatched"]]
    assert sorted(told) == [
        (["NOBODY_AVAILABLE"], ["The mentees who would fit are not available."]),
        (["NOBODY_AVAILABLE"], ["The mentors who would fit are not available."]),
    ]
    after = [(await person.do(WAITING, id=id_))["waitingReason"] for person, id_ in people]
    assert after == before
    async with community.nothing_changes():
        error = await here.admin.refused(CREATE_MATCH, input=here.pair())
    assert (error["code"], error["path"]) == ("NOT_AVAILABLE", None)
    assert error["message"] == "These two are not available for each other. Choose others."


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
    assert (await tom.do(WAITING, id=seeks))["waitingReason"] == sentence


async def test_all_mentors_are_full_or_none_is_there(community: Community) -> None:
    here = await waiting(community, 1, 2)
    (maya, offers), (_, first), (tom, second) = here.mentors[0], *here.mentees
    await here.admin.do(CREATE_MATCH, input=here.pair(0, 0))
    assert left_of(await proposed(here.admin, here.program)) == {second: "ALL_TAKEN"}
    told = (await tom.do(WAITING, id=second))["waitingReason"]
    assert told == "All mentors who would fit have their places taken."
    await maya.do(WITHDRAW_SIGN_UP, input={"signUpId": offers})
    proposal = await proposed(here.admin, here.program)
    assert left_of(proposal) == {second: "NOBODY_THERE"}
    assert (await tom.do(WAITING, id=second))["waitingReason"] == "No mentor has signed up yet."
    assert first not in left_of(proposal), "who has a mentor is not left over"


async def test_a_mentee_with_an_open_match_who_signed_up_again_is_left_over(community: Community) -> None:
    here = await waiting(community, 2, 1)
    await here.admin.do(CREATE_MATCH, input=here.pair())
    tom, seeks = here.mentees[0]
    await tom.do(WITHDRAW_SIGN_UP, input={"signUpId": seeks})
    again = await community.sign_up(tom, here.program, "MENTEE")
    proposal = await proposed(here.admin, here.program)
    assert left_of(proposal) == {again: "NO_FREE_PLACE", here.mentors[1][1]: "ALL_TAKEN"}
