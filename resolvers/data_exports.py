"""Copies of one's own data: asked for, made by a job in batches, told of, and thrown away after a week."""

import zlib
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from uuid import UUID

from tortoise.connection import get_connection
from tortoise.expressions import Q

from models.enums import DataExportState, NotificationKind
from models.errors import ErrorCode, Refused
from models.exports import DataExport, DataExportPart
from models.users import User
from pubsub.transaction import Changed, transaction
from resolvers import access, notifications
from resolvers.export_sections import SECTIONS

EVERY = timedelta(days=1)
"""How often somebody may ask."""

KEPT = timedelta(days=7)

GIVEN_UP = timedelta(days=2)
"""After how long an export that does not succeed is FAILED, so that another one can be asked for."""

BATCH_ROWS = 500
"""Rows that one transaction reads, and one part holds."""

MOST_BATCHES = 40
"""Batches of one export that one turn does; the rest stays due."""

FORMAT = "mentorship-export-1"


async def request_data_export(viewer: access.Viewer | None, now: datetime) -> DataExport:
    """Ask for a copy of one's own data. Raises Refused RATE_LIMITED for the second within a day, unless it FAILED."""
    viewer = access.signed_in(viewer)
    async with transaction():
        # One after the other: the second one of two at once finds the first.
        await User.select_for_update(no_key=True).get(id=viewer.id)
        recent = Q(requested_at__gt=now - EVERY) & ~Q(state=DataExportState.FAILED) | Q(state=DataExportState.WAITING)
        if await DataExport.filter(recent, user_id=viewer.id).exists():
            message = "You have asked for a copy of your data within the last day. Look at `viewer.dataExports`."
            raise Refused(ErrorCode.RATE_LIMITED, message)
        return await DataExport.create(user_id=viewer.id, requested_at=now)


async def due(now: datetime, limit: int) -> list[UUID]:
    """The exports that are to be made, or to be given up."""
    return await _ids("state = 'WAITING' AND requested_at <= $1 ORDER BY requested_at", now, limit)


async def due_to_expire(now: datetime, limit: int) -> list[UUID]:
    """The exports that were kept for long enough."""
    return await _ids("state = 'READY' AND expires_at <= $1 ORDER BY expires_at", now, limit)


async def make(export_id: UUID, now: datetime) -> bool:
    """Make an export, or a good part of it: up to MOST_BATCHES transactions, each of which holds the export's row.

    False when there is nothing to do, or another worker is at it.
    """
    done = 0
    while done < MOST_BATCHES and await _one_batch(export_id, now):
        done += 1
    return done > 0


async def expire(export_id: UUID, now: datetime) -> bool:
    """Throw an export away. False when it is not due any more, or somebody is at it."""
    over = DataExport.filter(id=export_id, state=DataExportState.READY, expires_at__lte=now)
    async with transaction():
        export = await over.select_for_update(no_key=True, skip_locked=True).first()
        if export is None:
            return False
        await _end(export, DataExportState.EXPIRED)
    return True


async def find(export_id: UUID, now: datetime) -> DataExport | None:
    """An export that can be fetched: READY, not expired, and of somebody who is not kept out."""
    ready = DataExport.filter(id=export_id, state=DataExportState.READY, expires_at__gt=now)
    return await ready.filter(user__suspended_at=None).first()


async def json_of(export: DataExport) -> AsyncIterator[bytes]:
    """The file, piece by piece: never more than a part of it is held."""
    yield f'{{"format": "{FORMAT}", "requested_at": "{export.requested_at.isoformat()}"'.encode()
    section = -1
    for number in range(export.parts):
        part = await DataExportPart.get(export_id=export.id, number=number)
        if part.section == section:
            yield b",\n"
        else:
            yield _heads(section, part.section)
        section = part.section
        yield zlib.decompress(part.content)
    yield _heads(section, len(SECTIONS)) + b"\n}\n"


def _heads(last: int, section: int) -> bytes:
    """What stands between the rows of two sections: those between them are empty lists."""
    closed = "\n]" if last >= 0 else ""
    empty = "".join(f',\n"{SECTIONS[each].name}": []' for each in range(last + 1, min(section, len(SECTIONS))))
    opened = f',\n"{SECTIONS[section].name}": [\n' if section < len(SECTIONS) else ""
    return f"{closed}{empty}{opened}".encode()


async def _one_batch(export_id: UUID, now: datetime) -> bool:
    waiting = DataExport.filter(id=export_id, state=DataExportState.WAITING)
    async with transaction() as changed:
        export = await waiting.select_for_update(no_key=True, skip_locked=True).first()
        if export is None:
            return False
        if export.requested_at <= now - GIVEN_UP:
            await _end(export, DataExportState.FAILED)
        elif export.section < len(SECTIONS):
            await _read_on(changed, export)
        else:
            await _finish(changed, export, now)
    return True


async def _read_on(changed: Changed, export: DataExport) -> None:
    """Put the next rows into a part, or go on to the next section."""
    section = SECTIONS[export.section]
    rows = await changed.sql(section.statement, export.user_id, export.last_id, BATCH_ROWS)
    if rows:
        await DataExportPart.create(
            export_id=export.id,
            number=export.parts,
            section=export.section,
            content=zlib.compress(",\n".join(row["line"] for row in rows).encode()),
        )
        export.parts, export.last_id = export.parts + 1, rows[-1]["id"]
    if len(rows) < BATCH_ROWS:
        export.section, export.last_id = export.section + 1, None
    await export.save(update_fields=("section", "last_id", "parts"))


async def _finish(changed: Changed, export: DataExport, now: datetime) -> None:
    export.state, export.ready_at, export.expires_at = DataExportState.READY, now, now + KEPT
    await export.save(update_fields=("state", "ready_at", "expires_at"))
    kind = NotificationKind.EXPORT_READY
    await notifications.notify(changed, [export.user_id], kind, export.id, actor=None, at=now)


async def _end(export: DataExport, state: DataExportState) -> None:
    export.state, export.parts = state, 0
    await export.save(update_fields=("state", "parts"))
    await DataExportPart.filter(export_id=export.id).delete()


async def _ids(which: str, now: datetime, limit: int) -> list[UUID]:
    records = await get_connection("default").execute_query_dict(
        f"SELECT id FROM data_exports WHERE {which} LIMIT $2", [now, limit]
    )
    return [record["id"] for record in records]
