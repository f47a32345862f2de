"""Who asks: what authenticating somebody comes to."""

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Authenticated:
    """Who asks, made anew for every operation; `expires_at` is when the access token ends, None for nobody.

    `person` is what one person's sockets are counted under; None for nobody. `address` is where the request comes
    from, as the transport says (admission.py's `network`).
    """

    viewer: object | None
    expires_at: datetime | None
    person: Hashable | None = None
    address: str | None = None


class Unauthenticated(Exception):
    """The token is malformed, expired, revoked, or its owner suspended; `message` says what to do."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
