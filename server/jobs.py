"""The ticker: what is due by the clock is done once, whichever worker comes first (docs/decisions/0005-jobs.md)."""

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from pubsub.patience import PASSING
from resolvers import (
    account_letters,
    check_in_rounds,
    closings,
    data_exports,
    erasures,
    expiries,
    guessing,
    insights,
    introduction_reminders,
    job_failures,
    nudges,
    pauses,
    pruning,
    retention,
    sign_up_windows,
    weeks,
)
from server.mail.delivery import Delivery
from server.masking import log_exception
from server.settings import Settings
from server.transports.tally import Tally

logger = logging.getLogger(__name__)

BATCH = 100
"""Items of one job that a tick does at most."""

JOB_SECONDS = 20.0
"""How long a tick stays with one job before the next has its turn."""

ITEM_SECONDS = 30.0
"""How long one item may take; then it is rolled back and counts as failed."""

BACKLOG_SECONDS = 1.0
"""The pause after a tick that left something due."""

FINISH_SECONDS, ROLL_BACK_SECONDS = 0.7, 0.8
"""What an item under way has to finish when the process ends, and then to roll back."""


@dataclass(frozen=True, slots=True)
class Job:
    """One kind of work. To add one, write its two functions in resolvers/ and name them in `jobs_of`:

    `due(now, limit)` gives the ids of at most `limit` items that are due at `now`, each once, the longest due first.
    It computes that from the data, by an index, and from nothing that a tick remembers: after three days of downtime
    what came due in them is due.

    `run(item_id, now)` does one item in one transaction of its own, which first claims the item's row with its due
    condition (`select_for_update(no_key=True, skip_locked=True)`) and writes something after which it is not due any
    more: a state, a time, a row under a unique key. So the work and its mark commit together, and a crash leaves it
    due. It returns False where the claim finds nothing: done already, or somebody is at it. What it raises rolls it
    back and holds back this item alone. What reaches beyond the database, as an e-mail does, can happen twice when a
    process dies before the commit: give it a key by which the receiver knows it again.
    """

    kind: str
    due: Callable[[datetime, int], Awaitable[Sequence[UUID]]]
    run: Callable[[UUID, datetime], Awaitable[bool]]
    apart: bool = False
    """Whether it waits for others than the database, and so has a ticker of its own that keeps no other job waiting."""


def jobs_of(settings: Settings, tally: Tally | None = None) -> tuple[Job, ...]:
    """All jobs. A kind's name stays: its failures are kept under it. `tally` counts the e-mails."""
    kept = timedelta(days=settings.log_days)
    days = settings.keep_closed_pairs_days
    pairs_kept = None if days is None else timedelta(days=days)
    delivery = Delivery(settings, tally or Tally())
    return (
        Job("expire-match", expiries.due, expiries.expire),
        Job("open-steps", weeks.due, weeks.open_steps),
        Job("ask-about-introduction", introduction_reminders.due, introduction_reminders.ask),
        Job("open-sign-up", sign_up_windows.due_to_open, sign_up_windows.open_sign_up),
        Job("close-sign-up", sign_up_windows.due_to_close, sign_up_windows.close_sign_up),
        Job("close-program", closings.due, closings.close),
        Job("resume-match", pauses.due, pauses.resume_due),
        Job("open-check-in", check_in_rounds.due, check_in_rounds.open_next),
        Job("tell-check-in", check_in_rounds.due_to_tell, check_in_rounds.tell),
        Job("nudge", nudges.due, nudges.nudge),
        Job("count-program", insights.due, insights.count),
        Job("prune-stream", partial(pruning.due_streams, kept=kept), partial(pruning.prune_stream, kept=kept)),
        Job("prune-session", pruning.due_sessions, pruning.prune_session),
        Job("prune-email", pruning.due_emails, pruning.prune_email),
        Job("erase-account", erasures.due, erasures.erase),
        Job("make-export", data_exports.due, data_exports.make),
        Job("expire-export", data_exports.due_to_expire, data_exports.expire),
        Job("tell-of-removal", partial(retention.due_to_tell, kept=pairs_kept), retention.tell),
        Job("remove-words", partial(retention.due, kept=pairs_kept), partial(retention.remove, kept=pairs_kept)),
        Job("forget-attempts", guessing.due, guessing.forget),
        Job("forget-account-letter", account_letters.due, account_letters.forget),
        Job("send-email", delivery.due, delivery.run, apart=True),
    )


@asynccontextmanager
async def ticking(settings: Settings, clock: Callable[[], datetime], tally: Tally | None = None) -> AsyncIterator[None]:
    """Run the jobs for the length of a `with` block, unless the settings leave them to other processes."""
    if not settings.jobs:
        yield
        return
    jobs = jobs_of(settings, tally)
    together = [job for job in jobs if not job.apart]
    tickers = [
        Ticker(each, clock, interval=settings.job_interval_seconds)
        for each in (together, *([job] for job in jobs if job.apart))
    ]
    for ticker in tickers:
        ticker.start()
    try:
        yield
    finally:
        await asyncio.gather(*(ticker.stop() for ticker in tickers))


class Ticker:
    """Ticks again and again, at about every `interval` seconds, sooner while much is due.

    Every worker has one; they need not know of each other. `done` and `failed` count items. The database must be open.
    """

    def __init__(self, jobs: Sequence[Job], clock: Callable[[], datetime], *, interval: float = 30.0) -> None:
        self.done = 0
        self.failed = 0
        self._jobs = jobs
        self._clock = clock
        self._interval = interval
        self._stopping = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin. The first tick comes somewhere within the first interval, so that workers spread out."""
        self._task = asyncio.create_task(self._tick_on(), name="ticker")

    async def stop(self) -> None:
        """End within 1.5 s: the item under way finishes, or is rolled back and stays due."""
        self._stopping.set()
        if self._task is None:
            return
        await asyncio.wait([self._task], timeout=FINISH_SECONDS)
        if not self._task.done():
            self._task.cancel()
            await asyncio.wait([self._task], timeout=ROLL_BACK_SECONDS)
        if not self._task.done():
            logger.warning("An item that was under way could not be rolled back in time; the database will do it.")

    async def tick(self) -> bool:
        """Do what is due, a batch of each job; whether more may be due. A job that fails as a whole stops no other."""
        more = False
        for job in self._jobs:
            if self._stopping.is_set():
                return False
            try:
                more = await self._do(job) or more
            except PASSING as error:
                logger.warning("The job %s cannot reach the database (%s) and waits.", job.kind, type(error).__name__)
            except Exception as error:
                log_exception(error, f"of the job {job.kind}")
        return more

    async def _tick_on(self) -> None:
        pause = self._interval * random.random()
        while not await self._stopped_within(pause):
            more = await self.tick()
            pause = (min(BACKLOG_SECONDS, self._interval) if more else self._interval) * random.uniform(0.75, 1.25)

    async def _stopped_within(self, seconds: float) -> bool:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), seconds)
        return self._stopping.is_set()

    async def _do(self, job: Job) -> bool:
        now = self._clock()
        failures = await job_failures.of_kind(job.kind)
        held = {item_id for item_id, next_try_at in failures.items() if next_try_at > now}
        # As many more as are held back: they may be the longest due, and stand before all others.
        limit = BATCH + len(held)
        found = await job.due(now, limit)
        more = len(found) == limit
        if not more and (gone := failures.keys() - held - set(found)):
            await job_failures.forget(job.kind, gone, now)
        items = [item_id for item_id in found if item_id not in held][:BATCH]
        random.shuffle(items)  # Workers that tick at the same moment begin at different ends.
        until = asyncio.get_running_loop().time() + JOB_SECONDS
        for item_id in items:
            if self._stopping.is_set():
                return False
            if asyncio.get_running_loop().time() > until:
                return True
            await self._run(job, item_id, item_id in failures)
        return more

    async def _run(self, job: Job, item_id: UUID, failed_before: bool) -> None:
        now = self._clock()
        try:
            async with asyncio.timeout(ITEM_SECONDS):
                done = await job.run(item_id, now)
        except Exception as error:
            self.failed += 1
            log_exception(error, f"of the job {job.kind} for the item {item_id}")
            await job_failures.hold_back(job.kind, item_id, error, now)
            return
        if done:
            self.done += 1
            if failed_before:
                await job_failures.forget(job.kind, [item_id], now)
