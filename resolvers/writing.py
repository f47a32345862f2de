"""What posts, comments and messages have in common: written once, in one statement if possible, and changed by whom."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Generic, TypeVar
from uuid import UUID

from tortoise.exceptions import IntegrityError

from models.enums import OPEN_MATCH, ActivityKind
from models.errors import ErrorCode, Refused
from models.matches import Match
from models.posts import Writing
from pubsub.append import Append
from pubsub.streams import match_stream
from pubsub.transaction import Changed, transaction
from resolvers import access, matches, reactions, read_states, silence
from resolvers.drafts import KEY_PATH, Draft, body_of
from resolvers.read_states import Counted

W = TypeVar("W", bound=Writing)

_COLUMNS = {
    "id": "want.id",
    "match_id": "want.match_id",
    "author_id": "want.author",
    "number": "want.number",
    "created_at": "want.at",
    "body": "want.body",
    "idempotency_key": "want.key",
    "input_hash": "want.hash",
}
_WORDS = {"body": "text", "key": "text", "hash": "bytea"}


@dataclass(frozen=True)
class Kind(Generic[W]):
    """A kind of writing. `path` leads to its id in an input; `counted` says under what it counts as unread, if at all.

    For the statement that writes one, in terms of pubsub.append.Append: `match` is its match's id, from `want.place`;
    `given` is what only this kind is given, `own` are the columns that only it has, and `only_if` is a condition.
    """

    model: type[W]
    noun: str
    added: ActivityKind
    changed: ActivityKind
    path: Sequence[str]
    counted: Counted | None = None
    match: str = "want.place"
    given: dict[str, str] = field(default_factory=dict)
    own: Mapping[str, str] = field(default_factory=dict)
    only_if: str = "TRUE"

    @cached_property
    def append(self) -> Append:
        """Writes one into a pair under way, unless its key is used: such a one is a retry, whose answer is the row."""
        table = self.model._meta.db_table
        unused = f"NOT EXISTS (SELECT 1 FROM {table} WHERE author_id = want.author AND idempotency_key = want.key)"
        also = [silence.broken("want.at")]
        if self.counted is not None:
            also.append(read_states.one_more(self.counted, "want.author"))
        return Append(
            table,
            {**_COLUMNS, **self.own},
            self.added,
            given=_WORDS | self.given,
            match=self.match,
            guard=f"{access.WRITES_ON} AND {silence.NOTHING_OFFERED} AND {unused} AND {self.only_if}",
            also=", ".join(also),
        )


async def write(
    kind: Kind[W], draft: Draft, step_by_step: Callable[[], Awaitable[W]], place: UUID, *more: UUID | None
) -> W:
    """Write a draft, once for its author and key: a retry gives the row as it is now (DESIGN.md, rule 9).

    First in one statement, which is given `place`, where it goes, and `more`, what only its kind has. What that does
    not let through takes the path `step_by_step`, which says why, finds the match INTRODUCED and makes it ACTIVE, or
    ends a long silence. The unique (author, key) decides a race: the loser is rolled back, number and all, and reads
    the winner's row. Raises Refused IDEMPOTENCY_MISMATCH when the key was used with another input.
    """
    if draft.author.is_adult and (row := await _at_once(kind, draft, place, *more)) is not None:
        return row
    if (earlier := await _earlier(kind, draft)) is not None:
        return earlier
    try:
        return await step_by_step()
    except IntegrityError:
        if (earlier := await _earlier(kind, draft)) is not None:
            return earlier
        raise


async def _at_once(kind: Kind[W], draft: Draft, place: UUID, *more: UUID | None) -> W | None:
    author, key = draft.author.id, draft.key
    try:
        taken = await kind.append(place, author, draft.id, draft.now, draft.body, key, draft.digest, *more)
    except IntegrityError:
        return None  # whatever it ran into, the other path runs into too, and says so
    return None if taken is None else kind.model.from_record(draft.columns(*taken))


async def _earlier(kind: Kind[W], draft: Draft) -> W | None:
    if draft.key is None:
        return None
    # To somebody whose right to read was cut his own row is one that does not exist: the write refuses him.
    row = await access.visible(kind.model, draft.author).get_or_none(
        author_id=draft.author.id, idempotency_key=draft.key
    )
    if row is not None and row.input_hash != draft.digest:
        message = "This idempotency key was used with another input. Make a new key for each new text."
        raise Refused(ErrorCode.IDEMPOTENCY_MISMATCH, message, KEY_PATH)
    return row


async def add(kind: Kind[W], changed: Changed, match: Match, draft: Draft) -> W:
    """Write into a locked match, under the number of the event that tells of it. The first word makes it ACTIVE."""
    author, now = draft.author, draft.now
    await matches.activate_by_writing(changed, match, author, now)
    await silence.end(changed, match, now, actor=author.id)
    number = await changed.log(match_stream(match.id), kind.added, draft.id, actor=author.id, at=now)
    if kind.counted is not None:
        await read_states.count_one_more(changed, match, author.id, kind.counted)
    return await kind.model.create(**draft.columns(match.id, number))


async def edit(kind: Kind[W], viewer: access.Viewer | None, now: datetime, row_id: UUID, body: str) -> W:
    """Change the body of one's own writing."""
    viewer = access.signed_in(viewer)
    body = body_of(body)
    async with transaction() as changed:
        row, _ = await _take_own(kind, changed, viewer, now, row_id)
        if row.deleted_at is not None:
            raise Refused(ErrorCode.READ_ONLY, f"This {kind.noun} was deleted and cannot be changed.", kind.path)
        row.body, row.edited_at = body, now
        await row.save(update_fields=("body", "edited_at"))
        await changed.log(match_stream(row.match_id), kind.changed, row.id, actor=viewer.id, at=now)
    return row


async def delete(kind: Kind[W], viewer: access.Viewer | None, now: datetime, row_id: UUID) -> W:
    """Leave a tombstone, without reactions, in place of one's own writing. Deleting again changes nothing."""
    viewer = access.signed_in(viewer)
    async with transaction() as changed:
        row, match = await _take_own(kind, changed, viewer, now, row_id)
        if row.deleted_at is not None:
            await changed.give_back(match_stream(row.match_id))
            return row
        await _bury(kind, changed, row, match, now)
        await changed.log(match_stream(row.match_id), kind.changed, row.id, actor=viewer.id, at=now)
    return row


async def remove(kind: Kind[W], changed: Changed, row_id: UUID, now: datetime) -> None:
    """Leave a tombstone in place of somebody's writing, by a reviewer's decision: to both it is as if its author had
    deleted it. After the match's end nothing is told, since nothing comes after a stream's last number."""
    row = await kind.model.get(id=row_id)
    stream = match_stream(row.match_id)
    is_open = await changed.take(stream, "state = ANY($2::text[])", [state.value for state in OPEN_MATCH])
    match = await Match.filter(id=row.match_id).select_for_update(no_key=True).get()
    row = await kind.model.get(id=row_id)
    if row.deleted_at is not None:
        if is_open:
            await changed.give_back(stream)
        return
    await _bury(kind, changed, row, match, now)
    if is_open:
        await changed.log(stream, kind.changed, row.id, actor=row.author_id, at=now)


async def _bury(kind: Kind[W], changed: Changed, row: W, match: Match, now: datetime) -> None:
    """Make a tombstone, in a locked match."""
    row.body, row.deleted_at = None, now
    await row.save(update_fields=("body", "deleted_at"))
    await reactions.clear(row)
    if kind.counted is not None:
        await read_states.count_one_less(changed, match, row.author_id, row.number, kind.counted)


async def _take_own(
    kind: Kind[W], changed: Changed, viewer: access.Viewer, now: datetime, row_id: UUID
) -> tuple[W, Match]:
    """One's own writing with its match locked; read again under the lock, so that two changes cannot cross."""
    row = await access.visible(kind.model, viewer).get_or_none(id=row_id)
    if row is None:
        raise access.not_found(kind.noun, kind.path)
    if row.author_id != viewer.id:
        raise Refused(ErrorCode.FORBIDDEN, f"Only its author can change a {kind.noun}.", kind.path)
    match = await access.take_match(changed, viewer, now, row.match_id, path=kind.path)
    return await kind.model.get(id=row.id), match
