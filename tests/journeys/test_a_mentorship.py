"""Maya mentors Tom: from two accounts to a farewell, through a served process with two workers."""

import asyncio

from tests.community import Community
from tests.documents import (
    ACKNOWLEDGE_INTRODUCTION,
    ADVANCE_PROGRAM,
    COMPLETE_STEP,
    CREATE_COMMENT,
    CREATE_GROUP,
    CREATE_MATCH,
    CREATE_POST,
    CREATE_PROGRAM,
    DELETE_COMMENT,
    EDIT_POST,
    END_MATCH,
    JOIN_GROUP,
    MATCH_ACTIVITY,
    PROGRAM_ACTIVITY,
    SIGN_UP,
    SPACE,
    VIEWER_ACTIVITY,
)
from tests.servers import Served

GROUPS = "query($topic: String) { groups(topic: $topic) { edges { node { id name mentorship { eligible } } } } }"
SIGN_UPS = """
query($id: ID!) { program(id: $id) { admin {
  signUps(state: [WAITING]) { edges { node { id role user { name } goals } } }
  matches { edges { node { id state mentor { name } mentee { name } space { activityCursor } } } }
} } }
"""


async def test_maya_mentors_tom_from_sign_up_to_farewell(two_workers: Served) -> None:
    async with Community.on(two_workers) as community:
        ada, maya, tom, eve = await community.people("Ada", "Maya", "Tom", "Eve")

        # Ada starts a group and a program in it; Maya and Tom find the group by its topic and join.
        described = {"name": "Soap Makers", "slug": "soap-makers", "focus": "PROFESSIONAL", "description": "Soap."}
        group = (await ada.do(CREATE_GROUP, input=described | {"topics": ["Soap making"]}))["group"]
        assert group["mentorship"] == {"eligible": True, "reason": None}
        for person in (maya, tom):
            (found,) = (await person.do(GROUPS, topic="soap making"))["edges"]
            assert found["node"]["id"] == group["id"]
            await person.do(JOIN_GROUP, input={"groupId": group["id"]})
        given = {"groupId": group["id"], "templateKey": "career_advancement", "title": "Spring", "description": "Go."}
        program = (await ada.do(CREATE_PROGRAM, input=given))["program"]
        assert program["state"] == "DRAFT" and program["steps"][0]["title"] == "Meet"
        await ada.do(ADVANCE_PROGRAM, input={"programId": program["id"], "to": "SIGN_UP"})

        async with (
            ada.hears(PROGRAM_ACTIVITY, programId=program["id"]) as admin_hears,
            maya.hears(VIEWER_ACTIVITY) as maya_hears,
            tom.hears_events(VIEWER_ACTIVITY) as tom_hears,
        ):
            await asyncio.gather(admin_hears.silence(), maya_hears.silence(), tom_hears.silence())

            # Both sign up, and Ada hears of it. She sees what they wrote and pairs them; all three hear of that.
            for person, role in ((maya, "MENTOR"), (tom, "MENTEE")):
                answers = {
                    "programId": program["id"],
                    "role": role,
                    "topics": ["pricing"],
                    "goals": f"{person.name}'s goal",
                    "languages": ["en"],
                    "timeZone": "Europe/Lisbon",
                }
                await person.do(SIGN_UP, input=answers)
                heard = await admin_hears.next()
                assert (heard["__typename"], heard["actor"]["id"]) == ("SignUpChanged", person.id)
            await ada.do(ADVANCE_PROGRAM, input={"programId": program["id"], "to": "MATCHING"})
            assert (await admin_hears.next())["program"]["state"] == "MATCHING"
            waiting = (await ada.do(SIGN_UPS, id=program["id"]))["admin"]["signUps"]["edges"]
            by_role = {edge["node"]["role"]: edge["node"] for edge in waiting}
            assert by_role["MENTEE"]["goals"] == "Tom's goal"
            pairing = {"mentorSignUpId": by_role["MENTOR"]["id"], "menteeSignUpId": by_role["MENTEE"]["id"]}
            match = (await ada.do(CREATE_MATCH, input=pairing | {"note": "You will like each other."}))["match"]
            for ears in (maya_hears, tom_hears):
                heard = await ears.next()
                assert (heard["match"]["id"], heard["match"]["state"]) == (match["id"], "INTRODUCED")

            # They read their introduction and say so; then they are active.
            space = (await tom.do(SPACE, id=match["id"]))["space"]
            assert "You will like each other." in space["introduction"]["text"]
            assert "Topic: pricing" in space["introduction"]["shared"]
            for person in (maya, tom):
                acknowledged = await person.do(ACKNOWLEDGE_INTRODUCTION, input={"matchId": match["id"]})
            assert acknowledged["match"]["state"] == "ACTIVE"

            # They talk, each hearing the other live, whichever worker serves whom.
            async with (
                maya.hears(MATCH_ACTIVITY, matchId=match["id"], after=space["activityCursor"]) as mayas,
                tom.hears_events(MATCH_ACTIVITY, matchId=match["id"], after=space["activityCursor"]) as toms,
            ):
                post = (await maya.do(CREATE_POST, input={"matchId": match["id"], "body": "Welcom!"}))["post"]
                await maya.do(EDIT_POST, input={"postId": post["id"], "body": "Welcome!"})
                comment = (await tom.do(CREATE_COMMENT, input={"postId": post["id"], "body": "Thanks"}))["comment"]
                await tom.do(DELETE_COMMENT, input={"commentId": comment["id"]})
                for person in (maya, tom):
                    await person.do(COMPLETE_STEP, input={"stepProgressId": space["steps"][0]["id"]})

                # The farewell: Tom ends it, and both hear it as the last of their stream, said by nobody.
                await tom.do(END_MATCH, input={"matchId": match["id"], "reason": "GOAL_REACHED", "feedback": "Great"})
                heard, toms_heard = await mayas.rest(), await toms.rest()
            # The same events in the same order; an edit may have overtaken the reading of what was edited.
            assert [event["cursor"] for event in heard] == [event["cursor"] for event in toms_heard]
            assert [event["__typename"] for event in heard] == [
                "MatchChanged",
                "MatchChanged",
                "PostAdded",
                "PostChanged",
                "CommentAdded",
                "CommentChanged",
                "StepProgressed",
                "StepProgressed",
                "StepProgressed",
                "MatchChanged",
            ]
            assert heard[2]["post"]["id"] == post["id"]
            assert heard[3]["post"]["body"] == "Welcome!"
            assert heard[-1]["match"]["state"] == "ENDED" and heard[-1]["actor"] is None

        # What they wrote stays theirs: both read it, and nobody else ever could.
        for person in (maya, tom):
            (edge,) = (await person.do(SPACE, id=match["id"]))["space"]["thread"]["posts"]["edges"]
            assert edge["node"]["body"] == "Welcome!"
        seen = (await ada.do(SIGN_UPS, id=program["id"]))["admin"]["matches"]["edges"][0]["node"]
        assert seen["state"] == "ENDED" and seen["space"] is None
        assert await eve.do(SPACE, id=match["id"]) is None
        answer = await ada.ask("query($id: ID!) { node(id: $id) { __typename } }", id=post["id"])
        assert answer["data"] == {"node": None}
