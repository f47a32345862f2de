"""What somebody is about to write in a pair's space: checked, and not yet anywhere."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from models.posts import MAX_BODY
from resolvers import access, text

KEY_PATH = ("input", "idempotencyKey")


@dataclass(frozen=True, slots=True)
class Draft:
    """A text, its author and its time. `digest` tells a retry from another input under the same key, None without one;
    `own` holds the columns that only this kind of writing has."""

    author: access.Viewer
    now: datetime
    body: str
    key: str | None
    digest: bytes | None
    own: dict[str, UUID | None]
    id: UUID = field(default_factory=uuid7)

    def columns(self, match_id: UUID, number: int) -> dict[str, Any]:
        """All columns of the row, once its match and its number are known."""
        return {
            "id": self.id,
            "match_id": match_id,
            "author_id": self.author.id,
            "number": number,
            "body": self.body,
            "idempotency_key": self.key,
            "input_hash": self.digest,
            "created_at": self.now,
            "edited_at": None,
            "deleted_at": None,
            **self.own,
        }


def draft(
    viewer: access.Viewer | None, now: datetime, body: str, key: str | None, place: object, **own: UUID | None
) -> Draft:
    """A draft by whoever is signed in. `place` is where it goes, as the input says it."""
    author = access.signed_in(viewer)
    body = body_of(body)
    digest = None
    if key is not None:
        key = text.line(key, KEY_PATH, longest=100, what="the idempotency key")
        digest = _digest(place, body, *own.values())
    return Draft(author, now, body, key, digest, own)


def body_of(value: str) -> str:
    """A body as it was written, within its limits."""
    return text.text(value, ("input", "body"), longest=MAX_BODY, what="the text")


def _digest(*parts: object) -> bytes:
    digest = hashlib.sha256()
    for part in parts:
        encoded = str(part).encode()
        digest.update(len(encoded).to_bytes(4, "big") + encoded)
    return digest.digest()
