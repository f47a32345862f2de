"""Programs: starting one from a template, who sees it, and finding one to sign up for."""

import logging

import pytest

from tests.community import Community
from tests.documents import (
    CREATE_MATCH,
    CREATE_PROGRAM,
    JOIN_GROUP,
    LEAVE_GROUP,
    PROGRAM_ACTIVITY,
    WITHDRAW_SIGN_UP,
)

STEP = "position week title mentorGuidance menteeGuidance rule minutes"
TEMPLATES = f"{{ programTemplates {{ key name summary weeks steps {{ {STEP} }} }} }}"
PROGRAM = f"""
query($id: ID!, $role: SignUpRole, $signUps: [SignUpState!], $matches: [MatchState!]) {{
  program(id: $id) {{
    title description state rolling weeks startsOn group {{ id name }} steps {{ {STEP} }}
    viewerSignUps {{ id role state }}
    admin {{
      signUps(role: $role, state: $signUps) {{ edges {{ node {{ id user {{ name }} }} }} }}
      matches(state: $matches) {{ edges {{ node {{ id mentor {{ name }} space {{ activityCursor }} }} }} }}
    }}
  }}
}}
"""
FOUND = """
query($first: Int, $after: String, $topic: String, $open: Boolean) {
  programs(first: $first, after: $after, topic: $topic, openForSignUp: $open) {
    edges { node { id } } pageInfo { endCursor }
  }
}
"""
OF_GROUP = """
query($id: ID!, $state: [ProgramState!]) {
  node(id: $id) { ... on Group { programs(state: $state) { edges { node { id } } } } }
}
"""


async def test_a_program_gets_its_own_copy_of_a_templates_steps(community: Community) -> None:
    """Ada starts a rolling draft: it has all the steps, words, rules and weeks of the template that she chose."""
    ada = await community.person("Ada")
    templates = {template["key"]: template for template in await community.nobody.do(TEMPLATES)}
    assert templates["blank"]["steps"] == []
    assert list(templates)[-1] == "blank"
    group_id = await community.group(ada)
    for key in ("career_advancement", "blank"):
        program_id = await community.program(
            ada, group_id, state="DRAFT", templateKey=key, startsOn="2026-04-01", rolling=True, title=" Spring "
        )
        seen = await ada.do(PROGRAM, id=program_id)
        assert (seen["steps"], seen["weeks"]) == (templates[key]["steps"], templates[key]["weeks"])
        assert (seen["title"], seen["state"], seen["startsOn"]) == ("Spring", "DRAFT", "2026-04-01")
        assert (seen["rolling"], seen["group"]) == (True, {"id": group_id, "name": "Soap Makers"})


async def test_only_an_admin_of_an_eligible_group_starts_a_program(community: Community) -> None:
    """A member may not; the admin of a film club reads the reason that the group itself gives; nothing is written."""
    ada, tom = await community.people("Ada", "Tom")
    soap, films = await community.group(ada, tom), await community.group(ada, name="Film Club", focus="OTHER")
    given = {"templateKey": "blank", "title": "Round", "description": "Twelve weeks."}
    reason = "query($id: ID!) { node(id: $id) { ... on Group { mentorship { reason } } } }"
    async with community.nothing_changes():
        error = await tom.refused(CREATE_PROGRAM, input=given | {"groupId": soap})
        assert error["code"] == "FORBIDDEN"
        error = await ada.refused(CREATE_PROGRAM, input=given | {"groupId": films})
        assert (error["code"], error["path"]) == ("NOT_ELIGIBLE", ["input", "groupId"])
        assert error["message"] == (await ada.do(reason, id=films))["mentorship"]["reason"]
        error = await ada.refused(CREATE_PROGRAM, input=given | {"groupId": ada.id})
        assert (error["code"], error["path"]) == ("NOT_FOUND", ["input", "groupId"])
        error = await community.nobody.refused(CREATE_PROGRAM, input=given | {"groupId": soap})
        assert error["code"] == "UNAUTHENTICATED"


async def test_a_program_that_is_not_described_well_is_refused(community: Community) -> None:
    """An unknown template names those that there are; title and description have their limits."""
    ada = await community.person("Ada")
    good = {
        "groupId": await community.group(ada),
        "templateKey": "blank",
        "title": "Round",
        "description": "Twelve weeks.",
    }
    async with community.nothing_changes():
        for field, value in (("templateKey", "Blank"), ("title", "t" * 121), ("title", ""), ("description", " ")):
            error = await ada.refused(CREATE_PROGRAM, input=good | {field: value})
            assert (error["code"], error["path"]) == ("INVALID_INPUT", ["input", field])
            assert field != "templateKey" or "skill_development" in error["message"]


async def test_a_draft_is_seen_by_admins_only(community: Community) -> None:
    """Ada's draft is nowhere to be found for Tom, a member, until sign-up begins; an outsider never sees it."""
    ada, tom, eve = await community.people("Ada", "Tom", "Eve")
    group_id = await community.group(ada, tom, topics=["drafts"])
    program_id = await community.program(ada, group_id, state="DRAFT")
    step = "query($id: ID!) { program(id: $id) { steps { id } } }"
    step_id = (await ada.do(step, id=program_id))["steps"][0]["id"]

    async def seen_by(person: object) -> list[bool]:
        listed = (await person.do(OF_GROUP, id=group_id))["programs"]
        return [
            await person.do(PROGRAM, id=program_id) is not None,
            await person.do("query($id: ID!) { node(id: $id) { id } }", id=program_id) is not None,
            await person.do("query($id: ID!) { node(id: $id) { id } }", id=step_id) is not None,
            bool((await person.do(FOUND, topic="drafts"))["edges"]),
            bool(listed and listed["edges"]),
        ]

    assert await seen_by(ada) == [True] * 5
    assert [await seen_by(person) for person in (tom, eve)] == [[False] * 5] * 2
    assert (await tom.do(OF_GROUP, id=group_id, state=["DRAFT"]))["programs"]["edges"] == []
    await community.advance(ada, program_id, "SIGN_UP")
    assert await seen_by(tom) == [True] * 5
    assert await seen_by(eve) == [False] * 5
    assert await seen_by(community.nobody) == [False] * 5


async def test_members_see_their_own_sign_ups_and_admins_see_all(community: Community) -> None:
    """Tom sees his sign-ups and no admin's view; Ada sees who signed up and the pairs, and not what they write."""
    pair = await community.pair()
    late = await community.person("Leo")
    await late.do(JOIN_GROUP, input={"groupId": pair.group})
    withdrawn = await community.sign_up(late, pair.program, "MENTEE")
    await late.do(WITHDRAW_SIGN_UP, input={"signUpId": withdrawn})
    again = await community.sign_up(late, pair.program, "MENTEE")
    seen = await late.do(PROGRAM, id=pair.program)
    assert seen["admin"] is None
    assert seen["viewerSignUps"] == [
        {"id": withdrawn, "role": "MENTEE", "state": "WITHDRAWN"},
        {"id": again, "role": "MENTEE", "state": "WAITING"},
    ]

    async def admin_sees(**filters: object) -> tuple[list[str], list[str]]:
        admin = (await pair.admin.do(PROGRAM, id=pair.program, **filters))["admin"]
        assert all(edge["node"]["space"] is None for edge in admin["matches"]["edges"])
        return tuple([edge["node"]["id"] for edge in admin[name]["edges"]] for name in ("signUps", "matches"))

    mentor, mentee = pair.sign_ups["MENTOR"], pair.sign_ups["MENTEE"]
    assert await admin_sees() == ([mentor, mentee, withdrawn, again], [pair.id])
    assert await admin_sees(role="MENTEE", signUps=["WAITING"], matches=["ENDED"]) == ([again], [])
    assert await admin_sees(role="MENTOR", matches=["INTRODUCED", "ACTIVE"]) == ([mentor], [pair.id])
    assert await admin_sees(signUps=[]) == ([], [pair.id])


async def test_who_left_the_group_sees_the_program_of_his_pair_but_not_the_others(community: Community) -> None:
    """Tom leaves: the program that he was paired in stays behind his match, the group's next one is not his to see."""
    pair = await community.pair()
    following = await community.program(pair.admin, pair.group)
    await pair.mentee.do(LEAVE_GROUP, input={"groupId": pair.group})
    assert (await pair.mentee.do(PROGRAM, id=pair.program))["title"] == "Spring round"
    assert await pair.mentee.do(PROGRAM, id=following) is None


async def test_programs_are_found_by_topic_and_by_whether_they_take_sign_ups(community: Community) -> None:
    """Tom looks for rounds about candles: those open for sign-up, those that are not, page by page, newest first."""
    ada, tom = await community.people("Ada", "Tom")
    candles = await community.group(ada, tom, topics=["Candles"])
    wax = await community.group(ada, tom, topics=["Candles"], slug="wax-only")
    closed, rolling, newest = [
        await community.program(ada, group_id, rolling=group_id is candles) for group_id in (wax, candles, candles)
    ]
    await community.program(ada, await community.group(ada, tom, topics=["Lamps"]))

    async def found(**asked: object) -> list[str]:
        return [edge["node"]["id"] for edge in (await tom.do(FOUND, **asked))["edges"]]

    assert await found(topic="candles") == [newest, rolling, closed]
    assert await found(topic="candles", first=2) == [newest, rolling]
    after = (await tom.do(FOUND, topic="candles", first=2))["pageInfo"]["endCursor"]
    assert await found(topic="candles", first=2, after=after) == [closed]
    for person, role in ((ada, "MENTOR"), (tom, "MENTEE")):
        await community.sign_up(person, rolling, role)
    for state in ("MATCHING", "RUNNING"):
        await community.advance(ada, rolling, state)
    await community.database.execute("UPDATE groups SET mentorship_withdrawn_at = now() WHERE slug = 'wax-only'")
    assert await found(topic="candles", open=True) == [newest, rolling]
    assert await found(topic="candles", open=False) == [closed]


async def test_the_start_of_a_program_stands_in_its_stream(community: Community) -> None:
    """Whoever follows the program from the draft's cursor hears what happened to it afterwards, and nothing before."""
    ada = await community.person("Ada")
    group_id = await community.group(ada)
    document = CREATE_PROGRAM.replace("program { id", "program { id admin { activityCursor }")
    given = {"groupId": group_id, "templateKey": "blank", "title": "Round", "description": "Twelve weeks."}
    program = (await ada.do(document, input=given))["program"]
    async with ada.hears(PROGRAM_ACTIVITY, programId=program["id"], after=program["admin"]["activityCursor"]) as ears:
        await community.advance(ada, program["id"], "SIGN_UP")
        event = await ears.next()
        await ears.silence()
    assert (event["__typename"], event["program"]) == ("ProgramChanged", {"id": program["id"], "state": "SIGN_UP"})
    assert event["actor"] == {"id": ada.id}
    assert await community.database.fetchval("SELECT max(number) FROM activity WHERE actor_id IS NOT NULL") >= 2


async def test_many_programs_are_read_in_as_many_statements_as_few(
    community: Community, caplog: pytest.LogCaptureFixture
) -> None:
    """Groups, steps, own sign-ups and the admin's view of eight programs take no more reads than of two."""
    ada, maya, tom = await community.people("Ada", "Maya", "Tom")
    for number in range(8):
        group_id = await community.group(ada, maya, tom, topics=["counted"], slug=f"counted-{number}")
        program_id = await community.program(ada, group_id)
        signed = [
            await community.sign_up(person, program_id, role) for person, role in ((maya, "MENTOR"), (tom, "MENTEE"))
        ]
        await community.advance(ada, program_id, "MATCHING")
        await ada.do(CREATE_MATCH, input={"mentorSignUpId": signed[0], "menteeSignUpId": signed[1]})
    document = """query($first: Int) { programs(first: $first, topic: "counted") { edges { node {
      title group { name viewerRole mentorship { eligible } } steps { title } viewerSignUps { id program { title } }
      admin { activityCursor signUps { edges { node { state user { name } program { title } } } }
        matches { edges { node { state mentor { name } mentee { name } program { title } } } } }
    } } } }"""
    counts = []
    for size in (2, 8):
        caplog.clear()
        with caplog.at_level(logging.DEBUG, logger="tortoise.db_client"):
            page = await ada.do(document, first=size)
        assert len(page["edges"]) == size
        assert all(len(edge["node"]["admin"]["signUps"]["edges"]) == 2 for edge in page["edges"])
        assert all(len(edge["node"]["admin"]["matches"]["edges"]) == 1 for edge in page["edges"])
        counts.append(len([record for record in caplog.records if record.name == "tortoise.db_client"]))
    assert counts[0] == counts[1] <= 12
