"""Programs whose last day is over: they are closed, and their pairs may finish (docs/decisions/0013)."""

from datetime import datetime
from uuid import UUID

from tortoise.connection import get_connection

from models.enums import ProgramState
from models.programs import Program
from pubsub.transaction import transaction
from resolvers import program_states


async def due(now: datetime, limit: int) -> list[UUID]:
    """The programs whose last day is over, the longest ago first. A draft waits for its admins to think again."""
    records = await get_connection("default").execute_query_dict(
        "SELECT id FROM programs WHERE closes_at <= $1 AND state <> 'DRAFT' ORDER BY closes_at LIMIT $2", [now, limit]
    )
    return [record["id"] for record in records]


async def close(program_id: UUID, now: datetime) -> bool:
    """Close a program whose last day is over, wherever it stood, as an admin would: nobody waits in it any more.

    False when it is not due any more, or when somebody is at it, as one who signs up at this moment: the next tick
    tries again.
    """
    over = Program.filter(id=program_id, closes_at__lte=now).exclude(state=ProgramState.DRAFT)
    to = ProgramState.CLOSED
    try:
        async with transaction() as changed:
            # Sign-ups are locked before their program by everybody; so the program cannot be claimed first.
            sign_ups = await program_states.lock_sign_ups(await Program.get(id=program_id), to, ())
            program = await over.select_for_update(no_key=True, skip_locked=True).first()
            if program is None:
                return False
            await program_states.enter(changed, program, to, (), sign_ups, now, actor=None)
    except program_states.SomebodyNew:
        return False
    return True
