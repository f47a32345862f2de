"""When people are asked for their weekly check-ins: a weekday and an hour by their own clock."""

from datetime import datetime
from uuid import UUID

from models.enums import Weekday
from models.users import User
from pubsub.transaction import Changed, transaction
from resolvers import access, text

_LOOK_AGAIN = """
UPDATE matches SET next_check_in_at = $2 WHERE id IN (
    SELECT id FROM matches WHERE state = 'ACTIVE' AND (mentor_id = $1 OR mentee_id = $1) ORDER BY id FOR NO KEY UPDATE
)
"""


async def update(
    viewer: access.Viewer | None, now: datetime, *, weekday: Weekday | None = None, hour: int | None = None
) -> User:
    """Choose when to be asked, from the next check-in on; None leaves a choice as it is. The person as he is then."""
    viewer = access.signed_in(viewer)
    if hour is not None and not 0 <= hour <= 23:
        raise text.invalid("Give a full hour of the day, from 0 to 23.", ("input", "hour"))
    given = {"check_in_weekday": weekday, "check_in_hour": hour}
    chosen = {name: value for name, value in given.items() if value is not None}
    async with transaction() as changed:
        if chosen:
            await clock_changed(changed, viewer.id, now)
            await User.filter(id=viewer.id).update(**chosen)
        return await User.get(id=viewer.id)


async def clock_changed(changed: Changed, user_id: UUID, now: datetime) -> None:
    """Have the ticker find out anew when this person is asked. It locks his matches, so before his own row."""
    await changed.sql(_LOOK_AGAIN, user_id, now)
