"""Setting what counts in a program's matching, and how much."""

import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from models.enums import PROGRAM_OVER, ActivityKind
from models.errors import ErrorCode, Refused
from models.match_weights import HEAVIEST, MatchPart, weights_of
from models.programs import Program
from pubsub.streams import program_stream
from pubsub.transaction import transaction
from resolvers import access, text

PROGRAM_PATH = ("input", "programId")


async def set_match_weights(
    viewer: access.Viewer | None, now: datetime, *, program_id: UUID, weights: Mapping[MatchPart, float]
) -> Program:
    """Make some parts of the score weigh more or less, as an admin of the group; those not named stay as they are.

    Raises Refused: NOT_FOUND, FORBIDDEN, ILLEGAL_TRANSITION once the program is over, INVALID_INPUT.
    """
    viewer = access.signed_in(viewer)
    for part, weight in weights.items():
        _weighs(weight, ("input", part.lower()))
    async with transaction() as changed:
        await access.program_to_administer(viewer, program_id, PROGRAM_PATH)
        program = await Program.select_for_update(no_key=True).get(id=program_id)
        if program.state in PROGRAM_OVER:
            message = f"This program is {program.state}: nobody is paired in it any more."
            raise Refused(ErrorCode.ILLEGAL_TRANSITION, message, PROGRAM_PATH)
        before = weights_of(program.match_weights)
        after = {**before, **weights}
        if not any(after.values()):
            raise text.invalid("Let at least one part weigh something.", ("input",))
        if after == before:
            return program
        program.match_weights = {part.value: weight for part, weight in after.items()}
        await program.save(update_fields=("match_weights",))
        stream, kind = program_stream(program.id), ActivityKind.PROGRAM_CHANGED
        program.activity_head = await changed.log(stream, kind, program.id, actor=viewer.id, at=now)
    return program


def _weighs(weight: float, path: Sequence[str]) -> None:
    if not (math.isfinite(weight) and 0 <= weight <= HEAVIEST):
        raise text.invalid(f"Give a weight from 0 to {HEAVIEST:g}.", path)
