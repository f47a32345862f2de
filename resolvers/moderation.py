"""What moderators do besides deciding reports: correcting a birth date."""

from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from models.enums import AuditAct
from models.errors import ErrorCode, Refused
from models.users import User
from pubsub.transaction import transaction
from resolvers import access, audit, sessions, text

USER_PATH = ("input", "userId")
BIRTH_DATE_PATH = ("input", "birthDate")


async def correct_birth_date(viewer: access.Viewer | None, now: datetime, *, user_id: UUID, birth_date: date) -> User:
    """Set a person's birth date, as a moderator. Who turns out to be under 18 is logged out everywhere, so that nothing
    of a pair's space stays open to him. The date stands in no log. Raises Refused: FORBIDDEN, NOT_FOUND, INVALID_INPUT.
    """
    viewer = access.signed_in(viewer)
    access.moderate(viewer)
    if user_id == viewer.id:
        raise Refused(ErrorCode.FORBIDDEN, "Another moderator corrects your own birth date.", USER_PATH)
    async with transaction() as changed:
        user = await User.filter(id=user_id).select_for_update(no_key=True).first()
        if user is None:
            raise access.not_found("person", USER_PATH)
        today = now.astimezone(ZoneInfo(user.time_zone)).date()
        was_adult, user.birth_date = user.is_adult(now), text.birth_date(birth_date, today, BIRTH_DATE_PATH)
        await user.save(update_fields=("birth_date",))
        if not user.is_adult(now):
            await sessions.revoke_all(changed, user.id, now)
        detail = {"was_adult": was_adult, "is_adult": user.is_adult(now)}
        await audit.record(changed, AuditAct.BIRTH_DATE_CORRECTED, user, actor=viewer.id, at=now, **detail)
    return user
