"""What a database needs after it was restored from a backup, before anybody is served from it again."""

import asyncpg

GAP = 1_000_000_000
"""By how much every stream's numbers rise: by more than were ever given out between a backup and what it replaces."""

_RAISE = "UPDATE {} SET activity_head = activity_head + $1, activity_floor = activity_head + $1"

_END_SESSIONS = "UPDATE sessions SET revoked_at = now() WHERE revoked_at IS NULL RETURNING id"


async def after_restore(url: str) -> int:
    """Make the restored database's streams start anew, and end all sessions; how many of those there were.

    What was given out between the backup and the loss is unknown here, and would be given out again: to a client whose
    cursor lies there, new events would look like those that it has. So all numbers move beyond it, and every cursor of
    before is told to resync. Log-outs, changed passwords and suspensions of that time are lost as well: everybody logs
    in again. Not an act, and so no `transaction()`: nobody is there to be told. No server may run meanwhile.
    """
    connection = await asyncpg.connect(url)
    try:
        async with connection.transaction():
            await connection.execute("TRUNCATE activity")
            for table in ("matches", "programs", "users"):
                await connection.execute(_RAISE.format(table), GAP)
            ended = await connection.fetch(_END_SESSIONS)
        await connection.execute("ANALYZE")
    finally:
        await connection.close()
    return len(ended)
