"""Signed links by which one fetches one's own export: for one export, and good for a quarter of an hour."""

import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

PATH = "/data-export"

GOOD_FOR = timedelta(minutes=15)
"""How long a link works. It may end up where others read it, as in a browser's history; a new one costs a query."""

_PURPOSE = b"mentorship: fetch an export"
_DIGEST = hashlib.sha256
_MAC_BYTES = _DIGEST().digest_size
_ID_BYTES, _TIME_BYTES = 16, 8


def link(keys: Sequence[str], export_id: UUID, now: datetime) -> str:
    """Where this export can be fetched, as a path on this server. The first key signs and all verify."""
    until = int((now + GOOD_FOR).timestamp())
    payload = export_id.bytes + until.to_bytes(_TIME_BYTES, "big")
    return f"{PATH}?token={_encoded(_mac(keys[0], payload) + payload)}"


def read(keys: Sequence[str], token: str, now: datetime) -> UUID | None:
    """The export that a token leads to; None for one that was not signed here, or a while ago."""
    try:
        signed = urlsafe_b64decode(token.encode("ascii") + b"=" * (-len(token) % 4))
    except ValueError:
        return None
    mac, payload = signed[:_MAC_BYTES], signed[_MAC_BYTES:]
    good = [hmac.compare_digest(_mac(key, payload), mac) for key in keys]
    if not any(good) or _encoded(signed) != token:
        return None
    until = datetime.fromtimestamp(int.from_bytes(payload[_ID_BYTES:], "big"), UTC)
    return UUID(bytes=payload[:_ID_BYTES]) if now < until else None


def _mac(key: str, payload: bytes) -> bytes:
    # A key of its own: what signs these can never be mistaken for what signs anything else.
    return hmac.digest(hmac.digest(key.encode(), _PURPOSE, _DIGEST), payload, _DIGEST)


def _encoded(value: bytes) -> str:
    return urlsafe_b64encode(value).rstrip(b"=").decode()
