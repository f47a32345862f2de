"""Passwords: what a good one is, and their argon2id hashes, computed away from the event loop."""

import asyncio
import os
import re
import unicodedata
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from zxcvbn import zxcvbn

from resolvers import text

T = TypeVar("T")

SHORTEST, LONGEST = 10, 200

GUESSED = 72
"""How much of a password is guessed at: guessing takes much longer than the password is, and this much says enough."""

SAFE_FROM = 2
"""zxcvbn's score from which a password withstands guessing that is not even slowed down: a million guesses. Ours is
slowed down (resolvers/guessing.py)."""

hasher = PasswordHasher()
"""How passwords are hashed: RFC 9106's second recommended option (64 MiB). A stored hash of other parameters still
verifies, and is replaced at the next log-in."""

# Few threads of their own: each hash takes 64 MiB, and a crowd at the door must not keep other work out of the loop's.
_threads = ThreadPoolExecutor(max_workers=min(4, os.cpu_count() or 1), thread_name_prefix="passwords")


async def check(password: str, path: Sequence[str], *, email: str, name: str) -> None:
    """Refuses with INVALID_INPUT a password that is too short, too long, or that others would soon have guessed.

    The person's own name and e-mail address are what others try first.
    """
    if not SHORTEST <= len(password) <= LONGEST:
        raise text.invalid(f"Choose a password of {SHORTEST} to {LONGEST} characters; it has {len(password):,}.", path)
    if any("\ud800" <= character <= "\udfff" for character in password):
        raise text.invalid("Take the halves of surrogate pairs out of the password: they are no characters.", path)
    if len(set(password)) == 1:
        raise text.invalid("Choose another password: this one is a single character, repeated.", path)
    if _plain(password) in (_plain(email), _plain(name)):
        raise text.invalid("Choose another password: this one is your e-mail address or your name.", path)
    own = [part for words in (email, name) for part in re.split(r"\W+", _plain(words)) if len(part) > 2]
    guessed = _plain(password)[:GUESSED]
    if await _in_a_thread(lambda: zxcvbn(guessed, [email, _plain(name), *own])["score"]) < SAFE_FROM:
        message = (
            "Choose another password: this one is easy to guess. Three or four words that do not belong together are "
            "hard to guess; years, names, rows of keys and repetitions are not."
        )
        raise text.invalid(message, path)


async def hashed(password: str) -> str:
    """The hash to store for a password that `check` has let pass."""
    return await _in_a_thread(lambda: hasher.hash(_encoded(password)))


async def matches(stored: str | None, password: str) -> bool:
    """Whether `stored` is the hash of this password. False takes as long when there is no hash to compare with."""
    if stored is None or len(password) > LONGEST:
        await hashed(password[:LONGEST])
        return False
    return await _in_a_thread(lambda: _verifies(stored, password))


def is_outdated(stored: str) -> bool:
    """Whether a hash was made with other parameters than `hasher` has now."""
    return hasher.check_needs_rehash(stored)


def _verifies(stored: str, password: str) -> bool:
    try:
        return hasher.verify(stored, _encoded(password))
    except VerifyMismatchError:
        return False


def _encoded(password: str) -> bytes:
    """NFKC, since keyboards differ in how they compose a letter (NIST SP 800-63B). A lone surrogate matches nothing."""
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")


def _plain(words: str) -> str:
    return unicodedata.normalize("NFKC", words).casefold().strip()


async def _in_a_thread(work: Callable[[], T]) -> T:
    return await asyncio.get_running_loop().run_in_executor(_threads, work)
