"""Each kind of change that a stream tells of, and the acts that bring it about."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from models.enums import ActivityKind
from tests.community import Community, Pair
from tests.documents import (
    ACKNOWLEDGE_INTRODUCTION,
    ANSWER_CHECK_IN,
    ASK_FOR_HELP,
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
    END_MATCH,
    MARK_NOTIFICATIONS_READ,
    PAUSE_MATCH,
    REACT,
    REOPEN_STEP,
    RESUME_MATCH,
    SEND_MESSAGE,
    SKIP_STEP,
    UNREACT,
    UPDATE_PROGRAM,
    UPDATE_SIGN_UP,
    WITHDRAW_COMPLETION,
    WITHDRAW_SIGN_UP,
)
from tests.falling_due import id_of
from tests.reporting import decide, report
from tests.rhythms import check_ins, tick


@dataclass
class Scene:
    """A pair, and by name the ids of what there is to change."""

    community: Community
    pair: Pair
    ids: dict[str, str]

    def named(self, value: Any) -> Any:
        """A value in which "the …" stands for the id of that thing."""
        if isinstance(value, list):
            return [self.named(each) for each in value]
        return self.ids[value[4:]] if value.startswith("the ") else value


Act = Callable[[Scene], Awaitable[object]]


def by(who: str, document: str, **given: Any) -> Act:
    """One mutation, by the mentor, the mentee or the admin."""

    async def act(scene: Scene) -> None:
        await getattr(scene.pair, who).do(document, input={key: scene.named(value) for key, value in given.items()})

    return act


def then(*acts: Act) -> Act:
    """One act after the other."""

    async def act(scene: Scene) -> None:
        for each in acts:
            await each(scene)

    return act


async def signing_up(scene: Scene) -> None:
    """Ada looks for a mentor in her own program."""
    await scene.community.sign_up(scene.pair.admin, scene.pair.program, "MENTEE")


async def going_on(scene: Scene) -> None:
    """The program goes on to its next state."""
    await scene.community.advance(scene.pair.admin, scene.pair.program, "RUNNING")


async def freeing_a_place(scene: Scene) -> None:
    """Maya has her hands full with Tom, until she takes one more; somebody else waits."""
    for capacity in (1, 2):
        await scene.pair.mentor.do(UPDATE_SIGN_UP, input={"signUpId": scene.ids["offer"], "capacity": capacity})


def later(days: int, *jobs: str) -> Act:
    """So many days seem to have passed since the pair last did anything, and the ticker comes."""

    async def act(scene: Scene) -> None:
        columns = ("active_at", "silent_since", "next_check_in_at", "next_nudge_at")
        changes = ", ".join(f"{column} = {column} - make_interval(days => $2)" for column in columns)
        statement = f"UPDATE matches SET {changes} WHERE id = $1"
        await scene.community.database.execute(statement, id_of(scene.pair.id), days)
        await tick(scene.community.served, *jobs)

    return act


async def answering(scene: Scene) -> None:
    """Tom answers the newest check-in."""
    newest = (await check_ins(scene.pair.mentee, scene.pair))[0]
    await scene.pair.mentee.do(ANSWER_CHECK_IN, input={"checkInId": newest["id"], "mood": 4, "body": "Well"})


async def reporting(scene: Scene) -> None:
    """Tom reports what Maya has written, and Ada finds nothing wrong with it."""
    report_id = await report(scene.pair.mentee, scene.ids["post"], disclose=[scene.ids["post"]])
    await decide(scene.pair.admin, report_id, "DISMISS")


class Case(NamedTuple):
    """What brings about a change of a kind; in a pair that has talked, unless it is about the beginning."""

    kind: ActivityKind
    what: str
    act: Act
    talked: bool = True


THE_STEP, THE_MATCH = {"stepProgressId": "the step"}, {"matchId": "the match"}
ANOTHER_MATCH = by("admin", CREATE_MATCH, mentorSignUpId="the offer", menteeSignUpId="the other search")
COMPLETE = by("mentor", COMPLETE_MATCH, **THE_MATCH)
LEFT_OUT = by("mentee", SKIP_STEP, **THE_STEP)
A_CHECK_IN = later(8, "open-check-in", "tell-check-in")
A_LONG_SILENCE = later(29, "nudge")
GOING_ON = by("mentee", RESUME_MATCH, **THE_MATCH)
HALF_A_STEP = by("mentor", COMPLETE_STEP, **THE_STEP)
ON_THE_MESSAGE = {"subjectId": "the message", "emoji": "👍"}
THUMBS_UP = by("mentee", REACT, **ON_THE_MESSAGE)
K = ActivityKind
ACTS = [
    Case(K.POST_ADDED, "the first word", by("mentee", CREATE_POST, **THE_MATCH, body="Hello"), talked=False),
    Case(K.POST_ADDED, "a post for a step", by("mentee", CREATE_POST, **THE_MATCH, **THE_STEP, body="Done!")),
    Case(K.POST_CHANGED, "a reaction", by("mentee", REACT, subjectId="the post", emoji="🧼")),
    Case(K.COMMENT_CHANGED, "a reaction to a comment", by("mentor", REACT, subjectId="the comment", emoji="👍")),
    Case(K.MESSAGE_CHANGED, "a reaction taken back", then(THUMBS_UP, by("mentee", UNREACT, **ON_THE_MESSAGE))),
    Case(K.POST_CHANGED, "a post edited", by("mentor", EDIT_POST, postId="the post", body="Better")),
    Case(K.POST_CHANGED, "a post deleted", by("mentor", DELETE_POST, postId="the post")),
    Case(K.COMMENT_ADDED, "a comment", by("mentee", CREATE_COMMENT, postId="the post", body="Yes")),
    Case(K.COMMENT_CHANGED, "a comment edited", by("mentee", EDIT_COMMENT, commentId="the comment", body="Or no")),
    Case(K.COMMENT_CHANGED, "a comment deleted", by("mentee", DELETE_COMMENT, commentId="the comment")),
    Case(K.MESSAGE_ADDED, "the first message", by("mentor", SEND_MESSAGE, **THE_MATCH, body="Psst"), talked=False),
    Case(K.MESSAGE_ADDED, "a message", by("mentee", SEND_MESSAGE, **THE_MATCH, body="What?")),
    Case(K.MESSAGE_CHANGED, "a message edited", by("mentor", EDIT_MESSAGE, messageId="the message", body="Hm")),
    Case(K.MESSAGE_CHANGED, "a message deleted", by("mentor", DELETE_MESSAGE, messageId="the message")),
    Case(K.STEP_PROGRESSED, "half a step", HALF_A_STEP),
    Case(K.STEP_PROGRESSED, "a step and the next", then(HALF_A_STEP, by("mentee", COMPLETE_STEP, **THE_STEP))),
    Case(K.STEP_PROGRESSED, "a step reopened", then(HALF_A_STEP, by("mentee", REOPEN_STEP, **THE_STEP))),
    Case(K.CHECK_IN_CHANGED, "a check-in opens", A_CHECK_IN),
    Case(K.CHECK_IN_CHANGED, "an answer to a check-in", then(A_CHECK_IN, answering)),
    Case(K.MATCH_CHANGED, "a long silence", A_LONG_SILENCE),
    Case(
        K.MATCH_CHANGED, "a silence that ends", then(A_LONG_SILENCE, by("mentee", CREATE_POST, **THE_MATCH, body="!"))
    ),
    Case(K.MATCH_CHANGED, "a cry for help", by("mentee", ASK_FOR_HELP, **THE_MATCH)),
    Case(K.MATCH_CHANGED, "a pause", by("mentor", PAUSE_MATCH, **THE_MATCH)),
    Case(K.MATCH_CHANGED, "a pause that ends", then(by("mentor", PAUSE_MATCH, **THE_MATCH), GOING_ON)),
    Case(K.MATCH_CHANGED, "an introduction read", by("mentee", ACKNOWLEDGE_INTRODUCTION, **THE_MATCH), talked=False),
    Case(K.PLACE_FREED, "one place more", freeing_a_place),
    Case(K.STEP_PROGRESSED, "a step left out and back", then(LEFT_OUT, by("mentor", REOPEN_STEP, **THE_STEP))),
    Case(K.MATCH_CHANGED, "another match", ANOTHER_MATCH),
    Case(K.MATCH_CHANGED, "one who says that it is complete", COMPLETE),
    Case(K.MATCH_CHANGED, "what was said taken back", then(COMPLETE, by("mentor", WITHDRAW_COMPLETION, **THE_MATCH))),
    Case(K.MATCH_CHANGED, "a completion", then(COMPLETE, by("mentee", COMPLETE_MATCH, **THE_MATCH))),
    Case(K.MATCH_CHANGED, "an end", by("mentee", END_MATCH, **THE_MATCH, reason="NO_TIME")),
    Case(K.SIGN_UP_CHANGED, "a sign-up", signing_up),
    Case(K.SIGN_UP_CHANGED, "a sign-up withdrawn", by("mentee", WITHDRAW_SIGN_UP, signUpId="the search")),
    Case(K.PROGRAM_CHANGED, "a program that goes on", going_on),
    Case(K.PROGRAM_CHANGED, "a last day", by("admin", UPDATE_PROGRAM, programId="the program", endsOn="2030-01-31")),
    Case(K.REPORT_CHANGED, "a report", reporting),
    Case(K.NOTIFICATION_ADDED, "a step that waits", HALF_A_STEP),
    Case(K.NOTIFICATION_CHANGED, "one that was read", by("mentee", MARK_NOTIFICATIONS_READ, ids=["the news"])),
]
"""A new kind of change needs a case here, and in `reference_client.EVENTS` what its events bring."""
