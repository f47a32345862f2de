"""Who learns of wishes and avoid lists: nobody but the person who has them."""

import logging

import pytest

from tests.community import Community
from tests.documents import (
    CREATE_MATCH,
    END_MATCH,
    PROGRAM_ACTIVITY,
)
from tests.rounds import key, shown_as, waiting
from tests.wishing import MINE, OF, PRIVATE, all_shown, update

TO_ADMINS = f"""query($id: ID!) {{ program(id: $id) {{
  admin {{ signUps {{ edges {{ node {{ id goals {PRIVATE} }} }} }} }} viewerSignUps {{ id {PRIVATE} }}
}} }}"""


ACTIVITY = f"""subscription($id: ID!) {{ programActivity(programId: $id) {{
  __typename ... on SignUpChanged {{ signUp {{ id goals {PRIVATE} }} }}
}} }}"""


@pytest.mark.parametrize("paired", [False, True])
async def test_no_role_reads_whom_somebody_wishes_for_or_avoids_by_any_path(community: Community, paired: bool) -> None:
    """Not the admin, the wished for, the avoided, a partner, an earlier partner, a stranger, or nobody."""
    here = await waiting(community, mentors=3)
    await all_shown(here)
    (maya, offer), (ingrid, _), (other, _) = here.mentors
    tom, seek = here.mentees[0]
    eve = await community.person("Eve")
    if paired:
        for _ in range(2):
            match = (await here.admin.do(CREATE_MATCH, input=here.pair()))["match"]
            if _ == 0:
                await maya.do(END_MATCH, input={"matchId": match["id"], "reason": "NO_TIME"})
    await update(tom, seek, avoidUserIds=[ingrid.id], wishedSignUpIds=[shown_as(offer)])
    for person in (here.admin, maya, ingrid, other, eve, community.nobody):
        node = await person.do(OF, id=seek)
        assert node is None or node == {"id": seek, "private": None}
        own = await person.ask(TO_ADMINS, id=here.program)
        assert ingrid.id not in str(own) or person is ingrid, "not as anybody's avoided"
        assert seek not in str(own) or person is here.admin
        for edge in ((own["data"]["program"] or {}).get("admin") or {"signUps": {"edges": []}})["signUps"]["edges"]:
            assert edge["node"]["private"] is None
    (edge,) = (await tom.do(MINE))["signUps"]["edges"]
    assert edge["node"]["private"]["avoidUserIds"] == [ingrid.id]


async def test_an_admin_who_signed_up_too_sees_his_own_and_nobody_elses_also_live(community: Community) -> None:
    """Two admins hear the same event with the same words asked for; each is told only what is his."""
    here = await waiting(community)
    tom, seek = here.mentees[0]
    mine = await community.sign_up(here.admin, here.program, "MENTOR", avoidUserIds=[tom.id])
    role = "mutation($input: SetGroupRoleInput!) { setGroupRole(input: $input) { errors { code } } }"
    await here.admin.do(role, input={"groupId": here.group, "userId": tom.id, "role": "ADMIN"})
    seen = (await here.admin.do(TO_ADMINS, id=here.program))["admin"]["signUps"]["edges"]
    assert {edge["node"]["id"]: bool(edge["node"]["private"]) for edge in seen} == {
        mine: True, seek: False, here.mentors[0][1]: False
    }  # fmt: skip
    async with here.admin.hears(ACTIVITY, id=here.program) as ada, tom.hears(ACTIVITY, id=here.program) as toms:
        await ada.silence(0.2), await toms.silence(0.2)
        await update(here.admin, mine, goals="To have fun.")
        assert (await ada.next())["signUp"]["private"]["avoidUserIds"] == [tom.id]
        assert (await toms.next())["signUp"] == {"id": mine, "goals": "To have fun.", "private": None}


async def test_changing_whom_one_wishes_for_or_avoids_is_told_to_nobody(community: Community) -> None:
    """An event with nothing new to see would tell an admin what the silence hides."""
    here = await waiting(community)
    await all_shown(here)
    (maya, offer), (tom, seek) = here.mentors[0], here.mentees[0]
    log = "SELECT count(*) FROM activity"
    async with here.admin.hears(PROGRAM_ACTIVITY, programId=here.program) as admin:
        await admin.silence(0.2)
        before = await community.database.fetchval(log)
        await update(tom, seek, avoidUserIds=[maya.id])
        await update(tom, seek, wishedSignUpIds=[shown_as(offer)], isShown=False)
        await admin.silence()
    assert await community.database.fetchval(log) == before


async def test_an_avoided_person_cannot_be_told_from_one_who_is_busy_elsewhere(community: Community) -> None:
    """The admin who pairs them is told the same, word for word, whichever of the two it was, and whatever it was."""
    told = []
    for who in ("mentor", "mentee", "safety"):
        here = await waiting(community)
        (maya, offer), (tom, seek) = here.mentors[0], here.mentees[0]
        if who == "mentor":
            await update(maya, offer, avoidUserIds=[tom.id])
        elif who == "mentee":
            await update(tom, seek, avoidUserIds=[maya.id])
        else:
            match = (await here.admin.do(CREATE_MATCH, input=here.pair()))["match"]
            await tom.do(END_MATCH, input={"matchId": match["id"], "reason": "SAFETY"})
        async with community.nothing_changes():
            told.append(await here.admin.refused(CREATE_MATCH, input=here.pair()))
    assert told == [told[0]] * 3 and told[0]["code"] == "NOT_AVAILABLE"


async def test_no_log_holds_whom_somebody_avoids(community: Community, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    here = await waiting(community)
    (maya, _), (tom, seek) = here.mentors[0], here.mentees[0]
    caplog.clear()
    await update(tom, seek, avoidUserIds=[maya.id])
    assert str(key(maya.id)) not in caplog.text and maya.id not in caplog.text
