"""Items of jobs that failed: each is held back for longer after every attempt, and none keeps another from its turn."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from tortoise.connection import get_connection
from uuid_utils.compat import uuid7

from models.jobs import JobFailure

FIRST_PAUSE_SECONDS = 60
LONGEST_PAUSE_SECONDS = 6 * 3600

_HOLD_BACK = """
INSERT INTO job_failures (id, kind, item_id, attempts, error, next_try_at)
VALUES ($1, $2, $3, 1, $4, $5::timestamptz + make_interval(secs => $6))
ON CONFLICT (kind, item_id) DO UPDATE SET
    attempts = job_failures.attempts + 1,
    error = excluded.error,
    next_try_at = $5::timestamptz + make_interval(secs => least($7, $6 * power(2, least(job_failures.attempts, 20))))
WHERE job_failures.next_try_at <= $5
"""


async def of_kind(kind: str) -> dict[UUID, datetime]:
    """The items of a job that failed when last tried, and when each may be tried again."""
    return dict(await JobFailure.filter(kind=kind).values_list("item_id", "next_try_at"))


async def hold_back(kind: str, item_id: UUID, error: BaseException, now: datetime) -> None:
    """Note a failure: the item pauses for a minute, then for twice as long each time, six hours at most.

    Two workers that fail at the same time count as one attempt.
    """
    what = type(error).__qualname__[:120]
    pauses = [float(FIRST_PAUSE_SECONDS), float(LONGEST_PAUSE_SECONDS)]
    await get_connection("default").execute_query_dict(_HOLD_BACK, [uuid7(), kind, item_id, what, now, *pauses])


async def forget(kind: str, item_ids: Collection[UUID], now: datetime) -> None:
    """Forget the failures of items that have succeeded or are not due any more, unless held back again meanwhile."""
    await JobFailure.filter(kind=kind, item_id__in=list(item_ids), next_try_at__lte=now).delete()
