"""The demo community: what a newcomer finds there, and that it comes once, whole, and never among real people."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from pydantic import ValidationError
from tortoise.context import TortoiseContext

from models.database import tortoise_config
from models.enums import ProgramState
from models.errors import ErrorCode, Refused
from resolvers import accounts
from server import demo
from server.demo.content import Content, Pair, read
from tests.community import Community, Person
from tests.documents import LOG_IN, SPACE
from tests.servers import CHECKOUT, Clock, Databases, served_here, settings_for

PASSWORD = "demo-demo-demo"
COMMAND_SECONDS = 60
CONTENT = read()

Picture = dict[str, list[dict[str, Any]]]


async def rows_of(url: str) -> Picture:
    """Every table as it is."""
    connection = await asyncpg.connect(url)
    try:
        tables = await connection.fetch(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'tortoise_migrations'"
        )
        return {table: [dict(row) for row in await connection.fetch(f"SELECT * FROM {table}")] for (table,) in tables}
    finally:
        await connection.close()


async def picture_of(url: str) -> Picture:
    """What the tables tell, the same for every load: ids by their order, times from the first day on, no hashes."""
    rows = await rows_of(url)
    names: dict[UUID, str] = {}
    for table, found in rows.items():
        ids = sorted(row["id"] for row in found if "id" in row)
        names |= {row_id: f"{table} {number}" for number, row_id in enumerate(ids)}
    first = min(row["created_at"] for row in rows["users"])

    def plain(column: str, value: object) -> object:
        if column in ("password_hash", "token_hash"):
            return None
        if isinstance(value, UUID):
            return names[value]
        if isinstance(value, datetime):
            return value - first
        return value - first.date() if column == "starts_on" and isinstance(value, date) else value

    told = {
        table: [{column: plain(column, value) for column, value in row.items()} for row in found]
        for table, found in rows.items()
    }
    return {table: sorted(found, key=repr) for table, found in told.items()}


@dataclass(frozen=True)
class Demo:
    """The demo community, served in this process, and the picture of how it was when it had just been loaded."""

    people: Community
    picture: Picture
    hint: str

    async def log_in(self, key: str) -> Person:
        """One of its people, logged in with the password that everybody knows."""
        person = next(each for each in CONTENT.people if each.key == key)
        made = await self.people.nobody.do(LOG_IN, input={"email": person.email, "password": PASSWORD})
        session = made["session"]
        return Person(
            person.name, self.people.served, self.people.http, made["user"]["id"], person.email, session["accessToken"]
        )


@pytest.fixture(scope="module")
async def loaded(databases: Databases, redis_url: str) -> AsyncIterator[Demo]:
    """A database with the demo community, and a server on it."""
    async with databases.fresh() as url:
        settings = settings_for(url, redis_url, demo=True)
        hint = await demo.load(settings, Clock().now)
        picture = await picture_of(url)
        async with served_here(settings) as running, Community.on(running) as people:
            yield Demo(people, picture, hint)


def pair(key: str) -> Pair:
    """What the files say of a pair."""
    return next(each for each in CONTENT.pairs if each.key == key)


# -------------------------------------------------------------------------------------------- what a newcomer finds


async def test_everybody_can_log_in_and_has_something_to_say(loaded: Demo) -> None:
    """All 23 get in with the one password, and see their own few words."""
    assert len(CONTENT.people) == 23
    for each in CONTENT.people:
        person = await loaded.log_in(each.key)
        viewer = await person.do("{ viewer { email user { name bio timeZone locale } } }")
        assert viewer["email"] == each.email
        assert viewer["user"] == {
            "name": each.name, "bio": each.bio, "timeZone": each.time_zone, "locale": each.locale
        }  # fmt: skip


async def test_the_hint_says_how_to_log_in(loaded: Demo) -> None:
    """Whoever ran the first command knows the next: an address and the password, which are right."""
    assert PASSWORD in loaded.hint
    named = [word.strip(",.") for word in loaded.hint.split() if "@" in word]
    assert len(named) >= 2
    for email in named:
        await loaded.people.nobody.do(LOG_IN, input={"email": email, "password": PASSWORD})


async def test_a_newcomer_finds_a_program_in_every_state(loaded: Demo) -> None:
    """The admins of the two eligible groups have one in each between them, draft and cancelled too."""
    found: dict[str, str] = {}
    for admin in ("ruth", "daniel"):
        person = await loaded.log_in(admin)
        answer = await person.do("{ programs(first: 100) { edges { node { title state } } } }")
        found |= {edge["node"]["title"]: edge["node"]["state"] for edge in answer["edges"]}
    assert found == {program.title: program.state for program in CONTENT.programs}
    assert set(found.values()) == set(ProgramState)


async def test_a_stranger_sees_two_eligible_groups_and_why_the_third_is_not(loaded: Demo) -> None:
    """Soap makers and new parents may run programs; the board games learn what programs are for."""
    document = "{ groups(first: 100) { edges { node { slug mentorship { eligible reason } } } } }"
    answer = await loaded.people.nobody.do(document)
    groups = {edge["node"]["slug"]: edge["node"]["mentorship"] for edge in answer["edges"]}
    assert groups["soap-makers"] == groups["new-parents-circle"] == {"eligible": True, "reason": None}
    assert groups.keys() == {"soap-makers", "new-parents-circle", "sunday-board-games"}
    assert groups["sunday-board-games"]["eligible"] is False
    assert "parenting, professional or personal development" in groups["sunday-board-games"]["reason"]


MATCHES = "query($state: [MatchState!]) { viewer { matches(first: 100, state: $state) { edges { node { id } } } } }"


async def test_maya_and_tom_find_their_thread_as_it_was_written(loaded: Demo) -> None:
    """They are an active pair. Both read the same posts, first to last, with what was said under each."""
    told = pair("maya-tom")
    threads = []
    for key in ("maya", "tom"):
        person = await loaded.log_in(key)
        (edge,) = (await person.do(MATCHES, state=["ACTIVE"]))["matches"]["edges"]
        match = await person.do(SPACE, id=edge["node"]["id"])
        assert (match["state"], match["mentor"]["name"], match["mentee"]["name"]) == (
            "ACTIVE", "Maya Fernandes", "Tom Whitaker"
        )  # fmt: skip
        newest_first = [each["node"] for each in match["space"]["thread"]["posts"]["edges"]]
        threads.append(
            [
                (post["body"], [comment["node"]["body"] for comment in post["comments"]["edges"]])
                for post in reversed(newest_first)
            ]
        )
    in_order = sorted(told.posts, key=lambda post: post.before(date(2026, 1, 1)))
    assert threads[0] == [(post.body, [comment.body for comment in post.comments]) for post in in_order]
    assert threads[1] == threads[0]


async def test_maya_and_tom_have_done_the_steps_that_they_write_about(loaded: Demo) -> None:
    """Five are done, the sixth is open and the rest still locked; the introduction is behind them."""
    tom = await loaded.log_in("tom")
    (edge,) = (await tom.do(MATCHES, state=["ACTIVE"]))["matches"]["edges"]
    space = (await tom.do(SPACE, id=edge["node"]["id"]))["space"]
    states = [step["state"] for step in space["steps"]]
    assert states == ["DONE"] * 5 + ["OPEN"] + ["LOCKED"] * (len(states) - 6)
    assert len(states) > 6
    assert space["introduction"]["acknowledgedByViewer"] is space["introduction"]["acknowledgedByPartner"] is True


async def test_their_admin_knows_that_they_are_a_pair_and_reads_nothing(loaded: Demo) -> None:
    """Ruth made the match. She sees who and in what state; the space is not there for her."""
    maya, ruth = await loaded.log_in("maya"), await loaded.log_in("ruth")
    (edge,) = (await maya.do(MATCHES, state=["ACTIVE"]))["matches"]["edges"]
    match = await ruth.do(SPACE, id=edge["node"]["id"])
    assert (match["state"], match["viewerRole"], match["space"]) == ("ACTIVE", None, None)


async def test_every_pair_stands_where_its_file_says(loaded: Demo) -> None:
    """Introduced, active and ended pairs, each with all that was written and done."""
    people = {user["id"]: user["name"] for user in loaded.picture["users"]}
    names = {person.key: person.name for person in CONTENT.people}
    found = {
        (people[match["mentor_id"]], people[match["mentee_id"]]): (
            match["state"],
            sum(post["match_id"] == match["id"] for post in loaded.picture["posts"]),
            sum(comment["match_id"] == match["id"] for comment in loaded.picture["comments"]),
        )
        for match in loaded.picture["matches"]
    }
    assert found == {
        (names[told.mentor], names[told.mentee]): (
            told.state,
            len(told.posts),
            sum(len(post.comments) for post in told.posts),
        )
        for told in CONTENT.pairs
    }
    assert {state for state, _, _ in found.values()} == {"INTRODUCED", "ACTIVE", "ENDED"}


async def test_the_logs_read_as_if_it_had_all_happened(loaded: Demo) -> None:
    """Every stream is numbered from 1 without a hole, never back in time, and its head is its last number."""
    heads = {
        row["id"]: row["activity_head"] for table in ("matches", "users", "programs") for row in loaded.picture[table]
    }
    streams: dict[str, list[dict[str, Any]]] = {}
    for row in sorted(loaded.picture["activity"], key=lambda row: row["number"]):
        streams.setdefault(row["stream_id"], []).append(row)
    assert len(streams) > len(CONTENT.pairs) + len(CONTENT.programs)
    assert {stream: head for stream, head in heads.items() if head} == {key: len(rows) for key, rows in streams.items()}
    for rows in streams.values():
        assert [row["number"] for row in rows] == list(range(1, len(rows) + 1))
        times = [row["occurred_at"] for row in rows]
        assert times == sorted(times)


# ------------------------------------------------------------------------------ once, whole, never among real people


async def test_on_another_day_it_is_the_same_story_and_none_of_it_lies_ahead(
    loaded: Demo, databases: Databases, redis_url: str
) -> None:
    """Loaded in the first minute of a leap day, all ends the day before; the picture is the one of any other day."""
    midnight = datetime(2028, 2, 29, 0, 0, 30, tzinfo=UTC)
    async with databases.fresh() as url:
        await demo.load(settings_for(url, redis_url, demo=True), midnight)
        assert await picture_of(url) == loaded.picture
        happened = [row["occurred_at"] for row in (await rows_of(url))["activity"]]
    yesterday = datetime.combine(midnight.date() - timedelta(days=1), time(0), UTC)
    assert yesterday <= max(happened) < midnight


async def test_two_operators_at_once_get_one_community(loaded: Demo, databases: Databases, redis_url: str) -> None:
    """Both are told how to log in; who came second found it there. A third later changes nothing either."""
    async with databases.fresh() as url:
        settings = settings_for(url, redis_url, demo=True)
        now = Clock().now
        assert await asyncio.gather(demo.load(settings, now), demo.load(settings, now)) == [loaded.hint, loaded.hint]
        assert await picture_of(url) == loaded.picture
        before = await rows_of(url)
        assert await demo.load(settings, now + timedelta(days=3)) == loaded.hint
        assert await rows_of(url) == before


async def test_no_demo_people_come_among_real_ones(databases: Databases, redis_url: str) -> None:
    """Ann has an account, and somebody has set MENTORSHIP_DEMO by mistake: it is refused and nothing is written."""
    async with databases.fresh() as url:
        async with TortoiseContext() as context:
            await context.init(config=tortoise_config(url))
            await accounts.create_moderator(email="ann@example.org", name="Ann", password=PASSWORD, now=Clock().now)
        before = await rows_of(url)
        with pytest.raises(Refused) as refused:
            await demo.load(settings_for(url, redis_url, demo=True), Clock().now)
        assert refused.value.code == ErrorCode.CONFLICT
        assert "empty" in refused.value.message
        assert await rows_of(url) == before
        assert [user["name"] for user in before["users"]] == ["Ann"]


async def test_a_killed_load_leaves_nothing_and_the_next_completes_it(loaded: Demo, databases: Databases) -> None:
    """`mentorship demo` is killed when it has come to the first comment. The next one tells the whole story."""
    async with databases.fresh() as url:
        empty = await rows_of(url)
        killed = _command(url)
        try:
            await _until_it_writes(url, "comments", killed)
        finally:
            killed.send_signal(signal.SIGKILL)
            killed.communicate(timeout=COMMAND_SECONDS)
        assert killed.returncode == -signal.SIGKILL
        assert await rows_of(url) == empty

        again = _command(url)
        printed, complaints = await asyncio.to_thread(again.communicate, timeout=COMMAND_SECONDS)
        assert (again.returncode, complaints) == (0, "")
        assert printed.strip() == loaded.hint
        assert await picture_of(url) == loaded.picture


def _command(url: str) -> subprocess.Popen[str]:
    """`mentorship demo`, started."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MENTORSHIP_")}
    return subprocess.Popen(
        [sys.executable, "-m", "server.cli", "demo"],
        cwd=CHECKOUT,
        env=kept | {"MENTORSHIP_DATABASE_URL": url, "MENTORSHIP_DEMO": "true"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


async def _until_it_writes(url: str, table: str, process: subprocess.Popen[str]) -> None:
    """Wait until some transaction has written to a table and not ended."""
    connection = await asyncpg.connect(url)
    # A table has the same number in every database that was cut from the template.
    holds = """SELECT EXISTS (
        SELECT 1 FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database
        WHERE datname = current_database() AND relation = $1::regclass AND mode = 'RowExclusiveLock'
    )"""
    try:
        async with asyncio.timeout(COMMAND_SECONDS):
            while not await connection.fetchval(holds, table):
                assert process.poll() is None, process.communicate()
                await asyncio.sleep(0.005)
    finally:
        await connection.close()


# --------------------------------------------------------------------------------------------------------- its files


def test_a_field_that_has_no_place_is_named(tmp_path: Path) -> None:
    """Whoever writes more of the story and misspells a field learns where, and loses no words in silence."""
    for path in sorted(Path(demo.__file__).parent.glob("*.toml")):
        (tmp_path / path.name).write_text(path.read_text())
    assert read(tmp_path) == CONTENT
    people = tmp_path / "people.toml"
    people.write_text(people.read_text().replace("joined_days_ago", "joined_day_ago", 1))
    with pytest.raises(ValidationError, match=r"people\.0\.joined_day_ago"):
        read(tmp_path)


def test_nobody_outside_is_meant() -> None:
    """Addresses are of a domain that nobody can own, and no two people or groups share a name."""
    content: Content = CONTENT
    assert all(person.email.endswith("@demo.example") for person in content.people)
    for named in ([person.name for person in content.people], [group.slug for group in content.groups]):
        assert len(set(named)) == len(named)
