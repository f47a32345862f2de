"""The data set, loaded with COPY into a migrated database: the same rows each time, written in the last two months."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import asyncpg
from tortoise.fields.base import Field

from benchmarks import community
from benchmarks.community import COMMENTS_A_POST, STEPS, Size, key, match_key, session_key, user_key
from benchmarks.words import Words
from models.base import Row
from models.database import database
from models.enums import ActivityKind, GroupFocus, GroupRole, MatchState, ProgramState, SignUpRole, StepState
from models.groups import Group, Membership
from models.matches import Match, StepProgress
from models.migrating import migrate
from models.posts import Comment, Post
from models.program_templates import program_template
from models.programs import Program
from models.sessions import Session
from models.sign_ups import SignUp
from models.users import User

PAIRS_A_PROGRAM = 50
SEED = 20_260_105
Values = dict[str, Any]


async def load(url: str, size: Size, now: datetime) -> None:
    """Migrate the empty database at `url` and fill it. `now` is when the last of it was written."""
    await migrate(url)
    connection = await asyncpg.connect(url)
    try:
        async with database(url):
            await _copy(connection, User, _users(size))
            await _copy(connection, Session, _sessions(size))
            await _copy(connection, Group, _groups(size))
            await _copy(connection, Membership, _memberships(size))
            await _copy(connection, Program, _programs(size))
            await _copy(connection, SignUp, _sign_ups(size))
            await _copy(connection, Match, _matches(size, now))
            await _copy(connection, StepProgress, _steps(size))
            await _copy_writings(connection, size, now)
        # Planner statistics, hint bits and the visibility map: what autovacuum would bring in time, at some moment.
        await connection.execute("VACUUM (ANALYZE, FREEZE)")
        await connection.execute("CHECKPOINT")
    finally:
        await connection.close()


async def _copy(connection: asyncpg.Connection, model: type[Row], rows: Iterable[Values]) -> None:
    """All columns of the model, so that one which the data set does not know of gets the model's default."""
    columns = model._meta.fields_db_projection
    defaults = {name: model._meta.fields_map[name] for name in columns}
    records = (tuple(_value(values, name, field) for name, field in defaults.items()) for values in rows)
    await connection.copy_records_to_table(model._meta.db_table, records=records, columns=list(columns.values()))


def _value(values: Values, name: str, field: Field[Any]) -> Any:
    if name in values:
        return values[name]
    return field.default() if callable(field.default) else field.default


def _start(number: int) -> datetime:
    return community.BEGINNING + timedelta(seconds=number)


def _group_of(pair: int) -> int:
    return pair // PAIRS_A_PROGRAM


def _users(size: Size) -> Iterator[Values]:
    for number in range(size.people):
        yield {
            "id": user_key(number),
            "email": f"person-{number}@benchmark.example",
            "password_hash": "!",
            "name": f"Person {number}",
            "avatar_url": f"https://pictures.example/{number}.jpg",
            "birth_date": date(1980, 1, 1) + timedelta(days=number % 6_000),
            "time_zone": "Europe/Berlin" if number % 2 else "UTC",
            "created_at": _start(number),
        }


def _sessions(size: Size) -> Iterator[Values]:
    for number in range(size.people):
        yield {"id": session_key(number), "user_id": user_key(number), "created_at": _start(number)}


def _groups(size: Size) -> Iterator[Values]:
    for number in range(_group_of(size.pairs - 1) + 1):
        yield {
            "id": key(community.GROUPS, number, _start(number)),
            "slug": f"group-{number}",
            "name": f"Group {number}",
            "description": "People who help each other on.",
            "focus": GroupFocus.PROFESSIONAL,
            "created_at": _start(number),
        }


def _memberships(size: Size) -> Iterator[Values]:
    for person in range(size.people):
        group = _group_of(person // 2)
        yield {
            "id": key(community.MEMBERSHIPS, person, _start(person)),
            "group_id": key(community.GROUPS, group, _start(group)),
            "user_id": user_key(person),
            "role": GroupRole.MEMBER if person % (2 * PAIRS_A_PROGRAM) else GroupRole.ADMIN,
            "joined_at": _start(person),
        }


def _programs(size: Size) -> Iterator[Values]:
    for number in range(_group_of(size.pairs - 1) + 1):
        yield {
            "id": key(community.PROGRAMS, number, _start(number)),
            "group_id": key(community.GROUPS, number, _start(number)),
            "template_key": "career_advancement",
            "title": "Career advancement",
            "description": "Twelve weeks, one step a week.",
            "state": ProgramState.RUNNING,
            "weeks": 12,
            "created_at": _start(number),
        }


def _sign_ups(size: Size) -> Iterator[Values]:
    for person in range(size.people):
        program = _group_of(person // 2)
        yield {
            "id": key(community.SIGN_UPS, person, _start(person)),
            "program_id": key(community.PROGRAMS, program, _start(program)),
            "user_id": user_key(person),
            "role": SignUpRole.MENTEE if person % 2 else SignUpRole.MENTOR,
            "state": "MATCHED",
            "goals": "To get on.",
            "time_zone": "UTC",
            "open_matches": 1,
            "waiting_since": _start(person),
            "created_at": _start(person),
        }


def _matches(size: Size, now: datetime) -> Iterator[Values]:
    for pair in range(size.pairs):
        program, at = _group_of(pair), _start(pair) + timedelta(days=1)
        yield {
            "id": match_key(pair),
            "program_id": key(community.PROGRAMS, program, _start(program)),
            "mentor_id": user_key(2 * pair),
            "mentee_id": user_key(2 * pair + 1),
            "mentor_sign_up_id": key(community.SIGN_UPS, 2 * pair, _start(2 * pair)),
            "mentee_sign_up_id": key(community.SIGN_UPS, 2 * pair + 1, _start(2 * pair + 1)),
            "state": MatchState.ACTIVE,
            "introduction": "You two have much to talk about.",
            "first_question": "What would you like to be different in a year?",
            "started_at": at,
            "active_at": at,
            "silent_since": now,
            "activity_head": size.events_a_pair,
        }


def _steps(size: Size) -> Iterator[Values]:
    template = program_template("career_advancement")
    assert template is not None
    for pair in range(size.pairs):
        for number, step in enumerate(template.steps[:STEPS]):
            yield {
                "id": key(community.STEP_ROWS, pair * STEPS + number, _start(pair)),
                "match_id": match_key(pair),
                **{name: getattr(step, name) for name in ("position", "week", "title", "rule", "minutes")},
                "mentor_guidance": step.mentor_guidance,
                "mentee_guidance": step.mentee_guidance,
                "state": StepState.OPEN if number == 0 else StepState.LOCKED,
            }


async def _copy_writings(connection: asyncpg.Connection, size: Size, now: datetime) -> None:
    """Posts, their comments and the log, in the order in which they were written: pairs in turn, as in life."""
    words, last = Words(SEED), now.astimezone(UTC).replace(microsecond=0)
    each = timedelta(days=60) / size.posts_a_pair
    for turn in range(size.posts_a_pair):
        at = last - each * (size.posts_a_pair - turn)
        posts, comments, log = [], [], []
        for pair in range(size.pairs):
            _write(size, words, pair, turn, at.replace(microsecond=0), posts, comments, log)
        await _copy(connection, Post, posts)
        await _copy(connection, Comment, comments)
        await connection.copy_records_to_table("activity", records=log)


def _write(
    size: Size, words: Words, pair: int, turn: int, at: datetime, posts: list[Values], comments: list[Values], log: list
) -> None:
    match_id, place = match_key(pair), turn * size.pairs + pair
    first = turn * (1 + COMMENTS_A_POST) + 1
    post_id, author = key(community.POSTS, place, at), user_key(2 * pair + turn % 2)
    written = {"match_id": match_id, "created_at": at}
    posts.append(written | {"id": post_id, "author_id": author, "number": first, "body": words.post()})
    log.append((match_id, first, ActivityKind.POST_ADDED, post_id, author, at))
    for number in range(1, COMMENTS_A_POST + 1):
        comment_id = key(community.COMMENTS, place * COMMENTS_A_POST + number, at)
        commenter = user_key(2 * pair + (turn + number) % 2)
        comments.append(
            written
            | {"id": comment_id, "post_id": post_id, "author_id": commenter}
            | {"number": first + number, "body": words.comment()}
        )
        log.append((match_id, first + number, ActivityKind.COMMENT_ADDED, comment_id, commenter, at))
