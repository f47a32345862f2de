"""Who asks, and what is refused whoever it is about."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from models.errors import ErrorCode, Refused
from models.users import User

Path = Sequence[str]


@dataclass(frozen=True, slots=True)
class Viewer:
    """The person who asks, signed in by a session that was good when the operation began, and how old he was then."""

    user: User
    session_id: UUID
    is_adult: bool

    @property
    def id(self) -> UUID:
        """The person's id."""
        return self.user.id


def signed_in(viewer: Viewer | None) -> Viewer:
    """The viewer, or Refused UNAUTHENTICATED when nobody is signed in."""
    if viewer is None:
        raise Refused(ErrorCode.UNAUTHENTICATED, "Log in first, and send the access token with the request.")
    return viewer


def verified(viewer: Viewer | None, *, wanted: bool) -> None:
    """Where it is `wanted`, refuses people whose e-mail address nobody has verified. Nobody is refused elsewhere."""
    if wanted and viewer is not None and viewer.user.email_verified_at is None:
        message = (
            "Verify your e-mail address first: open the link in the e-mail that was sent to you, or ask for "
            "another with requestEmailVerification."
        )
        raise Refused(ErrorCode.EMAIL_NOT_VERIFIED, message)


def unseen(user: User, now: datetime) -> Viewer:
    """The person as one who reads without having signed in: for deciding what may be sent to him."""
    return Viewer(user, UUID(int=0), user.is_adult(now))


def adult(user: User, now: datetime, path: Path = ()) -> None:
    """Refuses people under 18 by the calendar of their own time zone (DESIGN.md, rule 3)."""
    if not user.is_adult(now):
        raise Refused(ErrorCode.UNDERAGE, "Mentorship programs are for people of 18 and older.", path)


def not_found(noun: str, path: Path = ()) -> Refused:
    """The one answer to an id that is absent, malformed, of another type or somebody else's (DESIGN.md, rule 2)."""
    return Refused(ErrorCode.NOT_FOUND, f"There is no such {noun}, or it is not yours to see. Check the id.", path)
