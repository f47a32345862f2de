"""Proposing pairs for a whole program: the best ones for all who wait together, why, and why others are left over."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from models.enums import MatchObjective, ProgramState
from models.errors import ErrorCode, Refused
from models.match_weights import weights_of
from models.programs import Program
from resolvers import pairing, solving
from resolvers.pairing import Pool
from resolvers.proposed import LARGEST, Proposal


async def propose(program_ids: Sequence[UUID], objective: MatchObjective, *, now: datetime) -> list[Proposal]:
    """The proposals for some programs, for their admins to read. They change nothing, and are the same for all who ask.

    What they are made of is read in a few statements for all; each is then worked out in its turn.
    """
    programs = {each.id: each for each in await Program.filter(id__in=program_ids).prefetch_related("group")}
    pools = await pairing.of_programs(program_ids, now)
    return [
        await solving.off_the_loop(
            partial(
                work_out,
                pools.get(program_id, Pool()),
                weights_of(programs[program_id].match_weights),
                objective,
                now,
                open_=proposes(programs[program_id]),
            )
        )
        for program_id in program_ids
    ]


def proposes(program: Program) -> bool:
    """Whether there is anybody to propose: while people may be paired, and before, to see whether it is time.

    The program has its group with it.
    """
    return (program.takes_matches() or program.state == ProgramState.SIGN_UP) and not program.group.ineligible_because()


def size(first: int | None, default: int) -> int:
    """How many are asked for. Raises Refused INVALID_INPUT when that goes too far."""
    if first is None:
        return default
    if not 1 <= first <= LARGEST:
        raise Refused(ErrorCode.INVALID_INPUT, f"Ask for 1 to {LARGEST} at a time.", ("first",))
    return first


def work_out(*given: Any, **more: Any) -> Proposal:
    """What `proposal` of resolvers/proposal.py makes of a pool. It takes seconds: to be called off the loop."""
    # numpy and scipy take a second to import, and 60 MB: here, once somebody asks, and not at every start.
    from resolvers.proposal import proposal

    return proposal(*given, **more)
