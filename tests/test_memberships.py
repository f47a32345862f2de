"""Memberships: joining, leaving, removing, banning, roles, and a group that never loses its last admin."""

from schema.node import parse_id
from tests.community import Community, Pair, Person
from tests.documents import (
    CREATE_POST,
    END_MATCH,
    JOIN_GROUP,
    LEAVE_GROUP,
    MATCH_ACTIVITY,
    PROGRAM_ACTIVITY,
    REMOVE_MEMBER,
    SET_GROUP_ROLE,
    SPACE,
    VIEWER_ACTIVITY,
)

ADMIN = "query($id: ID!) { program(id: $id) { state admin { activityCursor } } }"


async def roles(community: Community, group_id: str) -> dict[str, str]:
    """The group's members by name, with their roles."""
    rows = await community.database.fetch(
        "SELECT name, role FROM memberships JOIN users ON users.id = user_id WHERE group_id = $1", parse_id(group_id)[1]
    )
    return {row["name"]: row["role"] for row in rows}


async def sign_up_states(community: Community, pair: Pair) -> tuple[str, str]:
    """Where the sign-ups of mentor and mentee stand."""
    rows = await community.database.fetch(
        "SELECT role, state FROM sign_ups WHERE program_id = $1", parse_id(pair.program)[1]
    )
    states = {row["role"]: row["state"] for row in rows}
    return states["MENTOR"], states["MENTEE"]


async def set_role(admin: Person, group_id: str, person: Person, role: str) -> None:
    """An admin gives somebody a role."""
    await admin.do(SET_GROUP_ROLE, input={"groupId": group_id, "userId": person.id, "role": role})


async def test_a_person_joins_and_joining_again_changes_nothing(community: Community) -> None:
    """Tom joins Ada's group as a member; when either joins again, both stay what they are."""
    ada, tom = await community.people("Ada", "Tom")
    group_id = await community.group(ada)
    assert (await tom.do(JOIN_GROUP, input={"groupId": group_id}))["group"]["viewerRole"] == "MEMBER"
    async with community.nothing_changes():
        assert (await tom.do(JOIN_GROUP, input={"groupId": group_id}))["group"]["viewerRole"] == "MEMBER"
        assert (await ada.do(JOIN_GROUP, input={"groupId": group_id}))["group"]["viewerRole"] == "ADMIN"
    assert await roles(community, group_id) == {"Ada": "ADMIN", "Tom": "MEMBER"}


async def test_a_person_leaves_and_leaving_again_changes_nothing(community: Community) -> None:
    """Tom leaves and is an outsider again."""
    ada, tom = await community.people("Ada", "Tom")
    group_id = await community.group(ada, tom)
    assert (await tom.do(LEAVE_GROUP, input={"groupId": group_id}))["group"]["viewerRole"] is None
    async with community.nothing_changes():
        await tom.do(LEAVE_GROUP, input={"groupId": group_id})
    assert await roles(community, group_id) == {"Ada": "ADMIN"}


async def test_acts_on_no_group_or_by_nobody_are_refused(community: Community) -> None:
    """An id of something else is the same as one that does not exist; without a token the answer says to log in."""
    ada, tom = await community.people("Ada", "Tom")
    group_id = await community.group(ada, tom)
    acts = {
        JOIN_GROUP: {},
        LEAVE_GROUP: {},
        REMOVE_MEMBER: {"userId": tom.id},
        SET_GROUP_ROLE: {"userId": tom.id, "role": "ADMIN"},
    }
    async with community.nothing_changes():
        for document, more in acts.items():
            error = await ada.refused(document, input={"groupId": tom.id} | more)
            assert (error["code"], error["path"]) == ("NOT_FOUND", ["input", "groupId"])
            error = await community.nobody.refused(document, input={"groupId": group_id} | more)
            assert error["code"] == "UNAUTHENTICATED"


async def test_the_last_admin_leaves_only_after_appointing_another(community: Community) -> None:
    """Ada may neither leave Tom alone nor step down; once Tom is an admin too, she may go."""
    ada, tom = await community.people("Ada", "Tom")
    group_id = await community.group(ada, tom)
    async with community.nothing_changes():
        error = await ada.refused(LEAVE_GROUP, input={"groupId": group_id})
        assert (error["code"], "make another member an admin" in error["message"]) == ("CONFLICT", True)
        error = await ada.refused(SET_GROUP_ROLE, input={"groupId": group_id, "userId": ada.id, "role": "MEMBER"})
        assert (error["code"], error["path"]) == ("CONFLICT", ["input", "userId"])
    await set_role(ada, group_id, tom, "ADMIN")
    await ada.do(LEAVE_GROUP, input={"groupId": group_id})
    assert await roles(community, group_id) == {"Tom": "ADMIN"}


async def test_a_banned_person_hears_the_words_that_a_group_without_admins_says(community: Community) -> None:
    """Tom is banned from one group, and the admin of another has left it: the two refusals cannot be told apart."""
    ada, tom = await community.people("Ada", "Tom")
    group_id, abandoned = await community.group(ada, tom), await community.group(ada)
    await ada.do(REMOVE_MEMBER, input={"groupId": group_id, "userId": tom.id, "ban": True})
    await ada.do(LEAVE_GROUP, input={"groupId": abandoned})
    async with community.nothing_changes():
        banned = await tom.refused(JOIN_GROUP, input={"groupId": group_id})
        late = await tom.refused(JOIN_GROUP, input={"groupId": abandoned})
    assert banned == late
    assert banned["code"] == "NOT_AVAILABLE"


async def test_only_an_admin_removes_members_and_sets_roles(community: Community) -> None:
    """A member may not, an outsider may not; an admin may not remove herself or somebody who is not there."""
    ada, tom, eve = await community.people("Ada", "Tom", "Eve")
    group_id = await community.group(ada, tom)
    async with community.nothing_changes():
        for person in (tom, eve):
            for document, more in ((REMOVE_MEMBER, {"ban": True}), (SET_GROUP_ROLE, {"role": "MEMBER"})):
                error = await person.refused(document, input={"groupId": group_id, "userId": ada.id} | more)
                assert error["code"] == "FORBIDDEN"
        error = await ada.refused(REMOVE_MEMBER, input={"groupId": group_id, "userId": ada.id})
        assert (error["code"], "leaveGroup" in error["message"]) == ("INVALID_INPUT", True)
        error = await ada.refused(REMOVE_MEMBER, input={"groupId": group_id, "userId": eve.id, "ban": True})
        assert (error["code"], error["path"]) == ("NOT_FOUND", ["input", "userId"])
    await ada.do(REMOVE_MEMBER, input={"groupId": group_id, "userId": tom.id})
    assert await roles(community, group_id) == {"Ada": "ADMIN"}
    assert (await tom.do(JOIN_GROUP, input={"groupId": group_id}))["group"]["viewerRole"] == "MEMBER"


async def test_leaving_ends_the_pair_for_both_and_both_keep_what_was_written(community: Community) -> None:
    """Maya leaves: Tom hears an end that nobody is named for, both read on, and neither writes any more."""
    pair = await community.pair()
    await pair.mentor.do(CREATE_POST, input={"matchId": pair.id, "body": "Welcome!"})
    cursor = (await pair.mentee.do(SPACE, id=pair.id))["space"]["activityCursor"]
    stream = (await pair.admin.do(ADMIN, id=pair.program))["admin"]["activityCursor"]
    async with pair.mentee.hears(MATCH_ACTIVITY, matchId=pair.id, after=cursor) as ears:
        await pair.mentor.do(LEAVE_GROUP, input={"groupId": pair.group})
        (end,) = await ears.rest()
    assert (end["__typename"], end["match"]["state"], end["actor"]) == ("MatchChanged", "ENDED", None)
    for person in (pair.mentor, pair.mentee):
        posts = (await person.do(SPACE, id=pair.id))["space"]["thread"]["posts"]["edges"]
        assert [edge["node"]["body"] for edge in posts] == ["Welcome!"]
        error = await person.refused(CREATE_POST, input={"matchId": pair.id, "body": "Still here?"})
        assert error["code"] == "READ_ONLY"
    assert await sign_up_states(community, pair) == ("WITHDRAWN", "WAITING")
    async with pair.admin.hears(PROGRAM_ACTIVITY, programId=pair.program, after=stream) as ears:
        heard = [await ears.next() for _ in range(3)]
    assert sorted(event["__typename"] for event in heard) == ["MatchChanged", "SignUpChanged", "SignUpChanged"]


async def test_leaving_withdraws_what_still_waits_in_all_programs_of_the_group_only(community: Community) -> None:
    """Tom waits in two programs of a group that he leaves, and in one of another group: there he goes on waiting."""
    ada, tom = await community.people("Ada", "Tom")
    group_id, other = await community.group(ada, tom), await community.group(ada, tom)
    programs = [await community.program(ada, each) for each in (group_id, group_id, other)]
    sign_ups = [await community.sign_up(tom, program_id, "MENTEE") for program_id in programs]
    cursor = (await ada.do(ADMIN, id=programs[0]))["admin"]["activityCursor"]
    await tom.do(LEAVE_GROUP, input={"groupId": group_id})
    keys = [parse_id(sign_up_id)[1] for sign_up_id in sign_ups]
    states = [await community.database.fetchval("SELECT state FROM sign_ups WHERE id = $1", each) for each in keys]
    assert states == ["WITHDRAWN", "WITHDRAWN", "WAITING"]
    async with ada.hears(PROGRAM_ACTIVITY, programId=programs[0], after=cursor) as ears:
        event = await ears.next()
    assert (event["signUp"]["id"], event["signUp"]["state"]) == (sign_ups[0], "WITHDRAWN")
    assert event["actor"] == {"id": tom.id}


async def test_a_removed_member_loses_the_pairs_space_and_the_partner_reads_on(community: Community) -> None:
    """Maya is removed while she listens: she hears nothing more and finds nothing; Tom hears the end and reads on."""
    pair = await community.pair()
    await pair.mentor.do(CREATE_POST, input={"matchId": pair.id, "body": "Welcome!"})
    cursor = (await pair.mentee.do(SPACE, id=pair.id))["space"]["activityCursor"]
    async with (
        pair.mentor.hears(MATCH_ACTIVITY, matchId=pair.id, after=cursor) as hers,
        pair.mentee.hears(MATCH_ACTIVITY, matchId=pair.id, after=cursor) as his,
    ):
        await pair.mentor.do(CREATE_POST, input={"matchId": pair.id, "body": "One more."})
        assert [(await ears.next())["__typename"] for ears in (hers, his)] == ["PostAdded", "PostAdded"]
        await pair.admin.do(REMOVE_MEMBER, input={"groupId": pair.group, "userId": pair.mentor.id, "ban": True})
        assert await hers.rest() == []
        assert [event["match"]["state"] for event in await his.rest()] == ["ENDED"]
    assert await pair.mentor.do(SPACE, id=pair.id) is None
    error = await pair.mentor.refused(CREATE_POST, input={"matchId": pair.id, "body": "Let me in."})
    assert error["code"] == "NOT_FOUND"
    posts = (await pair.mentee.do(SPACE, id=pair.id))["space"]["thread"]["posts"]["edges"]
    assert [edge["node"]["body"] for edge in posts] == ["One more.", "Welcome!"]
    assert await sign_up_states(community, pair) == ("WITHDRAWN", "WAITING")


async def test_a_removed_member_loses_the_spaces_that_ended_before_too(community: Community) -> None:
    """Tom and Maya were done with each other when Tom is removed: he reads no more of it, she does."""
    pair = await community.pair()
    await pair.mentee.do(END_MATCH, input={"matchId": pair.id, "reason": "GOAL_REACHED"})
    await pair.admin.do(REMOVE_MEMBER, input={"groupId": pair.group, "userId": pair.mentee.id})
    assert await pair.mentee.do(SPACE, id=pair.id) is None
    assert (await pair.mentor.do(SPACE, id=pair.id))["space"]["partner"]["name"] == "Tom"


async def test_a_demoted_admin_stops_hearing_the_programs_stream(community: Community) -> None:
    """Ben steps down while he follows a program: his subscription completes, and the admin's view is gone."""
    ada, ben = await community.people("Ada", "Ben")
    group_id = await community.group(ada, ben)
    program_id = await community.program(ada, group_id)
    await set_role(ada, group_id, ben, "ADMIN")
    cursor = (await ben.do(ADMIN, id=program_id))["admin"]["activityCursor"]
    async with ben.hears(PROGRAM_ACTIVITY, programId=program_id, after=cursor) as ears:
        await community.sign_up(ada, program_id, "MENTOR")
        assert (await ears.next())["__typename"] == "SignUpChanged"
        await set_role(ada, group_id, ben, "MEMBER")
        assert await ears.rest() == []
    assert (await ben.do(ADMIN, id=program_id))["admin"] is None


async def test_an_end_by_leaving_is_told_on_the_partners_own_stream(community: Community) -> None:
    """Tom, who follows what concerns him, hears that his match with Maya has ended."""
    pair = await community.pair()
    cursor = (await pair.mentee.do("{ viewer { activityCursor } }"))["activityCursor"]
    await pair.mentor.do(LEAVE_GROUP, input={"groupId": pair.group})
    async with pair.mentee.hears(VIEWER_ACTIVITY, after=cursor) as ears:
        event = await ears.next()
    assert (event["match"]["id"], event["match"]["state"], event["actor"]) == (pair.id, "ENDED", None)


async def test_joining_and_leaving_in_one_request_shows_each_step_as_it_was(community: Community) -> None:
    """Tom sends two mutations in one document: the first answers that he is a member, the second that he is none."""
    ada, tom = await community.people("Ada", "Tom")
    group_id = await community.group(ada)
    both = """mutation($id: ID!) {
      joined: joinGroup(input: {groupId: $id}) { group { viewerRole members { edges { node { role } } } } }
      left: leaveGroup(input: {groupId: $id}) { group { viewerRole members { edges { node { role } } } } }
    }"""
    answer = (await tom.ask(both, id=group_id))["data"]
    members = {"edges": [{"node": {"role": "ADMIN"}}, {"node": {"role": "MEMBER"}}]}
    assert answer["joined"] == {"group": {"viewerRole": "MEMBER", "members": members}}
    assert answer["left"] == {"group": {"viewerRole": None, "members": None}}
