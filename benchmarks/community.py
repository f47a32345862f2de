"""The people and pairs of the data set: known by their numbers, so that nothing about them has to be asked for."""

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from pubsub.streams import match_stream
from resolvers.tokens import Tokens

SECRET_KEY = "the benchmarks' own key: 32 characters or more"
TOKENS = Tokens([SECRET_KEY], access_seconds=86_400)
COMMENTS_A_POST = 3
STEPS = 8


def global_id(name: str, row_key: UUID) -> str:
    """The id under which clients know a row of the type called `name`."""
    return base64.urlsafe_b64encode(f"{name}:{row_key.hex}".encode()).decode().rstrip("=")


def key(table: int, number: int, at: datetime) -> UUID:
    """A UUIDv7 that says when it was made, in which table and as which row."""
    milliseconds = int(at.timestamp() * 1000)
    value = milliseconds << 80 | 0x7 << 76 | (table & 0xFFF) << 64 | 0b10 << 62 | number
    return UUID(int=value)


@dataclass(frozen=True)
class Size:
    """How much there is; the log holds a row for every post and comment."""

    pairs: int = 1_000
    posts_a_pair: int = 100

    @property
    def people(self) -> int:
        """Everybody is in one pair."""
        return 2 * self.pairs

    @property
    def events_a_pair(self) -> int:
        """The head of each pair's stream."""
        return self.posts_a_pair * (1 + COMMENTS_A_POST)


@dataclass(frozen=True)
class Member:
    """One of a pair, with a token that is good for a day."""

    key: UUID
    session: UUID
    token: str


@dataclass(frozen=True)
class Pair:
    """A match and its two, the mentor first. `head` is where its stream stood when the data set was made."""

    key: UUID
    members: tuple[Member, Member]
    head: int

    @property
    def id(self) -> str:
        """The match's global id."""
        return global_id("Match", self.key)

    def cursor(self, number: int) -> str:
        """The cursor of a number of the pair's stream."""
        return match_stream(self.key).cursor(number)


BEGINNING = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
"""What the keys of people and pairs say; what they write is of the last days, for the log is pruned by age."""

USERS, SESSIONS, GROUPS, MEMBERSHIPS, PROGRAMS, SIGN_UPS, MATCHES, STEP_ROWS, POSTS, COMMENTS = range(10)


def user_key(number: int) -> UUID:
    """The key of a person: pair n has the people 2n, the mentor, and 2n + 1."""
    return key(USERS, number, BEGINNING + timedelta(seconds=number))


def session_key(number: int) -> UUID:
    """The key of a person's one session."""
    return key(SESSIONS, number, BEGINNING + timedelta(seconds=number))


def match_key(number: int) -> UUID:
    """The key of a pair's match."""
    return key(MATCHES, number, BEGINNING + timedelta(days=1, seconds=number))


def pairs(size: Size, now: datetime) -> Iterator[Pair]:
    """All pairs, their tokens signed by this server's own functions."""
    issued = now - timedelta(seconds=5)
    for number in range(size.pairs):
        two = []
        for person in (2 * number, 2 * number + 1):
            user, session = user_key(person), session_key(person)
            two.append(Member(user, session, TOKENS.sign(user, session, issued)[0]))
        yield Pair(match_key(number), (two[0], two[1]), size.events_a_pair)
