"""What posts and comments have in common: their text, retries under an idempotency key, and who may change them."""

import hashlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from tortoise.exceptions import IntegrityError
from uuid_utils.compat import uuid7

from models.enums import ActivityKind
from models.errors import ErrorCode, Refused
from models.matches import Match
from models.posts import MAX_BODY, Writing
from pubsub.streams import match_stream
from pubsub.transaction import Changed, transaction
from resolvers import access, matches, reactions, text

W = TypeVar("W", bound=Writing)


def body_of(value: str) -> str:
    """A body as it was written, within its limits."""
    return text.text(value, ("input", "body"), longest=MAX_BODY, what="the text")


def input_hash(*parts: object) -> bytes:
    """What tells one input from another under the same idempotency key: a SHA-256 over its parts."""
    digest = hashlib.sha256()
    for part in parts:
        encoded = str(part).encode()
        digest.update(len(encoded).to_bytes(4, "big") + encoded)
    return digest.digest()


async def write_once(
    model: type[W], viewer: access.Viewer, key: str | None, digest: bytes, write: Callable[[str | None], Awaitable[W]]
) -> W:
    """Run `write` with the key, once for the author and key: a retry gives the row as it is now (DESIGN.md, rule 9).

    The unique (author, key) decides a race: the loser's transaction is rolled back, numbers and all, and it reads the
    winner's row. Raises Refused IDEMPOTENCY_MISMATCH when the key was used with another input.
    """
    if key is None:
        return await write(None)
    path = ("input", "idempotencyKey")
    key = text.line(key, path, longest=100, what="the idempotency key")
    if (earlier := await _earlier(model, viewer, key, digest, path)) is not None:
        return earlier
    try:
        return await write(key)
    except IntegrityError:
        if (earlier := await _earlier(model, viewer, key, digest, path)) is not None:
            return earlier
        raise


async def _earlier(model: type[W], viewer: access.Viewer, key: str, digest: bytes, path: Sequence[str]) -> W | None:
    # To somebody whose right to read was cut his own row is one that does not exist: `write` refuses him.
    row = await access.visible(model, viewer).get_or_none(author_id=viewer.id, idempotency_key=key)
    if row is None:
        return None
    if row.input_hash != digest:
        message = "This idempotency key was used with another input. Make a new key for each new text."
        raise Refused(ErrorCode.IDEMPOTENCY_MISMATCH, message, path)
    return row


@dataclass(frozen=True, slots=True)
class Content:
    """What is to be written: the body, the key and hash under which a retry finds it, and the kind's own columns."""

    body: str
    key: str | None
    digest: bytes
    more: dict[str, UUID | None]


async def add(
    model: type[W],
    kind: ActivityKind,
    changed: Changed,
    viewer: access.Viewer,
    now: datetime,
    match: Match,
    content: Content,
) -> W:
    """Write into a locked match, under the number of the event that tells of it. The first word makes it ACTIVE."""
    await matches.activate_by_writing(changed, match, viewer, now)
    row_id = uuid7()
    number = await changed.log(match_stream(match.id), kind, row_id, actor=viewer.id, at=now)
    return await model.create(
        id=row_id,
        match_id=match.id,
        author_id=viewer.id,
        number=number,
        body=content.body,
        idempotency_key=content.key,
        input_hash=None if content.key is None else content.digest,
        created_at=now,
        **content.more,
    )


async def edit(
    model: type[W],
    noun: str,
    viewer: access.Viewer | None,
    now: datetime,
    row_id: UUID,
    body: str,
    kind: ActivityKind,
    path: Sequence[str],
) -> W:
    """Change the body of one's own writing, and log it under `kind`."""
    viewer = access.signed_in(viewer)
    body = body_of(body)
    async with transaction() as changed:
        row = await _take_own(changed, model, noun, viewer, now, row_id, path)
        if row.deleted_at is not None:
            raise Refused(ErrorCode.READ_ONLY, f"This {noun} was deleted and cannot be changed.", path)
        row.body, row.edited_at = body, now
        await row.save(update_fields=("body", "edited_at"))
        await changed.log(match_stream(row.match_id), kind, row.id, actor=viewer.id, at=now)
    return row


async def delete(
    model: type[W],
    noun: str,
    viewer: access.Viewer | None,
    now: datetime,
    row_id: UUID,
    kind: ActivityKind,
    path: Sequence[str],
) -> W:
    """Leave a tombstone in place of one's own writing, without its reactions, and log it under `kind`.

    Deleting again changes nothing.
    """
    viewer = access.signed_in(viewer)
    async with transaction() as changed:
        row = await _take_own(changed, model, noun, viewer, now, row_id, path)
        if row.deleted_at is not None:
            await changed.give_back(match_stream(row.match_id))
            return row
        row.body, row.deleted_at = None, now
        await row.save(update_fields=("body", "deleted_at"))
        await reactions.clear(row)
        await changed.log(match_stream(row.match_id), kind, row.id, actor=viewer.id, at=now)
    return row


async def _take_own(
    changed: Changed,
    model: type[W],
    noun: str,
    viewer: access.Viewer,
    now: datetime,
    row_id: UUID,
    path: Sequence[str],
) -> W:
    """One's own writing with its match locked; read again under the lock, so that two changes cannot cross."""
    row = await access.visible(model, viewer).get_or_none(id=row_id)
    if row is None:
        raise access.not_found(noun, path)
    if row.author_id != viewer.id:
        raise Refused(ErrorCode.FORBIDDEN, f"Only its author can change a {noun}.", path)
    await access.take_match(changed, viewer, now, row.match_id, path=path)
    return await model.get(id=row.id)
