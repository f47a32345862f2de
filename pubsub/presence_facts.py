"""What the database says about somebody who looks at his partner's presence: may he, and what do the two share."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple
from uuid import UUID

from tortoise.connection import get_connection

from models.enums import StreamKind
from models.users import Sharing
from pubsub.gathering import Gatherer
from pubsub.patience import patiently
from pubsub.reader import MAX_WANTS
from pubsub.streams import STREAM_CLOSED, Scope

PATIENCE = 2.0
"""Seconds that somebody waits to begin while the database is away."""


class Look(NamedTuple):
    """A wish to look at the partner's presence in a pair, by whom `scope` names."""

    match_id: UUID
    scope: Scope


@dataclass(frozen=True, slots=True)
class Facts:
    """The partner, what the two share, how far the partner has read, and whether the match has ended."""

    closed: bool
    partner_id: UUID
    mine: Sharing
    theirs: Sharing
    read_up_to: int


_FACTS = f"""
SELECT want.ord, {STREAM_CLOSED[StreamKind.MATCH]} AS closed, partner.id AS partner_id,
    me.shares_presence, me.shares_typing, me.shares_read_receipts,
    partner.shares_presence AS their_presence, partner.shares_typing AS their_typing,
    partner.shares_read_receipts AS their_read_receipts,
    CASE WHEN stream.mentor_id = want.viewer THEN mentee_read_up_to ELSE mentor_read_up_to END AS read_up_to
FROM unnest($1::uuid[], $2::uuid[], $3::uuid[]) WITH ORDINALITY AS want(stream, viewer, session, ord)
JOIN matches AS stream ON stream.id = want.stream AND ({{rule}})
JOIN users AS me ON me.id = want.viewer
JOIN users AS partner
    ON partner.id = CASE WHEN stream.mentor_id = want.viewer THEN stream.mentee_id ELSE stream.mentor_id END
"""


class FactsReader:
    """Reads for all who look, in one statement; those who begin while it runs are gathered into the next."""

    def __init__(self) -> None:
        self._beginners: Gatherer[Look, Facts | None] = Gatherer(_facts_patiently, most=MAX_WANTS)

    async def read(self, look: Look) -> Facts | None:
        """The facts for one who begins to look; None when he may not."""
        return await self._beginners.ask(look)

    async def read_all(self, looks: Sequence[Look]) -> list[Facts | None]:
        """The facts for each, None where he may not look (any more)."""
        found: list[Facts | None] = []
        for start in range(0, len(looks), MAX_WANTS):
            found += await _facts(looks[start : start + MAX_WANTS])
        return found

    async def close(self) -> None:
        """Read no more; whoever still waits is cancelled."""
        await self._beginners.close()


async def _facts_patiently(looks: Sequence[Look]) -> list[Facts | None]:
    return await patiently(partial(_facts, looks), seconds=PATIENCE)


async def _facts(looks: Sequence[Look]) -> list[Facts | None]:
    found: list[Facts | None] = [None] * len(looks)
    by_rule: dict[str, list[int]] = defaultdict(list)
    for place, look in enumerate(looks):
        by_rule[look.scope.rule].append(place)
    for rule, places in by_rule.items():
        asked = [looks[place] for place in places]
        values = [
            [look.match_id for look in asked],
            [look.scope.viewer_id for look in asked],
            [look.scope.session_id for look in asked],
        ]
        for record in await get_connection("live").execute_query_dict(_FACTS.format(rule=rule), values):
            found[places[record["ord"] - 1]] = Facts(
                record["closed"],
                record["partner_id"],
                Sharing(record["shares_presence"], record["shares_typing"], record["shares_read_receipts"]),
                Sharing(record["their_presence"], record["their_typing"], record["their_read_receipts"]),
                record["read_up_to"],
            )
    return found
