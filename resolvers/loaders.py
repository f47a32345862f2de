"""Reads for many at once: each function takes the keys that one moment asked for and answers them in one statement."""

from collections.abc import Sequence
from typing import TypeVar
from uuid import UUID

from models.base import Row
from models.groups import Membership
from models.matches import StepProgress
from models.programs import ProgramStep

R = TypeVar("R", bound=Row)


async def rows_by_id(model: type[R], ids: Sequence[UUID]) -> list[R | None]:
    """The rows under these ids. For ids taken from rows that the viewer may see, and their relations with them."""
    found = {row.id: row for row in await model.filter(id__in=list(set(ids)))}
    return [found.get(row_id) for row_id in ids]


async def steps_of_matches(match_ids: Sequence[UUID]) -> list[list[StepProgress]]:
    """The steps of each pair, by position."""
    found: dict[UUID, list[StepProgress]] = {match_id: [] for match_id in match_ids}
    for step in await StepProgress.filter(match_id__in=list(found)).order_by("position"):
        found[step.match_id].append(step)
    return [found[match_id] for match_id in match_ids]


async def steps_of_programs(program_ids: Sequence[UUID]) -> list[list[ProgramStep]]:
    """The steps of each program, by position."""
    found: dict[UUID, list[ProgramStep]] = {program_id: [] for program_id in program_ids}
    for step in await ProgramStep.filter(program_id__in=list(found)).order_by("position"):
        found[step.program_id].append(step)
    return [found[program_id] for program_id in program_ids]


async def memberships_of(user_id: UUID, group_ids: Sequence[UUID]) -> list[Membership | None]:
    """One person's membership in each group; None where he is no member."""
    found = {row.group_id: row for row in await Membership.filter(user_id=user_id, group_id__in=list(group_ids))}
    return [found.get(group_id) for group_id in group_ids]
