"""Streams, their cursors, and the channels on which their hints travel."""

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from models.enums import OPEN_MATCH, ActivityKind, StreamKind

STREAM_ORDER = (StreamKind.MATCH, StreamKind.PROGRAM, StreamKind.USER)
"""The order in which a transaction locks the rows of the streams it touches; within a kind, by id."""

STREAM_TABLES = {StreamKind.MATCH: "matches", StreamKind.PROGRAM: "programs", StreamKind.USER: "users"}

_OPEN = ", ".join(f"'{state}'" for state in OPEN_MATCH)
STREAM_CLOSED = {
    StreamKind.MATCH: f"stream.state NOT IN ({_OPEN})",
    StreamKind.PROGRAM: "FALSE",
    StreamKind.USER: "FALSE",
}
"""Whether a stream has had its last number, as SQL over its row `stream`."""

ACCESS_CHANNEL = "access"
"""Here travel the ids of users whose rights have changed: everything they follow is asked for again."""


class Stream(NamedTuple):
    """One ordered log: a match's, a program's or a user's."""

    kind: StreamKind
    id: UUID

    @property
    def channel(self) -> str:
        """The broker channel of this stream's hints."""
        return f"{self.kind}:{self.id}"

    def cursor(self, number: int) -> str:
        """The opaque cursor of what stands at `number`."""
        return base64.urlsafe_b64encode(f"{self.kind}:{self.id.hex}:{number}".encode()).decode().rstrip("=")

    def number_of(self, cursor: str) -> int | None:
        """The number that a cursor stands for; None when it is malformed or of another stream."""
        try:
            text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
            kind, hex_id, number = text.split(":")
            if (kind, hex_id) != (self.kind, self.id.hex) or not number.isdigit() or len(number) > 18:
                return None
            return int(number)
        except (binascii.Error, UnicodeDecodeError, UnicodeEncodeError, ValueError):
            return None


def match_stream(match_id: UUID) -> Stream:
    """The stream of all that happens in a pair's space."""
    return Stream(StreamKind.MATCH, match_id)


def user_stream(user_id: UUID) -> Stream:
    """The stream of what concerns one person across pairs."""
    return Stream(StreamKind.USER, user_id)


def program_stream(program_id: UUID) -> Stream:
    """The stream that a program's admins follow."""
    return Stream(StreamKind.PROGRAM, program_id)


@dataclass(frozen=True, slots=True)
class Scope:
    """Who asks to read a stream, and the rule that says whether he may.

    `rule` is SQL over the stream's row `stream`, the asking person `want.viewer` and his session `want.session`.
    It comes from `resolvers.access` alone, and every read asks it anew.
    """

    rule: str
    viewer_id: UUID
    session_id: UUID
    is_adult: bool = True
    """Whether he was of age when he began to follow: what he is shown may depend on it."""


class LogRow(NamedTuple):
    """One row of a stream's log: kind, ids and time, never words."""

    number: int
    kind: ActivityKind
    subject_id: UUID
    actor_id: UUID | None
    occurred_at: datetime
