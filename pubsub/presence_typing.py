"""Who types in this process: said once a second at most, and over when it is not said again."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

TYPING_SECONDS = 6.0
"""How long somebody types who says nothing more: clients say it again every few seconds."""

THROTTLE_SECONDS = 1.0
"""What one person says within this time in one pair is absorbed, but for his last word, which goes out after it."""

MOST_TYPISTS = 10_000
"""People who are kept in mind at once; what more of them say is absorbed."""


@dataclass(slots=True)
class _Word:
    sent: bool
    sent_at: float
    wanted: bool


class Typists:
    """The last words of people about their typing, each for some seconds. Times are the event loop's."""

    def __init__(self) -> None:
        self._words: dict[tuple[UUID, UUID], _Word] = {}

    def __len__(self) -> int:
        return len(self._words)

    def say(self, match_id: UUID, user_id: UUID, typing: bool, now: float) -> bool:
        """Take a person's word; whether others are to be told of it now."""
        word = self._words.get((match_id, user_id))
        if word is None:
            if len(self._words) < MOST_TYPISTS:
                self._words[match_id, user_id] = _Word(typing, now, typing)
                return True
            return False
        word.wanted = typing
        if now - word.sent_at < THROTTLE_SECONDS or not (word.sent or typing):
            return False
        word.sent, word.sent_at = typing, now
        return True

    def until(self, match_id: UUID, user_id: UUID) -> float:
        """Until when others think that this person types, as they were told here; 0 if they were not."""
        word = self._words.get((match_id, user_id))
        return word.sent_at + TYPING_SECONDS if word is not None and word.sent else 0.0

    def due(self, now: float) -> Iterator[tuple[UUID, UUID, bool]]:
        """The absorbed last words whose time has come; what is over is forgotten."""
        for (match_id, user_id), word in list(self._words.items()):
            age = now - word.sent_at
            if age >= THROTTLE_SECONDS and word.wanted != word.sent:
                word.sent, word.sent_at = word.wanted, now
                yield match_id, user_id, word.sent
            elif age >= (TYPING_SECONDS if word.sent else THROTTLE_SECONDS):
                del self._words[match_id, user_id]
