"""From an Authorization value to the person who asks: what the transports call, once an operation."""

from collections.abc import Callable
from datetime import datetime

from models.errors import Refused
from resolvers import sessions
from resolvers.tokens import Tokens
from server.transports.asker import Authenticated, Unauthenticated


class Authenticator:
    """Reads "Bearer <access token>", in a header or in connection_init. Without a value, nobody is signed in."""

    def __init__(self, tokens: Tokens, clock: Callable[[], datetime]) -> None:
        self._tokens = tokens
        self._clock = clock

    async def __call__(self, authorization: str | None) -> Authenticated:
        """Who asks. Raises Unauthenticated for anything else than the token of a session that stands."""
        if authorization is None:
            return Authenticated(None, None)
        scheme, _, token = authorization.strip().partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise Unauthenticated("Send the access token as “Bearer <token>”, or no authorization at all.")
        try:
            viewer, expires_at = await sessions.authenticate(self._tokens, token.strip(), self._clock())
        except Refused as refusal:
            raise Unauthenticated(refusal.message) from None
        return Authenticated(viewer, expires_at, viewer.id)
