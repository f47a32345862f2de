"""A draft that two admins edit at the same moment, or that opens meanwhile."""

import asyncio

from tests.community import Community
from tests.documents import ADD_PROGRAM_STEP, MOVE_PROGRAM_STEP, REMOVE_PROGRAM_STEP
from tests.racing import all_at_once
from tests.test_program_steps import draft, step, steps_of


async def test_two_admins_edit_one_draft_at_the_same_moment(community: Community) -> None:
    """Each of six changes waits for its turn; in the end the steps count from 1, and all that was added is there."""
    for _ in range(3):
        ada, program_id = await draft(community)
        before = await steps_of(ada, program_id)
        async with all_at_once(community, "programs", 6):
            acts = [
                ada.ask(ADD_PROGRAM_STEP, input=step(program_id, title="One")),
                ada.ask(ADD_PROGRAM_STEP, input=step(program_id, title="Two", position=3)),
                ada.ask(MOVE_PROGRAM_STEP, input={"programStepId": before[7]["id"], "position": 1, "week": 1}),
                ada.ask(MOVE_PROGRAM_STEP, input={"programStepId": before[0]["id"], "position": 2}),
                ada.ask(REMOVE_PROGRAM_STEP, input={"programStepId": before[4]["id"]}),
                ada.ask(REMOVE_PROGRAM_STEP, input={"programStepId": before[4]["id"]}),
            ]
            tasks = [asyncio.create_task(act) for act in acts]
        answers = await asyncio.gather(*tasks)
        assert not any("errors" in answer for answer in answers), answers
        after = await steps_of(ada, program_id)
        assert before[4]["id"] not in {each["id"] for each in after}
        added = sum(not answer["data"]["addProgramStep"]["errors"] for answer in answers[:2])
        assert len(after) == 7 + added


async def test_a_step_edited_as_the_program_opens_is_in_it_or_refused(community: Community) -> None:
    """What people see when they can sign up is what stays."""
    document = "mutation($i: AdvanceProgramInput!) { advanceProgram(input: $i) { program { state } errors { code } } }"
    for _ in range(4):
        ada, program_id = await draft(community)
        async with all_at_once(community, "programs", 2):
            tasks = [
                asyncio.create_task(ada.ask(ADD_PROGRAM_STEP, input=step(program_id))),
                asyncio.create_task(ada.ask(document, i={"programId": program_id, "to": "SIGN_UP"})),
            ]
        added, advanced = await asyncio.gather(*tasks)
        assert advanced["data"]["advanceProgram"]["program"] == {"state": "SIGN_UP"}
        refused = [error["code"] for error in added["data"]["addProgramStep"]["errors"]]
        assert refused in ([], ["ILLEGAL_TRANSITION"])
        assert len(await steps_of(ada, program_id)) == (8 if refused else 9)
