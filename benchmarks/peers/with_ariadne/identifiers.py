"""Global ids and cursors, exactly those of this project's server."""

import base64
import binascii
from uuid import UUID


def _encoded(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _decoded(text: str) -> list[str]:
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode("ascii").split(":")
    except (binascii.Error, UnicodeError):
        return []


def global_id(name: str, key: UUID) -> str:
    """The id of a row of a type."""
    return _encoded(f"{name}:{key.hex}")


def key_of(name: str, value: str) -> UUID | None:
    """The key in a global id of that type; None for any other, which to a client is one that does not exist."""
    match _decoded(value):
        case [found, key] if found == name and len(key) == 32:
            try:
                return UUID(hex=key)
            except ValueError:
                return None
    return None


def number_cursor(number: int) -> str:
    """A place in a list."""
    return _encoded(f"number:{number}")


def number_of(cursor: str) -> int:
    """The number in a list's cursor. Raises ValueError for any other text."""
    match _decoded(cursor):
        case ["number", number] if number.isdigit():
            return int(number)
    raise ValueError("This is no cursor of this list.")


def activity_cursor(match_id: UUID, number: int) -> str:
    """A place in a match's stream."""
    return _encoded(f"match:{match_id.hex}:{number}")


def activity_number(match_id: UUID, cursor: str) -> int | None:
    """The number in a cursor of this match's stream, or None."""
    match _decoded(cursor):
        case ["match", key, number] if key == match_id.hex and number.isdigit():
            return int(number)
    return None
