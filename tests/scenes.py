"""A scene that is set once: a pair that has written of everything, and everybody who may ask about it."""

from dataclasses import dataclass

from tests.community import Community, Pair, Person
from tests.documents import (
    ANSWER_CHECK_IN,
    BLOCK_USER,
    CREATE_COMMENT,
    CREATE_POST,
    DELETE_COMMENT,
    JOIN_GROUP,
    REACT,
    SEND_MESSAGE,
    SPACE,
    UPDATE_SIGN_UP,
)
from tests.falling_due import id_of
from tests.reporting import report
from tests.rhythms import check_ins, tick
from tests.rounds import shown_as


@dataclass(frozen=True)
class Scene:
    """A pair that has written, an id of each type of node, and everybody who may ask."""

    pair: Pair
    ids: dict[str, str]
    people: list[Person]
    """The two, the admin, another member of the group, an outsider, and nobody."""
    slug: str
    """Of the pair's group."""


async def prepared(community: Community) -> Scene:
    """The scene, set."""
    pair = await community.pair()
    member, outsider = await community.people("Mo", "Eve")
    await member.do(JOIN_GROUP, input={"groupId": pair.group})
    await community.program(pair.admin, pair.group, state="DRAFT")
    step = (await pair.mentor.do(SPACE, id=pair.id))["space"]["steps"][0]["id"]
    ids = {"Match": pair.id, "Group": pair.group, "Program": pair.program, "User": pair.mentor.id, "StepProgress": step}
    ids["SignUp"] = pair.sign_ups["MENTEE"]
    offer = {"signUpId": await community.sign_up(member, pair.program, "MENTOR"), "isShown": True}
    await member.do(UPDATE_SIGN_UP, input=offer)
    ids["ShownSignUp"] = shown_as(offer["signUpId"])
    wish = {"wishedSignUpIds": [ids["ShownSignUp"]], "avoidUserIds": [pair.admin.id]}
    await pair.mentee.do(UPDATE_SIGN_UP, input={"signUpId": ids["SignUp"]} | wish)
    for number in range(3):
        given = {"matchId": pair.id, "body": f"Post {number}", "stepProgressId": step if number else None}
        ids["Post"] = (await pair.mentor.do(CREATE_POST, input=given))["post"]["id"]
        for who in (pair.mentee, pair.mentor, pair.mentee):
            made = await who.do(CREATE_COMMENT, input={"postId": ids["Post"], "body": f"**{who.name}**"})
            ids["Comment"] = made["comment"]["id"]
        for who in (pair.mentor, pair.mentee):
            made = await who.do(SEND_MESSAGE, input={"matchId": pair.id, "body": f"Psst, {number}"})
            ids["Message"] = made["message"]["id"]
        await pair.mentee.do(REACT, input={"subjectId": ids["Post"], "emoji": "🌱"})
    await pair.mentee.do(DELETE_COMMENT, input={"commentId": ids["Comment"]})
    ids["CheckIn"] = await answered_check_in(community, pair)
    lists = "query($id: ID!) { program(id: $id) { steps { id } group { slug members { edges { node { id } } } } } }"
    found = await pair.admin.do(lists, id=pair.program)
    ids["ProgramStep"] = found["steps"][0]["id"]
    told = await pair.mentor.do("{ viewer { notifications { edges { node { id } } } } }")
    ids["Notification"] = told["notifications"]["edges"][0]["node"]["id"]
    export = await pair.mentor.do("mutation { requestDataExport { dataExport { id } errors { code } } }")
    ids["DataExport"] = export["dataExport"]["id"]
    await tick(community.served, "make-export")
    ids["Membership"] = found["group"]["members"]["edges"][0]["node"]["id"]
    await pair.mentee.do(BLOCK_USER, input={"userId": pair.admin.id})
    blocked = await pair.mentee.do("{ viewer { blockedUsers { edges { node { id } } } } }")
    ids["Block"] = blocked["blockedUsers"]["edges"][0]["node"]["id"]
    ids["Report"] = await report(pair.mentee, ids["Post"], "GROUP_ADMIN", "MODERATOR", disclose=[ids["Message"]])
    disclosed = await pair.mentee.do(
        "query($id: ID!) { node(id: $id) { ... on Report { items { id } } } }", id=ids["Report"]
    )
    ids["ReportItem"] = disclosed["items"][0]["id"]
    people = [pair.mentor, pair.mentee, pair.admin, member, outsider, community.nobody]
    return Scene(pair, ids, people, found["group"]["slug"])


async def answered_check_in(community: Community, pair: Pair) -> str:
    """A check-in of the pair's that the mentor has answered: as if a week had passed."""
    back = """UPDATE matches SET active_at = active_at - interval '8 days',
        next_check_in_at = next_check_in_at - interval '8 days' WHERE id = $1"""
    await community.database.execute(back, id_of(pair.id))
    await tick(community.served, "open-check-in")
    (check_in,) = await check_ins(pair.mentor, pair)
    given = {"checkInId": check_in["id"], "mood": 4, "body": "**Good**", "nextAction": "Call"}
    await pair.mentor.do(ANSWER_CHECK_IN, input=given)
    return check_in["id"]


async def strangers(community: Community, pair: Pair) -> list[Person]:
    """Everybody who is not one of a pair, in every role that there is."""
    eve, member, other_admin = await community.people("Eve", "Mo", "Ola")
    await community.group(other_admin)
    await member.do(JOIN_GROUP, input={"groupId": pair.group})
    return [community.nobody, eve, member, other_admin, pair.admin]
