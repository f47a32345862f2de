"""What is counted over a whole program for its admins."""

from uuid import UUID

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.fields import OnDelete

from models.base import Row
from models.programs import Program


class ProgramInsight(Row):
    """The counts of one program as they were at `counted_at`; there is none as long as the program has too few pairs.

    What admins see of each pair anyway, its people, state and dates, is counted as it is. What the pairs do in their
    spaces stands here only as it may be shown (resolvers/insights.py): in percent, coarse, None where few are counted.
    The lists have an element for each week of the program.
    """

    program: fields.OneToOneRelation[Program] = fields.OneToOneField(
        "models.Program", related_name="insight", on_delete=OnDelete.CASCADE
    )
    program_id: UUID
    counted_at = fields.DatetimeField(db_index=True)
    pairs = fields.IntField()
    active_pairs = fields.IntField()
    completed_pairs = fields.IntField()
    mentors = fields.IntField()
    mentees = fields.IntField()
    matched_mentors = fields.IntField()
    matched_mentees = fields.IntField()
    median_days_to_match: float | None = fields.FloatField(null=True)
    silent_percent: int | None = fields.SmallIntField(null=True)
    steps_percent: list[int | None] = ArrayField(element_type="smallint", default=list)
    check_ins_percent: list[int | None] = ArrayField(element_type="smallint", default=list)

    class Meta:
        table = "program_insights"
