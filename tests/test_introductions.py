"""Introductions: what a new pair reads first, and how reading it makes the match active."""

import asyncio

from pubsub.streams import match_stream
from tests.community import Community, Pair, Person
from tests.documents import (
    ACKNOWLEDGE_INTRODUCTION,
    CREATE_MATCH,
    CREATE_POST,
    END_MATCH,
    MATCH_ACTIVITY,
    PROGRAM_ACTIVITY,
    SPACE,
    VIEWER_ACTIVITY,
)
from tests.invariants import invariants
from tests.racing import all_at_once
from tests.rounds import key


async def introduction_of(person: Person, match_id: str) -> dict:
    return (await person.do(SPACE, id=match_id))["space"]["introduction"]


async def read_by(person: Person, pair: Pair) -> tuple[bool, bool]:
    """Whether the viewer and the partner have read it, as the viewer sees it."""
    seen = await introduction_of(person, pair.id)
    return seen["acknowledgedByViewer"], seen["acknowledgedByPartner"]


async def test_two_are_introduced_in_their_own_words_and_the_admins(community: Community) -> None:
    ada, maya, tom = await community.people("Ada", "Maya", "Tom")
    program_id = await community.program(ada, await community.group(ada, maya, tom), title="Soap that sells")
    offered = {
        "topics": ["Pricing", "markets"],
        "goals": "Somebody to cheer for.",
        "experience": "Ten years of markets.\n\nTwo shops.",
        "languages": ["en", "de"],
    }
    sought = {
        "topics": ["scents", "pricing"],
        "goals": "To price soap well.\nAnd > to sleep.",
        "languages": ["de", "fr"],
    }
    pair = {
        "mentorSignUpId": await community.sign_up(maya, program_id, "MENTOR", **offered),
        "menteeSignUpId": await community.sign_up(tom, program_id, "MENTEE", **sought),
        "note": "You both sell in Lisbon.",
    }
    await community.advance(ada, program_id, "MATCHING")
    match_id = (await ada.do(CREATE_MATCH, input=pair))["match"]["id"]
    read = await introduction_of(maya, match_id)
    assert read == await introduction_of(tom, match_id)
    for words in (
        "Maya and Tom, meet each other",
        "“Soap that sells”",
        "**Tom** hopes for:\n\n> To price soap well.\n> And > to sleep.",
        "**Maya** offers:\n\n> Ten years of markets.\n> \n> Two shops.",
        "> You both sell in Lisbon.",
    ):
        assert words in read["text"]
    assert read["shared"] == ["Topic: pricing", "Language: de", "Time zone: Europe/Berlin"]
    assert "You both chose **pricing**." in read["text"]
    assert (
        read["firstQuestion"] == "Tom, to begin with “Meet”: What have you tried so far, and where did you get stuck?"
    )
    assert not read["acknowledgedByViewer"] and not read["acknowledgedByPartner"]


async def test_two_who_share_nothing_and_a_mentor_without_experience_are_introduced_too(community: Community) -> None:
    ada, maya, tom = await community.people("Ada", "Maya", "Tom")
    program_id = await community.program(ada, await community.group(ada, maya, tom))
    offered = {"topics": [], "goals": "To pass it on.", "experience": None, "timeZone": "UTC"}
    pair = {
        "mentorSignUpId": await community.sign_up(maya, program_id, "MENTOR", **offered),
        "menteeSignUpId": await community.sign_up(tom, program_id, "MENTEE", languages=["pt-BR"]),
        "note": "  ",
    }
    await community.advance(ada, program_id, "MATCHING")
    match_id = (await ada.do(CREATE_MATCH, input=pair))["match"]["id"]
    read = await introduction_of(tom, match_id)
    assert "**Maya** offers:\n\n> To pass it on." in read["text"]
    assert "admin" not in read["text"], "a blank note is none"
    assert read["shared"] == [] and read["firstQuestion"].startswith("Tom, ")


async def test_without_a_question_in_the_first_step_one_is_made_of_what_the_two_share(community: Community) -> None:
    """A blank program has no steps. Both have time in the evening where they are, which is the same place."""
    ada, maya, tom = await community.people("Ada", "Maya", "Tom")
    program_id = await community.program(ada, await community.group(ada, maya, tom), templateKey="blank")
    times = {"MENTOR": ["WEEKDAY_EVENINGS", "WEEKEND_MORNINGS"], "MENTEE": ["WEEKEND_MORNINGS", "WEEKEND_EVENINGS"]}
    pair = {
        f"{role.lower()}SignUpId": await community.sign_up(
            person, program_id, role, topics=["pricing", "a *b*", "soap"], availability=times[role]
        )
        for role, person in (("MENTOR", maya), ("MENTEE", tom))
    }
    await community.advance(ada, program_id, "MATCHING")
    match_id = (await ada.do(CREATE_MATCH, input=pair))["match"]["id"]
    read = await introduction_of(maya, match_id)
    assert read["firstQuestion"].startswith("Tom, what made you choose pricing")
    assert "You both chose **pricing**, **a \\*b\\*** and **soap**." in read["text"]
    assert read["shared"][-1] == "Time: weekend mornings"


AGAIN = """
mutation($id: ID!) {
  acknowledgeIntroduction(input: {matchId: $id}) { match { space { activityCursor } } errors { code } }
}
"""


async def test_once_both_have_read_it_the_match_is_active_and_each_hears_the_other(community: Community) -> None:
    pair = await community.pair()
    async with (
        pair.mentee.hears(MATCH_ACTIVITY, matchId=pair.id) as tom,
        pair.mentee.hears(VIEWER_ACTIVITY) as toms,
        pair.admin.hears(PROGRAM_ACTIVITY, programId=pair.program) as admin,
    ):
        await asyncio.gather(tom.silence(0.2), toms.silence(0.2), admin.silence(0.2))
        for person, state in ((pair.mentor, "INTRODUCED"), (pair.mentee, "ACTIVE")):
            match = (await person.do(ACKNOWLEDGE_INTRODUCTION, input={"matchId": pair.id}))["match"]
            assert match["state"] == state
            events = (await tom.next(), await toms.next())
            if person is pair.mentor:
                assert (await toms.next())["notification"]["kind"] == "INTRODUCTION_ACKNOWLEDGED"
            for event in events:
                assert (event["__typename"], event["actor"]["id"]) == ("MatchChanged", person.id)
                assert (event["match"]["id"], event["match"]["state"]) == (pair.id, state)
            if state == "ACTIVE":
                event = await admin.next()
                assert (event["match"]["state"], event["actor"]) == ("ACTIVE", None), "the state, and not who"
            expected = {"INTRODUCED": ((True, False), (False, True)), "ACTIVE": ((True, True), (True, True))}[state]
            assert (await read_by(pair.mentor, pair), await read_by(pair.mentee, pair)) == expected

            async with community.nothing_changes():
                again = (await person.do(ACKNOWLEDGE_INTRODUCTION, input={"matchId": pair.id}))["match"]
                assert again == match
            stream = match_stream(key(pair.id))
            head = await community.database.fetchval("SELECT activity_head FROM matches WHERE id = $1", stream.id)
            space = "query($id: ID!) { match(id: $id) { space { activityCursor } } }"
            assert (await person.do(space, id=pair.id))["space"]["activityCursor"] == stream.cursor(head)
            told = (await person.do(AGAIN, id=pair.id))["match"]["space"]["activityCursor"]
            assert told == stream.cursor(head), "a cursor ahead of the stream would miss what comes next"
        await asyncio.gather(tom.silence(), toms.silence(), admin.silence())


async def test_writing_makes_it_active_and_reading_is_still_told(community: Community) -> None:
    pair = await community.pair()
    await pair.mentor.do(CREATE_POST, input={"matchId": pair.id, "body": "Hello"})
    since = "SELECT active_at FROM matches WHERE id = $1"
    active_at = await community.database.fetchval(since, key(pair.id))
    community.served.clock.advance(minutes=1)
    async with pair.mentor.hears(MATCH_ACTIVITY, matchId=pair.id) as maya:
        await maya.silence(0.2)
        for person in (pair.mentee, pair.mentor):
            match = (await person.do(ACKNOWLEDGE_INTRODUCTION, input={"matchId": pair.id}))["match"]
            assert match["state"] == "ACTIVE"
            assert (await maya.next())["actor"]["id"] == person.id
    assert await read_by(pair.mentor, pair) == (True, True)
    assert await community.database.fetchval(since, key(pair.id)) == active_at, "its weeks count from the first word"


async def test_both_read_it_at_the_same_moment_and_neither_reading_is_lost(community: Community) -> None:
    given = "SELECT kind, actor_id FROM activity WHERE stream_id = $1"
    for _ in range(3):
        pair = await community.pair()
        people = [pair.mentor, pair.mentee, pair.mentor, pair.mentee]
        async with all_at_once(community, "matches", len(people)):
            tasks = [
                asyncio.create_task(person.do(ACKNOWLEDGE_INTRODUCTION, input={"matchId": pair.id}))
                for person in people
            ]
        states = [answer["match"]["state"] for answer in await asyncio.gather(*tasks)]
        assert "ACTIVE" in states
        assert await read_by(pair.mentor, pair) == (True, True)
        assert (await pair.mentor.do(SPACE, id=pair.id))["state"] == "ACTIVE"
        logged = [(row["kind"], row["actor_id"]) for row in await community.database.fetch(given, key(pair.id))]
        assert sorted(logged) == sorted(("MATCH_CHANGED", key(each.id)) for each in (pair.mentor, pair.mentee))
        await invariants(community.database)


async def test_nobody_else_and_nobody_after_the_end_acknowledges(community: Community) -> None:
    pair, other = await community.pair(), await community.pair("Nia", "Olu")
    given = {"matchId": pair.id}
    async with pair.mentee.hears(MATCH_ACTIVITY, matchId=pair.id) as tom:
        await tom.silence(0.1)
        async with community.nothing_changes():
            refusals = [
                await person.refused(ACKNOWLEDGE_INTRODUCTION, input=given) for person in (pair.admin, other.mentor)
            ]
            refusals.append(await other.mentor.refused(ACKNOWLEDGE_INTRODUCTION, input={"matchId": "garbage"}))
            assert refusals == [refusals[0]] * 3
            assert (refusals[0]["code"], refusals[0]["path"]) == ("NOT_FOUND", ["input", "matchId"])
            error = await community.nobody.refused(ACKNOWLEDGE_INTRODUCTION, input=given)
            assert error["code"] == "UNAUTHENTICATED"
        await tom.silence()
    await pair.mentee.do(END_MATCH, input={"matchId": pair.id, "reason": "NO_TIME"})
    async with community.nothing_changes():
        error = await pair.mentor.refused(ACKNOWLEDGE_INTRODUCTION, input=given)
    assert (error["code"], error["path"]) == ("READ_ONLY", ["input", "matchId"])
