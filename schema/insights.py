"""What admins learn of a whole program: counts, and never of a single pair what it does."""

from datetime import datetime
from typing import Any

import strawberry
from strawberry import Parent

from models.enums import SignUpRole
from models.insights import ProgramInsight as ProgramInsightRow
from schema.fields import field
from schema.reads import many

_COLUMNS = tuple(name for name in ProgramInsightRow._meta.db_fields if name != "id")


@strawberry.type(description="How many people signed up for one role, and how many of them were matched.")
class RoleInsight:
    role: SignUpRole = strawberry.field(description="The role.")
    signed_up: int = strawberry.field(description="People who signed up for it, also those who withdrew later.")
    matched: int = strawberry.field(description="Those of them who were in a pair at least once.")


@strawberry.type(description="What pairs did in one week of theirs: of those that have left it behind.")
class WeekInsight:
    week: int = strawberry.field(description="The week of a match, from 1.")
    steps_done_percent: int | None = strawberry.field(
        description="How many of the week's steps that were not skipped are done, in tens of percent from 10 to 90; "
        "null below 5 pairs."
    )
    check_ins_answered_percent: int | None = strawberry.field(
        description="How many of the two's answers to the week's check-in were given, in tens of percent from 10 to "
        "90; null below 5 pairs."
    )


@strawberry.type(
    description="Counts over a whole program, made once a day. What pairs do in their spaces is theirs: of that only "
    "coarse shares are told, and none below 5 pairs."
)
class ProgramInsight:
    counted_at: datetime = strawberry.field(description="When it was counted.")
    pairs: int = strawberry.field(description="All pairs that were ever made.")
    active_pairs: int = strawberry.field(description="Those that are ACTIVE.")
    completed_pairs: int = strawberry.field(description="Those that are COMPLETED.")
    median_days_to_match: float | None = strawberry.field(
        description="From signing up to the first match: half of those who were matched waited no longer."
    )
    silent_percent: int | None = strawberry.field(
        description="How many of the active pairs were not in touch for 14 days, in tens of percent from 10 to 90; "
        "null below 5 active pairs."
    )

    @field(description="Who signed up, by role.")
    def roles(self, root: Parent[Any]) -> list[RoleInsight]:
        return [
            RoleInsight(role=SignUpRole.MENTOR, signed_up=root.mentors, matched=root.matched_mentors),
            RoleInsight(role=SignUpRole.MENTEE, signed_up=root.mentees, matched=root.matched_mentees),
        ]

    @field(description="Week by week, for all weeks of the program.")
    def weeks(self, root: Parent[Any]) -> list[WeekInsight]:
        shares = zip(root.steps_percent, root.check_ins_percent, strict=True)
        return [
            WeekInsight(week=week, steps_done_percent=steps, check_ins_answered_percent=answers)
            for week, (steps, answers) in enumerate(shares, 1)
        ]


def insight_of_a_program() -> Any:
    """The field `insight` of what admins see of a program."""
    return many(
        ProgramInsightRow,
        "program_id",
        columns=_COLUMNS,
        made=lambda rows: rows[0] if rows else None,
        description="Counts over all its pairs, a day old at most; null as long as there are fewer than 5.",
    )
