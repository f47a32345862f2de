"""Sealing what a reporter discloses: a copy of it as it is at that moment."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from uuid import UUID

from models.base import Row
from models.check_ins import CheckIn
from models.enums import ReportSubject, SignUpRole
from models.matches import Match
from models.messages import Message
from models.posts import Comment, Post, Writing
from models.reports import Report, ReportItem
from resolvers import access, text

PATH = ("input", "disclose")
MOST_ITEMS = 50

KINDS: dict[type[Row], ReportSubject] = {
    Post: ReportSubject.POST,
    Comment: ReportSubject.COMMENT,
    Message: ReportSubject.MESSAGE,
    CheckIn: ReportSubject.CHECK_IN,
}
"""What can be disclosed."""


async def seal(viewer: access.Viewer, report: Report, named: Sequence[tuple[type[Row], UUID]]) -> None:
    """Copy what is named, all of it from the viewer's own pairs: body, author and time, in the order of the writing.

    What was deleted before is there without a body. Raises Refused: INVALID_INPUT for too many, NOT_FOUND.
    """
    if len(named) > MOST_ITEMS:
        raise text.invalid(f"Choose {MOST_ITEMS} at most; what matters most is enough.", PATH)
    wanted: dict[type[Row], list[UUID]] = defaultdict(list)
    for model, row_id in named:
        wanted[model].append(row_id)
    items: list[ReportItem] = []
    for model, ids in wanted.items():
        found = await access.visible(model, viewer).filter(id__in=ids)
        if len(found) != len(set(ids)):
            raise access.not_found("post, comment, message or check-in", PATH)
        pairs = {match.id: match for match in await Match.filter(id__in={_match_of(row) for row in found})}
        items += [item for row in found for item in _copies(report, row, pairs[_match_of(row)])]
    await ReportItem.bulk_create(sorted(items, key=lambda item: (item.written_at, item.item_id)))


def _match_of(row: Row) -> UUID:
    assert isinstance(row, Writing | CheckIn)
    return row.match_id


def _copies(report: Report, row: Row, match: Match) -> Iterator[ReportItem]:
    given = {"report_id": report.id, "match_id": match.id, "kind": KINDS[type(row)], "item_id": row.id}
    if isinstance(row, Writing):
        written = {"body": row.body, "written_at": row.created_at, "edited_at": row.edited_at}
        yield ReportItem(**given, author_id=row.author_id, **written)
        return
    assert isinstance(row, CheckIn)
    for side, author_id in zip(SignUpRole, match.pair, strict=True):
        answer = row.answer_of(side)
        if answer is not None:
            body = "\n\n".join(filter(None, (answer.body, answer.next_action))) or None
            answered = {"body": body, "written_at": answer.answered_at, "edited_at": answer.edited_at}
            yield ReportItem(**given, author_id=author_id, **answered)
