"""A program by its weeks: a proposal, check-ins, a silence that is noticed, a break, and a farewell of both."""

from tests.community import Community, Pair, Person
from tests.documents import (
    ANSWER_CHECK_IN,
    COMPLETE_MATCH,
    COMPLETE_STEP,
    CREATE_MATCHES,
    CREATE_POST,
    PAUSE_MATCH,
    PROGRESS,
    RESUME_MATCH,
    SPACE,
)
from tests.invariants import invariants
from tests.proposing import WAITING, input_of, pairs_of, proposed
from tests.rhythms import check_ins, kinds_told, rhythm, talks, until
from tests.rounds import Round, waiting
from tests.servers import Served

REMINDERS = ("NUDGE_7", "NUDGE_14", "NUDGE_21", "SILENT_28")


async def proposed_and_paired(here: Round) -> Pair:
    """Ada takes what is proposed for her program as it is; the first of the pairs."""
    proposal = await proposed(here.admin, here.program)
    pairs = pairs_of(proposal)
    assert len(pairs) == 2 and proposal["unmatched"] == []
    assert all(reason["text"] for each in proposal["suggestedMatches"] for reason in each["reasons"])
    made = await here.admin.do(CREATE_MATCHES, input=input_of(here, pairs))
    assert [each["error"] for each in made["results"]] == [None, None]
    people = {sign_up_id: person for person, sign_up_id in [*here.mentors, *here.mentees]}
    mentor, mentee = pairs[0]
    sign_ups = {"MENTOR": mentor, "MENTEE": mentee}
    match_id = made["matches"][0]["id"]
    return Pair(match_id, people[mentor], people[mentee], here.admin, here.group, here.program, sign_ups)


async def steps_of(person: Person, pair: Pair) -> list[dict[str, str]]:
    return (await person.do(SPACE, id=pair.id))["space"]["steps"]


async def test_a_pair_goes_its_weeks_together_from_a_proposal_to_a_farewell(
    served: Served, community: Community
) -> None:
    here = await waiting(community, 2, 2)
    pair = await proposed_and_paired(here)
    await community.advance(here.admin, here.program, "RUNNING")
    await talks(pair.mentor, pair, "Hello!")

    # The first week: both do the first step, and answer the check-in on Sunday, each seeing the other's answer.
    first = (await steps_of(pair.mentor, pair))[0]
    for person in (pair.mentor, pair.mentee):
        await person.do(COMPLETE_STEP, input={"stepProgressId": first["id"]})
    await until(served, pair, "2026-03-08 18:30")
    (asked,) = await check_ins(pair.mentee, pair)
    for person, mood in ((pair.mentee, 4), (pair.mentor, 5)):
        assert await kinds_told(person, "CHECK_IN_DUE") == ["CHECK_IN_DUE"]
        await person.do(ANSWER_CHECK_IN, input={"checkInId": asked["id"], "mood": mood, "body": "Good"})
    (answered,) = await check_ins(pair.mentee, pair)
    assert (answered["viewerAnswer"]["mood"], answered["partnerAnswer"]["mood"]) == (4, 5)

    # The second: its step opens by itself.
    await until(served, pair, "2026-03-09 12:00")
    states = [step["state"] for step in await steps_of(pair.mentee, pair)]
    assert states[:3] == ["DONE", "OPEN", "LOCKED"]

    # Then nobody writes. After a week both are reminded once, and a line ends it.
    await until(served, pair, "2026-03-16 12:00")
    await until(served, pair, "2026-03-17 12:00")
    for person in (pair.mentor, pair.mentee):
        assert await kinds_told(person, *REMINDERS) == ["NUDGE_7"]
    await talks(pair.mentee, pair, "I was away, sorry!")
    assert (await rhythm(pair.mentor, pair))["silentSince"] == "2026-03-17T12:00:00+00:00"

    # A break of three weeks: no check-in, no reminder, and the weeks stand still.
    await pair.mentee.do(PAUSE_MATCH, input={"matchId": pair.id})
    before, asked = await pair.mentor.do(PROGRESS, id=pair.id), len(await check_ins(pair.mentor, pair))
    await until(served, pair, "2026-04-07 12:00")
    after = await pair.mentor.do(PROGRESS, id=pair.id)
    assert (after["state"], after["space"]["progress"]) == ("PAUSED", before["space"]["progress"])
    assert len(await check_ins(pair.mentor, pair)) == asked
    assert await kinds_told(pair.mentor, *REMINDERS) == ["NUDGE_7"]
    await pair.mentor.do(RESUME_MATCH, input={"matchId": pair.id})

    # Both find that it is complete: a farewell to read, nothing more to write, and the queue again for who wants it.
    said = await pair.mentee.do(COMPLETE_MATCH, input={"matchId": pair.id})
    assert said["match"]["state"] == "ACTIVE" and said["match"]["space"]["farewell"] is None
    agreed = await pair.mentor.do(COMPLETE_MATCH, input={"matchId": pair.id})
    assert agreed["match"]["state"] == "COMPLETED" and agreed["match"]["space"]["farewell"]
    assert await kinds_told(pair.mentee, "MATCH_COMPLETED") == ["MATCH_COMPLETED"]
    refused = await pair.mentor.refused(CREATE_POST, input={"matchId": pair.id, "body": "One more thing"})
    assert refused["code"] == "READ_ONLY"
    queue = await pair.mentee.do(WAITING, id=pair.sign_ups["MENTEE"])
    assert queue["waitingPosition"] == 1
    await invariants(community.database)
