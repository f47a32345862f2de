"""The queue of those who wait: a sign-up's place in it, and why nobody was found yet."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from uuid import UUID

from models.enums import SignUpRole, SignUpState
from models.match_weights import Weights, weights_of
from models.programs import Program
from resolvers import access, pairing, solving
from resolvers.pairing import Pool
from resolvers.reads import Fact
from resolvers.suggestions import proposes

POSITION = Fact(
    "waiting position",
    f"""CASE WHEN {{row}}.state = '{SignUpState.WAITING}' AND {access.OWNER_AND_ADMINS_ONLY.sql} THEN (
        SELECT count(*) FROM sign_ups AS ahead
        WHERE ahead.program_id = {{row}}.program_id AND ahead.role = {{row}}.role
        AND ahead.state = '{SignUpState.WAITING}'
        AND (ahead.waiting_since, ahead.id) <= ({{row}}.waiting_since, {{row}}.id)
    ) END""",
)
"""A sign-up's place among those of its role that wait in its program, from 1; for its owner and the admins only."""

SOMEBODY_FITS = "Somebody who waits here may fit. The group's admins make the matches."

Key = tuple[UUID, UUID]
"""A program and a sign-up for it that waits."""


async def reasons(keys: Sequence[Key], *, now: datetime) -> list[str]:
    """Why each of these sign-ups has nobody yet, for its owner and the admins, in a few statements for all of them.

    Others' wishes, avoid lists and all else that secretly keeps two people apart have no part in it: it is said as if
    there were none.
    """
    program_ids = {program_id for program_id, _ in keys}
    programs = {each.id: each for each in await Program.filter(id__in=program_ids).prefetch_related("group")}
    pools = await pairing.of_programs(program_ids, now, score=False)
    weights = {each.id: weights_of(each.match_weights) for each in programs.values() if proposes(each)}
    found = await solving.off_the_loop(partial(_reasons, keys, pools, weights, now))
    return [found[sign_up_id] for _, sign_up_id in keys]


def _reasons(
    keys: Sequence[Key], pools: Mapping[UUID, Pool], weights: Mapping[UUID, Weights], now: datetime
) -> dict[UUID, str]:
    # Brings numpy and scipy along; see resolvers/suggestions.py.
    from resolvers import left_over

    wanted = {sign_up_id for _, sign_up_id in keys}
    found = {
        sign_up_id: (left_over.BEHIND if program_id in weights else left_over.NOBODY_NOW).text
        for program_id, sign_up_id in keys
    }
    for program_id, weighing in weights.items():
        pool = pools.get(program_id, Pool()).candidates
        for role in SignUpRole:
            people = [each for each in pool if each.id in wanted and each.role == role]
            why = left_over.reasons(people, pool, frozenset(), weighing, now)
            found |= {
                each.id: SOMEBODY_FITS if reason is None else reason.text
                for each, reason in zip(people, why, strict=True)
            }
    return found
