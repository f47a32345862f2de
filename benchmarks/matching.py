"""How long a proposal takes, how much memory, and how long it holds the server up: python -m benchmarks.matching

It makes a program's people up (the same ones every time), works out one proposal for each objective as a server would,
off its event loop, and prints what that took. No database, and nothing else to start.
"""

import argparse
import asyncio
import random
import resource
import time
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import UUID

from models.enums import MatchObjective, SignUpRole, SignUpState
from models.match_weights import USUAL
from resolvers import solving, suggestions
from resolvers.pairing import Candidate, Pool

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
ZONES = ("Europe/Berlin", "America/New_York", "Asia/Tokyo", "Pacific/Auckland", "America/Sao_Paulo")
LANGUAGES = ("en", "de", "fr", "pt-BR", "es", "ja")
TOPICS = 40
WORDS = 3_000
BEAT = 0.005
"""Seconds between two beats of the event loop."""


def people(role: SignUpRole, number: int, capacity: int, words: int, dice: random.Random) -> list[Candidate]:
    """So many who wait for one role, each with `words` words of goals and as many of experience."""
    side = 1 if role == SignUpRole.MENTOR else 2
    return [
        Candidate(
            id=UUID(int=each * 4 + side),
            program_id=UUID(int=0),
            user_id=UUID(int=each * 4 + side),
            name=f"Person {each}",
            role=role,
            state=SignUpState.WAITING,
            waiting_since=NOW - timedelta(minutes=each),
            capacity=capacity,
            taken=0,
            is_member=True,
            is_suspended=False,
            is_adult=True,
            paused_until=None,
            time_zone=dice.choice(ZONES),
            topics=[f"topic {topic}" for topic in dice.sample(range(TOPICS), 3)],
            goals=_text(words, dice),
            experience=_text(words, dice),
            languages=dice.sample(LANGUAGES, 2),
        )
        for each in range(number)
    ]


async def measure(mentors: int, mentees: int, capacity: int, words: int) -> None:
    """Print one line for each objective."""
    dice = random.Random(1)
    pool = Pool(
        [
            *people(SignUpRole.MENTOR, mentors, capacity, words, dice),
            *people(SignUpRole.MENTEE, mentees, 1, words, dice),
        ],
        frozenset(),
        {SignUpRole.MENTOR: mentors, SignUpRole.MENTEE: mentees},
    )
    print(f"{mentors} mentors with {capacity} places each, {mentees} mentees, {words} words twice each")
    for objective in MatchObjective:
        longest = _Beat()
        task = asyncio.create_task(longest.go_on())
        began, cpu = time.perf_counter(), time.process_time()
        found = await solving.off_the_loop(partial(suggestions.work_out, pool, USUAL, objective, NOW, open_=True))
        seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
        task.cancel()
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"  {objective:12} {len(found.pairs):5} pairs, {len(found.unmatched):5} left over, of"
            f" {found.scope.mentors_considered} and {found.scope.mentees_considered} considered:"
            f" {seconds:6.2f} s ({cpu:.2f} s of CPU), {peak:4.0f} MB at most,"
            f" the event loop held up for {longest.seconds * 1000:.0f} ms at most"
        )


class _Beat:
    """How late the event loop came at worst to what should have been done every few milliseconds."""

    def __init__(self) -> None:
        self.seconds = 0.0

    async def go_on(self) -> None:
        while True:
            began = time.perf_counter()
            await asyncio.sleep(BEAT)
            self.seconds = max(self.seconds, time.perf_counter() - began - BEAT)


def _text(words: int, dice: random.Random) -> str:
    return " ".join(f"word{_letters(dice.randrange(WORDS))}" for _ in range(words))


def _letters(number: int) -> str:
    return "".join(chr(ord("a") + int(digit)) for digit in str(number))


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.matching", description=__doc__.splitlines()[0])
    parser.add_argument("--mentors", type=int, default=1_000)
    parser.add_argument("--mentees", type=int, default=1_000)
    parser.add_argument("--capacity", type=int, default=1, help="places of each mentor, 1 to 5")
    parser.add_argument(
        "--words", type=int, default=60, help="of goals, and of experience; 2,000 characters are some 300"
    )
    given = parser.parse_args()
    asyncio.run(measure(given.mentors, given.mentees, given.capacity, given.words))


if __name__ == "__main__":
    main()
