"""The templates that a program can be made from."""

import strawberry

from models.enums import StepRule
from schema.scalars import Markdown


@strawberry.type(description="A step of a template.")
class TemplateStep:
    position: int = strawberry.field(description="Its place among the steps, from 1.")
    week: int = strawberry.field(description="The week of a match that it belongs to, from 1.")
    title: str = strawberry.field(description="What it is called.")
    mentor_guidance: Markdown = strawberry.field(description="What the mentor does in it.")
    mentee_guidance: Markdown = strawberry.field(description="What the mentee does in it.")
    rule: StepRule = strawberry.field(description="Who has to complete it.")
    minutes: int = strawberry.field(description="About how long it takes each of the two.")


@strawberry.type(description="A plan to make a program from: `createProgram` copies its steps.")
class ProgramTemplate:
    key: str = strawberry.field(description="What `createProgram` knows it by.")
    name: str = strawberry.field(description="What it is called.")
    summary: str = strawberry.field(description="What it is for.")
    weeks: int = strawberry.field(description="How long a match lasts by this plan.")
    steps: list[TemplateStep] = strawberry.field(description="Its steps, by position; a blank template has none.")
