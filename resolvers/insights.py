"""Counting over a whole program what its admins may know: once a day, coarsely, and nothing of few pairs.

Admins see each pair's people, state and dates anyway. What the pairs do in their spaces they see only of many together,
and so that neither a figure nor the difference of two tells of a single pair: at least FEWEST pairs stand behind each;
it is given in tens of percent; "all" and "none" are not told apart from "most" and "few"; and it moves once a day.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from tortoise.connection import get_connection

from models.enums import MatchState, ProgramState
from models.insights import ProgramInsight
from models.programs import Program
from pubsub.transaction import Changed, transaction

FEWEST = 5
"""Pairs that stand behind a number, or it is not given (DESIGN.md, rule 12)."""

EVERY = timedelta(days=1)
"""How often a program is counted."""

SILENT = timedelta(days=14)
"""Since when a pair must not have been in touch to be counted as silent."""

ANSWER = timedelta(days=3)
"""How long after a check-in was due for both it counts, answered or not."""

COUNTED = (ProgramState.MATCHING, ProgramState.RUNNING, ProgramState.CLOSED)
"""The states in which pairs live; afterwards the last counts stay."""

_COUNTED = ", ".join(f"'{state}'" for state in COUNTED)

_DUE = f"""
SELECT programs.id FROM programs LEFT JOIN program_insights AS insight ON insight.program_id = programs.id
WHERE programs.state IN ({_COUNTED}) AND (insight.counted_at IS NULL OR insight.counted_at <= $1)
AND (SELECT count(*) FROM (SELECT FROM matches WHERE program_id = programs.id LIMIT {FEWEST}) AS few) = {FEWEST}
ORDER BY insight.counted_at NULLS FIRST, programs.id LIMIT $2
"""

_PAIRS = f"""
SELECT count(*) AS pairs,
    count(*) FILTER (WHERE state = '{MatchState.ACTIVE}') AS active_pairs,
    count(*) FILTER (WHERE state = '{MatchState.COMPLETED}') AS completed_pairs,
    count(*) FILTER (WHERE state = '{MatchState.ACTIVE}' AND silent_since <= $2) AS silent_pairs
FROM matches WHERE program_id = $1
"""

_PEOPLE = """
SELECT count(DISTINCT user_id) FILTER (WHERE role = 'MENTOR') AS mentors,
    count(DISTINCT user_id) FILTER (WHERE role = 'MENTEE') AS mentees,
    count(DISTINCT user_id) FILTER (WHERE role = 'MENTOR' AND matched_at IS NOT NULL) AS matched_mentors,
    count(DISTINCT user_id) FILTER (WHERE role = 'MENTEE' AND matched_at IS NOT NULL) AS matched_mentees,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM matched_at - created_at) / 86400.0)
        AS median_days_to_match
FROM (
    SELECT user_id, role, created_at, (
        SELECT min(started_at) FROM matches WHERE sign_ups.id IN (mentor_sign_up_id, mentee_sign_up_id)
            AND matches.program_id = sign_ups.program_id
    ) AS matched_at
    FROM sign_ups WHERE program_id = $1
) AS signed_up
"""

# Of pairs that have left a week behind, as models.matches.week_of counts; one that ended in it or before has not. What
# they skipped was not for them.
_STEPS = """
SELECT week, count(DISTINCT matches.id) AS pairs, count(*) AS asked, count(*) FILTER (WHERE step.state = 'DONE') AS done
FROM matches JOIN step_progress AS step ON step.match_id = matches.id
WHERE program_id = $1 AND step.state <> 'SKIPPED'
    AND active_at + make_interval(secs => paused_seconds, days => 7 * week) <= least(paused_at, ended_at, $2)
GROUP BY week
"""

_CHECK_INS = """
SELECT week_number AS week, count(*) AS pairs, 2 * count(*) AS asked,
    sum(num_nonnulls(mentor_mood, mentee_mood)) AS done
FROM matches JOIN check_ins ON check_ins.match_id = matches.id
WHERE program_id = $1 AND (check_ins.state IN ('DONE', 'MISSED') OR greatest(mentor_due_at, mentee_due_at) <= $2)
GROUP BY week_number
"""


async def due(now: datetime, limit: int) -> list[UUID]:
    """The programs with pairs enough that were not counted for a day, the longest first."""
    records = await get_connection("default").execute_query_dict(_DUE, [now - EVERY, limit])
    return [record["id"] for record in records]


async def count(program_id: UUID, now: datetime) -> bool:
    """Count a program's pairs anew; False when it is not due, or somebody else is at it or at the program."""
    programs = Program.filter(id=program_id, state__in=COUNTED)
    async with transaction() as changed:
        program = await programs.select_for_update(no_key=True, skip_locked=True).first()
        if program is None or await ProgramInsight.exists(program_id=program_id, counted_at__gt=now - EVERY):
            return False
        counted = await _count(changed, program, now)
        if counted["pairs"] < FEWEST:
            return False
        await ProgramInsight.update_or_create(counted | {"counted_at": now}, program_id=program_id)
    return True


def percent(done: int, of: int, pairs: int) -> int | None:
    """A share as it may be shown: in tens of percent from 10 to 90, and None where too few pairs stand behind it."""
    if pairs < FEWEST or of == 0:
        return None
    return min(90, max(10, round(10 * done / of) * 10))


async def _count(changed: Changed, program: Program, now: datetime) -> dict[str, Any]:
    (pairs,) = await changed.sql(_PAIRS, program.id, now - SILENT)
    (people,) = await changed.sql(_PEOPLE, program.id)
    median = people["median_days_to_match"]
    silent = pairs.pop("silent_pairs")
    return {
        **pairs,
        **people,
        "median_days_to_match": None if median is None else round(float(median), 1),
        "silent_percent": percent(silent, pairs["active_pairs"], pairs["active_pairs"]),
        "steps_percent": _by_week(await changed.sql(_STEPS, program.id, now), program.weeks),
        "check_ins_percent": _by_week(await changed.sql(_CHECK_INS, program.id, now - ANSWER), program.weeks),
    }


def _by_week(records: list[dict[str, Any]], weeks: int) -> list[int | None]:
    shares = {each["week"]: percent(each["done"], each["asked"], each["pairs"]) for each in records}
    return [shares.get(week) for week in range(1, weeks + 1)]
