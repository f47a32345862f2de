"""Taking words out of a pair's space: of one who is forgotten, or of both when they were kept for long enough.

The space has ended, so its stream takes no number any more: tombstones keep the order, and whoever reads it again sees
them. All of it can be done twice, and stopped between two batches.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from models.matches import Match
from pubsub.transaction import Changed
from resolvers.read_states import COUNTED

BATCH_ROWS = 500
"""Posts, comments or messages that one transaction empties at most."""

INTRODUCTION = "This introduction is gone, since it was made of words that were removed."
FIRST_QUESTION = "What would you like to remember of this mentorship?"
FAREWELL = "This farewell is gone, since it was made of words that were removed."

_WRITINGS = ("posts", "comments", "messages")

_EMPTY = """
UPDATE {table} SET body = NULL, deleted_at = $3, idempotency_key = NULL, input_hash = NULL WHERE id IN (
    SELECT id FROM {table} WHERE match_id = $1 AND author_id = ANY($2::uuid[]) AND deleted_at IS NULL
    ORDER BY number LIMIT $4
) RETURNING id
"""

# Deleted by their authors before: their keys and hashes are of what was written, too.
_FORGET_KEYS = """
UPDATE {table} SET idempotency_key = NULL, input_hash = NULL
WHERE match_id = $1 AND author_id = ANY($2::uuid[]) AND input_hash IS NOT NULL
"""

_REACTIONS_UNDER = "DELETE FROM {one}_reactions WHERE subject_id = ANY($1::uuid[])"

_REACTIONS_OF = """
DELETE FROM {one}_reactions USING {one}s AS subject
WHERE subject.id = subject_id AND subject.match_id = $1 AND user_id = ANY($2::uuid[])
"""

# An answer goes with its mood. What lacks one then is MISSED, since nobody can answer it any more.
_ANSWERS_OF = """
UPDATE check_ins SET {side}_mood = NULL, {side}_body = NULL, {side}_next_action = NULL, {side}_answered_at = NULL,
    {side}_edited_at = NULL, state = 'MISSED'
WHERE match_id = $1 AND {side}_mood IS NOT NULL
"""

_COUNT = "UPDATE matches SET " + ", ".join(
    f"{reader}_unread_{what} = (SELECT count(*) FROM {what} WHERE match_id = $1 AND author_id = matches.{writer}_id"
    f" AND number > {reader}_read_up_to AND deleted_at IS NULL)"
    for reader, writer in (("mentor", "mentee"), ("mentee", "mentor"))
    for what in COUNTED
) + " WHERE id = $1"  # fmt: skip

_MADE_OF_BOTH = """
UPDATE matches SET introduction = $2, introduction_shared = '{}', first_question = $3,
    farewell = CASE WHEN farewell IS NOT NULL THEN $4 END,
    end_feedback = CASE WHEN NOT ended_by_id = ANY($5::uuid[]) THEN end_feedback END
WHERE id = $1
"""


async def remove_some(changed: Changed, match: Match, authors: Sequence[UUID], now: datetime) -> bool:
    """Empty a batch of what these people of a locked match have written; whether there may be more."""
    more = False
    for table in _WRITINGS:
        gone = await changed.sql(_EMPTY.format(table=table), match.id, list(authors), now, BATCH_ROWS)
        ids = [record["id"] for record in gone]
        await changed.sql(_REACTIONS_UNDER.format(one=table[:-1]), ids)
        more = more or len(ids) == BATCH_ROWS
    await changed.sql(_COUNT, match.id)
    return more


async def remove_the_rest(changed: Changed, match: Match, authors: Sequence[UUID]) -> None:
    """Everything that bears their words besides: reactions, answers of check-ins, the introduction and the farewell."""
    people = list(authors)
    for table in _WRITINGS:
        await changed.sql(_FORGET_KEYS.format(table=table), match.id, people)
        await changed.sql(_REACTIONS_OF.format(one=table[:-1]), match.id, people)
    for side, user_id in (("mentor", match.mentor_id), ("mentee", match.mentee_id)):
        if user_id in authors:
            await changed.sql(_ANSWERS_OF.format(side=side), match.id)
    await changed.sql(_MADE_OF_BOTH, match.id, INTRODUCTION, FIRST_QUESTION, FAREWELL, people)
