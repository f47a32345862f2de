"""What the ticker remembers: items of its jobs that failed, and when they are tried again."""

from tortoise import fields
from tortoise.migrations.constraints import UniqueConstraint

from models.base import Row


class JobFailure(Row):
    """An item that failed and is still due. It holds back that item until `next_try_at`, and no other.

    `error` is the exception's type, for operators; its message could hold what people wrote. The row goes when the
    item succeeds or is not due any more.
    """

    kind = fields.CharField(max_length=40)
    item_id = fields.UUIDField()
    attempts = fields.IntField(default=1)
    error = fields.CharField(max_length=120)
    next_try_at = fields.DatetimeField()

    class Meta:
        table = "job_failures"
        constraints = (UniqueConstraint(fields=("kind", "item_id"), name="one_failure_a_job_and_item"),)
