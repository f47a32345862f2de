"""What people type, checked before anything is done with it."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import date
from zoneinfo import available_timezones

from models.errors import ErrorCode, Refused

_LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
# Marks that turn the direction of the text around them: a name that holds one changes how others read the line.
_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_ZONES = frozenset(available_timezones() - {"localtime", "Factory", "posixrules"})


def invalid(message: str, path: Sequence[str]) -> Refused:
    """A refusal of one input field."""
    return Refused(ErrorCode.INVALID_INPUT, message, path)


def text(value: str, path: Sequence[str], *, longest: int, what: str) -> str:
    """A text as it was written: not blank, at most `longest` characters, and storable (no NUL, no lone surrogate)."""
    if all(character.isspace() or unicodedata.category(character) == "Cf" for character in value):
        raise invalid(f"Write {what}; it cannot be blank.", path)
    if len(value) > longest:
        raise invalid(f"Shorten {what} to {longest:,} characters; it has {len(value):,}.", path)
    if "\x00" in value or any("\ud800" <= character <= "\udfff" for character in value):
        raise invalid(f"Take the characters out of {what} that are no text (NUL or half of a surrogate pair).", path)
    return value


def line(value: str, path: Sequence[str], *, longest: int, what: str) -> str:
    """A text on one line, without the blanks around it and without control characters."""
    value = text(value, path, longest=longest, what=what).strip()
    if any(unicodedata.category(character) in ("Cc", "Zl", "Zp") or character in _BIDI for character in value):
        raise invalid(f"Write {what} on one line, without control characters.", path)
    return value


def optional_text(value: str | None, path: Sequence[str], *, longest: int, what: str) -> str | None:
    """Like `text`; None and a blank text are None."""
    return None if value is None or not value.strip() else text(value, path, longest=longest, what=what)


def lines(values: Sequence[str], path: Sequence[str], *, most: int, longest: int, what: str) -> list[str]:
    """A list of short lines, each kept once, in capitals or not, in the order given. `what` names one of them."""
    if len(values) > most:
        raise invalid(f"Name {most} at most; these are {len(values)}.", path)
    checked = [line(value, (*path, str(index)), longest=longest, what=what) for index, value in enumerate(values)]
    kept: dict[str, str] = {}
    for value in checked:
        kept.setdefault(value.casefold(), value)
    return list(kept.values())


def number(value: int, path: Sequence[str], *, low: int, high: int, what: str) -> int:
    """A whole number within bounds."""
    if not low <= value <= high:
        raise invalid(f"Choose {what} from {low} to {high}; this is {value}.", path)
    return value


def time_zone(value: str, path: Sequence[str]) -> str:
    """The name of a time zone in the IANA database."""
    if value not in _ZONES:
        raise invalid("Name a time zone of the IANA database, such as Europe/Berlin.", path)
    return value


def language(value: str, path: Sequence[str]) -> str:
    """A language tag as BCP 47 shapes it, such as en or pt-BR."""
    if len(value) > 35 or not _LANGUAGE_TAG.fullmatch(value):
        raise invalid("Name a language by its BCP 47 tag, such as en or pt-BR.", path)
    return value


def birth_date(value: date, today: date, path: Sequence[str]) -> date:
    """A date on which somebody who lives `today` may have been born."""
    if not date(1900, 1, 1) <= value <= today:
        raise invalid("Give the date on which you were born.", path)
    return value
