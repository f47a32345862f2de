"""Starting a program from a template, and finding programs."""

from datetime import date, datetime
from uuid import UUID

from tortoise.expressions import Q, Subquery
from tortoise.queryset import QuerySet

from models.enums import (
    GroupFocus,
    ProgramState,
    StepOpening,
)
from models.groups import Group
from models.program_templates import ProgramTemplate, program_template, program_templates
from models.programs import STEP_TEXT_FIELDS, Program, ProgramStep
from pubsub.transaction import transaction
from resolvers import access, groups, last_days, program_states, text
from resolvers.pages import Order
from resolvers.reads import Fact

NEWEST_FIRST = Order(descending=True)

TOPICS_OF_THEIR_OWN = Fact(
    "topics of their own",
    """ARRAY(SELECT min(topic) FROM sign_ups, unnest(sign_ups.topics) AS topic
        WHERE program_id = {row}.id AND sign_ups.state IN ('WAITING', 'MATCHED') AND lower(topic) NOT IN (
            SELECT lower(listed) FROM groups, unnest(groups.topics) AS listed WHERE groups.id = {row}.group_id
        ) GROUP BY lower(topic) ORDER BY count(*) DESC, lower(topic) LIMIT 50)""",
    for_viewer=False,
)
"""Of a program: the topics of its open sign-ups that its group has not on its list, those of most people first."""

_TAKES_SIGN_UPS = Q(
    Q(sign_up_closed_at__isnull=True) | Q(rolling=True), state__in=(ProgramState.SIGN_UP, ProgramState.MATCHING)
) | Q(state=ProgramState.RUNNING, rolling=True)


async def create_program(
    viewer: access.Viewer | None,
    now: datetime,
    *,
    group_id: UUID,
    template_key: str,
    title: str,
    description: str,
    starts_on: date | None = None,
    rolling: bool = False,
    step_opening: StepOpening = StepOpening.BY_WEEK,
    ends_on: date | None = None,
) -> Program:
    """Start a DRAFT with its own copy of a template's steps, as an admin of the group.

    Raises Refused: NOT_FOUND, FORBIDDEN, NOT_ELIGIBLE with why this group may run no programs, INVALID_INPUT.
    """
    viewer = access.signed_in(viewer)
    title = text.line(title, ("input", "title"), longest=120, what="the title")
    description = text.text(description, ("input", "description"), longest=4_000, what="the description")
    template = _template(template_key)
    path = ("input", "groupId")
    async with transaction() as changed:
        group = await access.visible(Group, viewer).get_or_none(id=group_id)
        if group is None:
            raise access.not_found("group", path)
        await access.administer(viewer, group_id, path)
        access.eligible(group, path)
        program = Program(
            group_id=group_id,
            template_key=template.key,
            title=title,
            description=description,
            weeks=template.weeks,
            starts_on=starts_on,
            rolling=rolling,
            step_opening=step_opening,
            created_at=now,
        )
        last_days.end_on(program, ends_on, group, now)
        await program.save()
        await _copy_steps(template, program)
        await program_states.log_change(changed, program, now, actor=viewer.id)
    return program


def programs_about(
    viewer: access.Viewer | None, *, topic: str | None, open_for_sign_up: bool | None
) -> QuerySet[Program]:
    """The programs that the viewer may see; by a topic of their groups, and by whether people may sign up now."""
    query = access.visible(Program, viewer)
    if topic is not None:
        query = query.filter(group_id__in=Subquery(groups.about(Group.all(), topic).values("id")))
    if open_for_sign_up is not None:
        eligible = Q(group__mentorship_withdrawn_at__isnull=True) & ~Q(group__focus=GroupFocus.OTHER)
        takes = _TAKES_SIGN_UPS & eligible
        query = query.filter(takes if open_for_sign_up else ~takes)
    return query


def _template(key: str) -> ProgramTemplate:
    template = program_template(key)
    if template is None:
        known = ", ".join(template.key for template in program_templates())
        raise text.invalid(f"There is no such template. Choose one of {known}.", ("input", "templateKey"))
    return template


async def _copy_steps(template: ProgramTemplate, program: Program) -> None:
    copies = [
        ProgramStep(program_id=program.id, **{field: getattr(step, field) for field in STEP_TEXT_FIELDS})
        for step in template.steps
    ]
    if copies:
        await ProgramStep.bulk_create(copies)
