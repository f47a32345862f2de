"""Signed links that stop a person's e-mails, and nothing else, without logging in."""

import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from uuid import UUID

from models.enums import NotificationKind

PATH = "/unsubscribe"

_PURPOSE = b"mentorship: stop e-mails"
_DIGEST = hashlib.sha256
_MAC_BYTES = _DIGEST().digest_size
_ID_BYTES = 16

Stop = tuple[UUID, NotificationKind | None]
"""Whose e-mails to stop, and of which kind; None for all of them."""


class Links:
    """Makes tokens and reads them. The first key signs and all verify, as with access tokens. They never expire, since
    somebody may want to stop what an old e-mail began."""

    def __init__(self, keys: Sequence[str]) -> None:
        # Keys of their own: what signs these can never be mistaken for what signs access tokens.
        self._keys = [hmac.digest(key.encode(), _PURPOSE, _DIGEST) for key in keys]

    def sign(self, stop: Stop) -> str:
        """The token with which anybody does this."""
        user_id, kind = stop
        payload = user_id.bytes + ("" if kind is None else kind.value).encode()
        return _encoded(hmac.digest(self._keys[0], payload, _DIGEST) + payload)

    def read(self, token: str) -> Stop | None:
        """What a token stops; None for one that was not signed here. It takes the same time for all that are wrong."""
        try:
            signed = urlsafe_b64decode(token.encode("ascii") + b"=" * (-len(token) % 4))
        except ValueError:
            return None
        mac, payload = signed[:_MAC_BYTES], signed[_MAC_BYTES:]
        good = [hmac.compare_digest(hmac.digest(key, payload, _DIGEST), mac) for key in self._keys]
        # What decodes to the same bytes and is written otherwise is no token of ours either.
        if not any(good) or _encoded(signed) != token:
            return None
        user_id, name = UUID(bytes=payload[:_ID_BYTES]), payload[_ID_BYTES:].decode()
        if not name:
            return user_id, None
        # A kind that there once was stops nothing any more.
        return (user_id, NotificationKind(name)) if name in NotificationKind.__members__ else None


def _encoded(value: bytes) -> str:
    return urlsafe_b64encode(value).rstrip(b"=").decode()
