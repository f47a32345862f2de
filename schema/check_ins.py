"""A pair's weekly check-ins, and answering them."""

from datetime import datetime
from typing import Annotated

import strawberry

from models.check_ins import CheckIn as CheckInRow
from models.check_ins import columns_of
from models.enums import CheckInState, SignUpRole
from resolvers import check_ins
from resolvers.access import Viewer
from schema.context import Info
from schema.errors import Payload, mutation
from schema.fields import shown
from schema.markdown import to_html
from schema.node import Node, key_of
from schema.reads import computed
from schema.scalars import HTML, Markdown
from schema.steps import VIEWER_IS_MENTOR

_ANSWERS = (*columns_of(SignUpRole.MENTOR), *columns_of(SignUpRole.MENTEE))


@strawberry.type(description="What one of the two answered. For the two only, like all that they write.")
class CheckInAnswer:
    mood: int = strawberry.field(description="How the week was, from 1 (hard) to 5 (great).")
    body: Markdown | None = strawberry.field(description="More about it, as it was written; null if nothing.")
    body_html: HTML | None = strawberry.field(description="The same as safe HTML; null if nothing.")
    next_action: str | None = strawberry.field(description="What the person means to do next; null if nothing.")
    answered_at: datetime = strawberry.field(description="When it was answered.")
    edited_at: datetime | None = strawberry.field(description="When the answer was last changed; null if never.")


def _answer(row: CheckInRow, side: SignUpRole) -> CheckInAnswer | None:
    found = row.answer_of(side)
    if found is None:
        return None
    return CheckInAnswer(body_html=to_html(found.body), **found._asdict())


def _side(mentor: bool) -> SignUpRole:
    return SignUpRole.MENTOR if mentor else SignUpRole.MENTEE


def _due_at(row: CheckInRow, _: Viewer, mentor: bool) -> datetime:
    return row.due_at(_side(mentor))


def _viewers(row: CheckInRow, _: Viewer, mentor: bool) -> CheckInAnswer | None:
    return _answer(row, _side(mentor))


def _partners(row: CheckInRow, _: Viewer, mentor: bool) -> CheckInAnswer | None:
    return _answer(row, _side(not mentor))


@strawberry.type(
    description="One week's check-in of a pair: how the week was, and what comes next. It opens when it is due for the "
    "first of the two. Nothing depends on it: without an answer the two write and go on as before."
)
class CheckIn(Node):
    week_number: int = strawberry.field(description="The week of the match that it is about, from 1.")
    state: CheckInState = strawberry.field(description="How far the two are with it.")
    opened_at: datetime = strawberry.field(description="When it opened.")

    viewer_due_at: datetime = computed(
        _due_at,
        "mentor_due_at",
        "mentee_due_at",
        fact=VIEWER_IS_MENTOR,
        description="When it is due for the viewer: at the weekday and hour of `viewer.checkInSettings`, as they were "
        "when it opened, by the viewer's own clock.",
    )
    viewer_answer: CheckInAnswer | None = computed(
        _viewers, *_ANSWERS, fact=VIEWER_IS_MENTOR, description="What the viewer answered; null as long as nothing."
    )
    partner_answer: CheckInAnswer | None = computed(
        _partners, *_ANSWERS, fact=VIEWER_IS_MENTOR, description="What the partner answered; null as long as nothing."
    )


@strawberry.input(description="An answer to a check-in, or another one instead of one's earlier answer.")
class AnswerCheckInInput:
    check_in_id: strawberry.ID = strawberry.field(description="A check-in of one's own pair, also an earlier one.")
    mood: int = strawberry.field(description="How the week was, from 1 (hard) to 5 (great).")
    body: Markdown | None = strawberry.field(default=None, description="More about it, up to 10,000 characters.")
    next_action: str | None = strawberry.field(
        default=None, description="What one means to do next, up to 500 characters."
    )


@strawberry.type(description="What `answerCheckIn` did.")
class AnswerCheckInPayload(Payload):
    check_in: CheckIn | None = strawberry.field(
        default=None, description="The check-in as it is now; null when refused."
    )


@strawberry.type
class CheckInMutation:
    @mutation(
        "Answer a check-in, also late, or change one's answer, as long as the match is open. The partner sees it at "
        "once. The same answer again changes nothing.",
        limited=True,
    )
    async def answer_check_in(
        self, info: Info, input: Annotated[AnswerCheckInInput, strawberry.argument(description="The answer.")]
    ) -> AnswerCheckInPayload:
        check_in = await check_ins.answer_check_in(
            info.context.viewer,
            info.context.now,
            check_in_id=key_of(input.check_in_id, CheckInRow, check_ins.PATH),
            mood=input.mood,
            body=input.body,
            next_action=input.next_action,
        )
        return AnswerCheckInPayload(check_in=shown(check_in))
