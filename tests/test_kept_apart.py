"""After an end: who goes back to the queue, to which place, and who is not suggested to whom again, said to nobody."""

import asyncio
from typing import Any

from tests.community import Community, Pair, Person
from tests.devices import refreshed
from tests.documents import CREATE_MATCH, END_MATCH, LEAVE_GROUP, REMOVE_MEMBER, WITHDRAW_SIGN_UP
from tests.falling_due import ticker_on
from tests.invariants import invariants
from tests.racing import all_at_once
from tests.rounds import Round, key, waiting
from tests.servers import Served

SUGGESTED = """query($id: ID!) { program(id: $id) { admin {
  suggestedMatches { mentorSignUp { id } menteeSignUp { id } } unmatched { signUp { id } reasons }
} } }"""
QUEUE = """query($id: ID!) { program(id: $id) { admin {
  signUps(first: 50, role: MENTEE) { edges { node { id state waitingPosition } } }
} } }"""
OWN = "query($id: ID!) { match(id: $id) { state viewerSignUp { id state waitingPosition } } }"
APART = "SELECT user_low_id, user_high_id, program_id FROM kept_apart WHERE program_id = $1"


async def match(here: Round, mentor: int = 0, mentee: int = 0) -> str:
    return (await here.admin.do(CREATE_MATCH, input=here.pair(mentor, mentee)))["match"]["id"]


async def end(person: Person, match_id: str, reason: str, **more: Any) -> None:
    await person.do(END_MATCH, input={"matchId": match_id, "reason": reason} | more)


async def suggested(here: Round, admin: Person | None = None) -> list[tuple[str, str]]:
    seen = (await (admin or here.admin).do(SUGGESTED, id=here.program))["admin"]["suggestedMatches"]
    return [(each["mentorSignUp"]["id"], each["menteeSignUp"]["id"]) for each in seen]


async def queue(here: Round, admin: Person | None = None) -> list[tuple[str, int | None]]:
    """The mentees' sign-ups with their places, as the admin sees them, by number."""
    edges = (await (admin or here.admin).do(QUEUE, id=here.program))["admin"]["signUps"]["edges"]
    places = {edge["node"]["id"]: edge["node"]["waitingPosition"] for edge in edges}
    return [places[sign_up_id] for _, sign_up_id in here.mentees]


async def test_two_who_did_not_fit_are_not_suggested_to_each_other_again_and_others_are(community: Community) -> None:
    here = await waiting(community, mentors=2)
    (_, other), (tom, seek) = here.mentors[1], here.mentees[0]
    await end(tom, await match(here), "NOT_A_GOOD_FIT", feedback="We talk past each other.")
    assert await suggested(here) == [(other, seek)]
    async with community.nothing_changes():
        error = await here.admin.refused(CREATE_MATCH, input=here.pair())
    assert error["code"] == "NOT_AVAILABLE" and "fit" not in error["message"]
    await match(here, mentor=1)
    (row,) = await community.database.fetch(APART, key(here.program))
    people = sorted((key(here.mentors[0][0].id), key(tom.id)))
    assert [row["user_low_id"], row["user_high_id"]] == people


async def test_another_reason_or_another_program_keeps_nobody_apart(community: Community) -> None:
    here = await waiting(community)
    (maya, offer), (tom, seek) = here.mentors[0], here.mentees[0]
    for reason in ("NO_TIME", "GOAL_REACHED", "OTHER"):
        await end(maya, await match(here), reason)
        assert await suggested(here) == [(offer, seek)]
    await end(maya, await match(here), "NOT_A_GOOD_FIT")
    assert await suggested(here) == []
    elsewhere = await community.program(here.admin, here.group)
    ids = await community.sign_up(maya, elsewhere, "MENTOR"), await community.sign_up(tom, elsewhere, "MENTEE")
    await community.advance(here.admin, elsewhere, "MATCHING")
    there = Round(here.admin, here.group, elsewhere, [(maya, ids[0])], [(tom, ids[1])])
    assert await suggested(there) == [ids]


async def test_the_partner_and_the_admin_see_the_same_after_any_end(community: Community) -> None:
    """Whatever Tom said, the answers that Maya and Ada get differ in ids and nothing else."""
    told = []
    for reason in ("NO_TIME", "NOT_A_GOOD_FIT", "GOAL_REACHED"):
        here = await waiting(community)
        (maya, _), (tom, _) = here.mentors[0], here.mentees[0]
        made = await match(here)
        await end(tom, made, reason, feedback="It was me.")
        everything = """query($id: ID!, $program: ID!) {
          match(id: $id) { state endedAt viewerSignUp { state } space { partner { bio } introduction { text } } }
          viewer { notifications { edges { node { kind text } } } }
          program(id: $program) { state viewerSignUps { state } admin { matches { edges { node { state } } } } }
        }"""
        seen = [str(await person.ask(everything, id=made, program=here.program)) for person in (maya, here.admin)]
        for person in (maya, tom, here.admin):
            seen = [each.replace(person.name, "Somebody") for each in seen]
        assert "It was me" not in str(seen)
        told.append(seen)
    assert told == [told[0]] * 3


async def test_each_of_the_two_chooses_whether_to_go_back_to_the_queue(community: Community) -> None:
    """Tom ends and does not want to go on; Maya's sign-up waits, and she may let it wait, or not."""
    for stays in (True, False):
        here = await waiting(community)
        (maya, offer), (tom, seek) = here.mentors[0], here.mentees[0]
        made = await match(here)
        await end(tom, made, "NO_TIME", backToQueue=False)
        assert (await tom.do(OWN, id=made))["viewerSignUp"] == {
            "id": seek,
            "state": "WITHDRAWN",
            "waitingPosition": None,
        }
        mine = (await maya.do(OWN, id=made))["viewerSignUp"]
        assert mine == {"id": offer, "state": "WAITING", "waitingPosition": 1}
        if not stays:
            await maya.do(WITHDRAW_SIGN_UP, input={"signUpId": mine["id"]})
        state = (await maya.do(OWN, id=made))["viewerSignUp"]["state"]
        assert state == ("WAITING" if stays else "WITHDRAWN")
        await invariants(community.database)


async def test_nobody_but_the_two_finds_a_sign_up_by_the_match(community: Community) -> None:
    pair = await community.pair()
    eve = await community.person("Eve")
    assert (await pair.admin.do(OWN, id=pair.id))["viewerSignUp"] is None
    for person in (eve, community.nobody):
        assert await person.do(OWN, id=pair.id) is None
    await pair.mentee.do(LEAVE_GROUP, input={"groupId": pair.group})
    assert (await pair.mentee.do(OWN, id=pair.id))["viewerSignUp"]["state"] == "WITHDRAWN", "his own still"
    await pair.admin.do(REMOVE_MEMBER, input={"groupId": pair.group, "userId": pair.mentor.id})
    assert await pair.mentor.do(OWN, id=pair.id) is None


async def test_who_goes_back_stands_where_he_stood(served: Served, community: Community) -> None:
    """Three wait in turn. The first is paired, the others move up; after the end, and after an expiry, he is first."""
    here = await waiting(community, mentees=3)
    start = "UPDATE sign_ups SET waiting_since = waiting_since + $2 * interval '1 second' WHERE id = $1"
    for number, (_, sign_up_id) in enumerate(here.mentees):
        await community.database.execute(start, key(sign_up_id), number)
    assert await queue(here) == [1, 2, 3]
    made = await match(here)
    assert await queue(here) == [None, 1, 2]
    await end(here.mentors[0][0], made, "NO_TIME")
    assert await queue(here) == [1, 2, 3]
    await match(here, mentee=1)
    assert await queue(here) == [1, None, 2]
    served.clock.advance(days=14)
    await ticker_on(served, "expire-match").tick()
    assert await queue(here, await refreshed(here.admin)) == [1, 2, 3]


async def test_both_say_at_the_same_moment_that_they_do_not_fit_and_are_kept_apart_once(community: Community) -> None:
    for _ in range(3):
        pair: Pair = await community.pair()
        async with all_at_once(community, "matches", 2):
            ends = [
                asyncio.create_task(
                    person.ask(END_MATCH, input={"matchId": pair.id, "reason": "NOT_A_GOOD_FIT", "backToQueue": True})
                )
                for person in (pair.mentor, pair.mentee)
            ]
        codes = [
            error["code"] for answer in await asyncio.gather(*ends) for error in answer["data"]["endMatch"]["errors"]
        ]
        assert codes == ["READ_ONLY"]
        assert len(await community.database.fetch(APART, key(pair.program))) == 1
        await invariants(community.database)


async def test_two_who_are_kept_apart_already_may_find_out_again(community: Community) -> None:
    """An admin had paired them before the first of two ends was written down: the second changes nothing."""
    here = await waiting(community)
    (maya, _), (tom, _) = here.mentors[0], here.mentees[0]
    made = await match(here)
    low, high = sorted((key(maya.id), key(tom.id)))
    apart = (
        "INSERT INTO kept_apart (id, program_id, user_low_id, user_high_id, created_at) VALUES ($1, $2, $3, $4, now())"
    )
    await community.database.execute(apart, key(made), key(here.program), low, high)
    await end(tom, made, "NOT_A_GOOD_FIT")
    assert len(await community.database.fetch(APART, key(here.program))) == 1
