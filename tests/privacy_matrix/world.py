"""A world in which everything has been written, and everybody who may ask about it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from models.insights import ProgramInsight
from resolvers import accounts
from schema.node import NODES, global_id, parse_id
from tests.community import PASSWORD, Community, Pair, Person
from tests.devices import another_device
from tests.documents import (
    ASK_FOR_HELP,
    BLOCK_USER,
    COMPLETE_MATCH,
    COMPLETE_STEP,
    CREATE_COMMENT,
    CREATE_MATCH,
    CREATE_POST,
    DELETE_COMMENT,
    DELETE_MESSAGE,
    DELETE_POST,
    EDIT_COMMENT,
    EDIT_MESSAGE,
    EDIT_POST,
    JOIN_GROUP,
    MARK_READ,
    PAUSE_MATCH,
    REACT,
    REMOVE_MEMBER,
    SEND_MESSAGE,
    SPACE,
    UPDATE_SIGN_UP,
    mutation_of,
)
from tests.privacy_matrix.canaries import seal
from tests.privacy_matrix.complaints import complain
from tests.privacy_matrix.relations import Relations
from tests.reporting import moderator
from tests.rhythms import tick
from tests.rounds import shown_as
from tests.scenes import answered_check_in

REQUEST_EXPORT = "mutation { requestDataExport { dataExport { id } errors { code message path } } }"
DELETE_ACCOUNT = mutation_of("deleteAccount", "erasesAt")

NOBODY = ("nobody", "suspended")
"""Askers who are to everything what somebody without an account is: there is no person behind the question."""


@dataclass(frozen=True)
class World:
    """Everybody who asks, by who he is to `pair`, and the rows as they stood when the story was over."""

    community: Community
    askers: dict[str, Person]
    pair: Pair
    elsewhere: Pair
    """A pair of another group: what its people ask about each other's is as foreign as can be."""
    relations: Relations
    slugs: list[str]
    sessions: dict[str, UUID]
    """Whose each session is, by the id that `endSession` takes."""

    def person_id(self, asker: str) -> UUID | None:
        """Whose rights an asker has; None for nobody's."""
        parsed = None if asker in NOBODY else parse_id(self.askers[asker].id)
        return parsed[1] if parsed else None

    def rows_of(self, asker: str) -> Mapping[str, Any]:
        """The row of an asker; empty for nobody's."""
        key = self.person_id(asker)
        return {} if key is None else self.relations.rows["User"][key]

    def ids(self, name: str) -> list[str]:
        """The global ids of all things of a type; of sessions, which are no nodes, what stands for one."""
        if name == "Session":
            return list(self.sessions)
        return [str(global_id(NODES[name](id=key))) for key in self.relations.rows[name]]


async def told(community: Community) -> World:
    """The story: four mentorships of Tom's, one after the other, and one in another group."""
    pair = await community.pair(mentor="Fay", mentee="Tom", rolling=True)
    fay, tom, ada = pair.mentor, pair.mentee, pair.admin
    maya, rem, mo, sue, eve, bo = await community.people("Maya", "Rem", "Mo", "Sue", "Eve", "Bo")
    for person in (maya, rem, mo, sue, bo):
        await person.do(JOIN_GROUP, input={"groupId": pair.group})
    await write_of_everything(community, pair)
    for person in (fay, tom):
        await person.do(COMPLETE_MATCH, input={"matchId": pair.id})

    cut = await another_match(community, pair, rem)
    await write_of_everything(community, cut)
    await ada.do(REMOVE_MEMBER, input={"groupId": pair.group, "userId": rem.id})
    await block(community, pair, bo, mo)
    now = await another_match(community, pair, maya)
    await ask_to_be_shown(community, now, mo)
    await community.sign_up(await member_of(community, pair), pair.program, "MENTEE")
    await community.program(ada, pair.group, state="DRAFT")
    await community.group(mo, focus="OTHER")

    elsewhere = await community.pair(mentor="Pia", mentee="Ike")
    await write_of_everything(community, elsewhere)
    await write_of_everything(community, now)
    await tom.do(PAUSE_MATCH, input={"matchId": now.id, "until": "2026-03-20"})
    mona = await moderator(community)
    await complain(pair, now, elsewhere, mona)
    await tom.do(REQUEST_EXPORT)
    await tick(community.served, "make-export")
    await fill(community, now, elsewhere)
    await seal(community.database)
    await eve.do(DELETE_ACCOUNT, input={"password": PASSWORD})
    eve = await another_device(eve)
    await accounts.suspend(email=sue.email, now=community.served.clock.now)
    askers = {
        "mentor": maya,
        "mentee": tom,
        "admin": ada,
        "another group's admin": elsewhere.admin,
        "another pair's mentor": elsewhere.mentor,
        "moderator": mona,
        "earlier partner": fay,
        "removed member": rem,
        "ordinary member": mo,
        "blocked person": bo,
        "suspended": sue,
        "outsider": eve,
        "nobody": community.nobody,
    }
    slugs = [row["slug"] for row in await community.database.fetch("SELECT slug FROM groups")]
    sessions = await community.database.fetch("SELECT id, user_id FROM sessions")
    return World(
        community,
        askers,
        now,
        elsewhere,
        await Relations.now(community.database),
        slugs,
        {row["id"].hex: row["user_id"] for row in sessions},
    )


async def block(community: Community, pair: Pair, blocked: Person, other: Person) -> None:
    """The mentee blocks a mentor, and that is the end of it; so does somebody else. All of them want to be shown."""
    ended = await another_match(community, pair, blocked)
    await blocked.do(CREATE_POST, input={"matchId": ended.id, "body": "Words before the block"})
    await pair.mentee.do(BLOCK_USER, input={"userId": blocked.id})
    await other.do(BLOCK_USER, input={"userId": blocked.id})
    await blocked.do(UPDATE_SIGN_UP, input={"signUpId": ended.sign_ups["MENTOR"], "isShown": True})


async def member_of(community: Community, pair: Pair) -> Person:
    """Somebody else in the pair's group."""
    nia = await community.person("Nia")
    await nia.do(JOIN_GROUP, input={"groupId": pair.group})
    return nia


FILLED = """
UPDATE users SET bio = '-', avatar_url = '-';
UPDATE programs SET starts_on = '2026-03-01', ends_on = '2026-06-01', sign_up_opens_on = '2026-02-01',
    sign_up_closes_on = '2026-05-01' WHERE state <> 'DRAFT';
UPDATE sign_ups SET paused_until = '2026-04-01', availability = '{WEEKDAY_EVENINGS}' WHERE state = 'MATCHED';
UPDATE check_ins SET mentor_edited_at = mentor_answered_at;
UPDATE notifications SET read_at = created_at WHERE id IN (SELECT id FROM notifications ORDER BY id LIMIT 3);
UPDATE matches SET end_feedback = '-' WHERE state NOT IN ('INTRODUCED', 'ACTIVE', 'PAUSED');
UPDATE matches SET offered_at = started_at WHERE state = 'ACTIVE';
UPDATE sessions SET device = 'canary-users-device-' || replace(user_id::text, '-', '');
"""


async def fill(community: Community, *pairs: Pair) -> None:
    """What would take a story of months: dates that are seldom set, and counts over more pairs than there are."""
    await community.database.execute(FILLED)
    for pair in pairs:
        await ProgramInsight.create(
            program_id=parse_id(pair.program)[1],
            counted_at=community.served.clock.now,
            median_days_to_match=1.5,
            silent_percent=10,
            steps_percent=[50] * 8,
            check_ins_percent=[50] * 8,
            **dict.fromkeys(("pairs", "active_pairs", "completed_pairs", "mentors", "mentees"), 7),
            **dict.fromkeys(("matched_mentors", "matched_mentees"), 7),
        )


async def another_match(community: Community, pair: Pair, mentor: Person) -> Pair:
    """The pair's mentee with another mentor, in the same program."""
    offer = await community.sign_up(mentor, pair.program, "MENTOR")
    seek = await community.database.fetchval(
        "SELECT state FROM sign_ups WHERE id = $1", parse_id(pair.sign_ups["MENTEE"])[1]
    )
    signed = pair.sign_ups | {"MENTOR": offer}
    if seek != "WAITING":
        signed["MENTEE"] = await community.sign_up(pair.mentee, pair.program, "MENTEE")
    given = {"mentorSignUpId": offer, "menteeSignUpId": signed["MENTEE"], "note": "A note to both"}
    made = (await pair.admin.do(CREATE_MATCH, input=given))["match"]
    return replace(pair, id=made["id"], mentor=mentor, sign_ups=signed)


async def ask_to_be_shown(community: Community, pair: Pair, member: Person) -> None:
    """A member waits, and agrees to be shown; the mentee wishes for him, and would rather not meet the admin."""
    offer = {"signUpId": await community.sign_up(member, pair.program, "MENTOR"), "isShown": True}
    await member.do(UPDATE_SIGN_UP, input=offer)
    wish = {"wishedSignUpIds": [shown_as(offer["signUpId"])], "avoidUserIds": [pair.admin.id]}
    await pair.mentee.do(UPDATE_SIGN_UP, input={"signUpId": pair.sign_ups["MENTEE"]} | wish)


async def write_of_everything(community: Community, pair: Pair) -> None:
    """The two write, answer, react, edit, delete and mark as read, whatever there is."""
    space = (await pair.mentor.do(SPACE, id=pair.id))["space"]
    step = space["steps"][0]["id"]
    for who, other in ((pair.mentor, pair.mentee), (pair.mentee, pair.mentor)):
        given = {"matchId": pair.id, "body": f"Words of {who.name}", "stepProgressId": step}
        post = (await who.do(CREATE_POST, input=given))["post"]["id"]
        comment = (await other.do(CREATE_COMMENT, input={"postId": post, "body": "So do I"}))["comment"]["id"]
        message = (await who.do(SEND_MESSAGE, input={"matchId": pair.id, "body": "Psst"}))["message"]["id"]
        for subject in (post, comment, message):
            await other.do(REACT, input={"subjectId": subject, "emoji": "🌱"})
        await who.do(EDIT_POST, input={"postId": post, "body": "Better words"})
        await other.do(EDIT_COMMENT, input={"commentId": comment, "body": "So did I"})
        await who.do(EDIT_MESSAGE, input={"messageId": message, "body": "Psst!"})
    gone = (await pair.mentor.do(CREATE_POST, input={"matchId": pair.id, "body": "Never mind"}))["post"]["id"]
    await pair.mentor.do(DELETE_POST, input={"postId": gone})
    for who, document, name, made in (
        (pair.mentee, CREATE_COMMENT, "comment", {"postId": post, "body": "Nor me"}),
        (pair.mentee, SEND_MESSAGE, "message", {"matchId": pair.id, "body": "Nor me"}),
    ):
        gone = (await who.do(document, input=made))[name]["id"]
        await who.do(DELETE_COMMENT if name == "comment" else DELETE_MESSAGE, input={f"{name}Id": gone})
    for who in (pair.mentor, pair.mentee):
        await who.do(COMPLETE_STEP, input={"stepProgressId": step})
    await answered_check_in(community, pair)
    cursor = (await pair.mentee.do(SPACE, id=pair.id))["space"]["activityCursor"]
    for who in (pair.mentor, pair.mentee):
        await who.do(MARK_READ, input={"matchId": pair.id, "upTo": cursor})
    await pair.mentor.do(CREATE_POST, input={"matchId": pair.id, "body": "Not read yet"})
    await pair.mentee.do(ASK_FOR_HELP, input={"matchId": pair.id})
