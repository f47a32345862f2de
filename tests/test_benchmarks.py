"""The servers of benchmarks/ do the same: what `make bench` compares is one piece of work, done by six programs."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import asdict
from pathlib import Path

import pytest

from benchmarks import dataset
from benchmarks.community import Pair, Size, pairs
from benchmarks.contestants import CONTESTANTS, Contestant, node
from benchmarks.cores import Cores
from benchmarks.documents import CREATE_POST, THREAD_PAGE
from benchmarks.options import Options
from benchmarks.processes import Running
from benchmarks.report import page, tables
from benchmarks.report.ratios import ratios
from benchmarks.results import Results, Sample
from benchmarks.visit import Visit
from benchmarks.workloads import WORKLOADS
from tests.contenders import Contender, now
from tests.servers import Databases

# The first test installs the packages of npm, and starts six servers.
pytestmark = pytest.mark.timeout(300)

SIZE = Size(pairs=6, posts_a_pair=25)
BODY = "Hello, **you**. See you on Thursday?"
MISSED = 5
LOG = "SELECT number, kind, actor_id FROM activity WHERE stream_id = $1 AND number > $2 ORDER BY number"
POSTS = "SELECT number, author_id, body FROM posts WHERE match_id = $1 AND number > $2 ORDER BY number"


@pytest.fixture(scope="module")
async def contenders(databases: Databases, redis_url: str) -> AsyncIterator[list[Contender]]:
    """All of them, ours first, each with a copy of the data set."""
    await asyncio.to_thread(node)
    async with AsyncExitStack() as stack:
        filled = await stack.enter_async_context(databases.fresh())
        await dataset.load(filled, SIZE, now())
        copies = Databases(databases.url, filled.rpartition("/")[2])
        running = []
        for name, contestant in CONTESTANTS.items():
            if contestant.floor:
                continue
            url = await stack.enter_async_context(copies.fresh())
            server = stack.enter_context(contestant.serving(url, redis_url, Cores.for_workers(2)))
            running.append(Contender(name, server, url))
        yield running


@pytest.fixture(scope="module")
def community() -> list[Pair]:
    """The pairs of the data set, whose tokens are good at every server."""
    return list(pairs(SIZE, now()))


async def test_each_shows_both_members_the_same_page(contenders: list[Contender], community: list[Pair]) -> None:
    pair = community[0]
    for member in pair.members:
        ours, *others = [await each.ask(member, THREAD_PAGE, id=pair.id) for each in contenders]
        posts = ours["data"]["match"]["space"]["thread"]["posts"]["edges"]
        assert len(posts) == 20
        assert all(len(post["node"]["comments"]["edges"]) == 3 for post in posts)
        for contender, other in zip(contenders[1:], others, strict=True):
            assert other == ours, contender.name


async def test_each_writes_a_post_down_under_the_next_number(
    contenders: list[Contender], community: list[Pair]
) -> None:
    pair = community[1]
    mentor = pair.members[0]
    for contender in contenders:
        answer = await contender.ask(mentor, CREATE_POST, input={"matchId": pair.id, "body": BODY})
        written = answer["data"]["createPost"]
        assert written["errors"] == [], contender.name
        assert written["post"]["body"] == BODY
        assert written["post"]["author"]["name"] == "Person 2"
        assert await contender.rows(LOG, pair.key, pair.head) == [(pair.head + 1, "POST_ADDED", mentor.key)]
        assert await contender.rows(POSTS, pair.key, pair.head) == [(pair.head + 1, mentor.key, BODY)]
        shown = await contender.ask(mentor, THREAD_PAGE, id=pair.id)
        newest = shown["data"]["match"]["space"]["thread"]["posts"]["edges"][0]["node"]
        assert newest["id"] == written["post"]["id"], contender.name


async def test_each_tells_what_was_missed_and_then_what_happens(
    contenders: list[Contender], community: list[Pair]
) -> None:
    pair = community[2]
    mentor, mentee = pair.members
    missed = []
    for contender in contenders:
        async with contender.following(mentee, pair, pair.cursor(pair.head - MISSED)) as heard:
            missed.append([await heard.event() for _ in range(MISSED)])
            written = await contender.ask(mentor, CREATE_POST, input={"matchId": pair.id, "body": BODY})
            event = await heard.event()
            assert event["post"] == written["data"]["createPost"]["post"], contender.name
            assert event["__typename"] == "PostAdded"
            assert event["cursor"] == pair.cursor(pair.head + 1)
            assert event["actor"]["name"] == "Person 4"
    for contender, events in zip(contenders, missed, strict=True):
        assert events == missed[0], contender.name


async def test_each_keeps_a_pairs_space_from_everybody_else(contenders: list[Contender], community: list[Pair]) -> None:
    pair, stranger = community[3], community[4].members[0]
    for contender in contenders:
        assert (await contender.ask(stranger, THREAD_PAGE, id=pair.id))["data"] == {"match": None}, contender.name
        answer = await contender.ask(stranger, CREATE_POST, input={"matchId": pair.id, "body": BODY})
        assert [error["code"] for error in answer["data"]["createPost"]["errors"]] == ["NOT_FOUND"], contender.name
        async with contender.following(stranger, pair, None) as heard:
            # One says that it cannot be begun, another that it ended at once: nobody hears an event.
            message = await heard.next_message()
            assert message["type"] == "error" or "errors" in message["payload"], contender.name
        assert await contender.rows(LOG, pair.key, pair.head) == []


def lightly(server: Running, database_url: str, community: list[Pair]) -> Visit:
    """A turn with a load that anything can bear; how fast it is borne is nobody's business here."""
    return Visit(
        server,
        database_url,
        community[2:],
        live_pairs=2,
        seconds=0.4,
        warm_up=0.2,
        rates=(20, 40),
        idle=(5, 10),
        storm=10,
    )


def nothing_found() -> Results:
    """The results of a run that has just begun, without Ariadne and with one worker."""
    contestants = tuple(name for name in CONTESTANTS if name != "ariadne")
    options = json.loads(json.dumps(asdict(Options(contestants=contestants, rounds=1, two_workers=False))))
    machine = {"cores": 2, "processor": "any", "memory_gb": 1, "system": "Linux", "versions": {"Python": "3"}}
    return Results(when="today", machine=machine, options=options)


async def test_a_run_ends_with_tables_and_plots(
    contenders: list[Contender], community: list[Pair], tmp_path: Path
) -> None:
    found = nothing_found()
    for contender in contenders:
        if contender.name in ("mentorship", "mercurius"):
            visit = lightly(contender.server, contender.database_url, community)
            for name, workload in WORKLOADS.items():
                found.samples.append(Sample(contender.name, name, 1, 0, await workload.measure(visit)))
    (tmp_path / "performance.md").write_text(f"# Speed\n\n{page.BEGIN}old\n{page.END}\nThe end.\n")
    page.write(found, tmp_path)

    written = (tmp_path / "performance.md").read_text()
    assert written.startswith("# Speed\n") and written.endswith("The end.\n") and "old" not in written
    assert tables.run_lines(found) in written
    assert tables.ratio_table(found) in written
    assert all(f"### {name}, {workload.title}" in written for name, workload in WORKLOADS.items())
    for plot in ("thread-page", "create-post", "live-posts", "idle-memory", "reconnect-storm"):
        assert f"performance/{plot}.svg" in written
        assert (tmp_path / "performance" / f"{plot}.svg").stat().st_size > 0
    assert Results.load(tmp_path / "performance" / "results.json") == found


@pytest.mark.parametrize("floor", [each for each in CONTESTANTS.values() if each.floor], ids=lambda each: each.name)
async def test_each_floor_bears_the_load_of_the_servers_above_it(
    floor: Contestant, contenders: list[Contender], community: list[Pair], redis_url: str
) -> None:
    url = contenders[0].database_url
    with floor.serving(url, redis_url, Cores.for_workers(2)) as server:
        for name, workload in WORKLOADS.items():
            if floor.takes_part_in(name):
                seen = await workload.measure(lightly(server, url, community))
                assert seen.get("rate") or seen.get("highest"), name


def test_the_page_says_how_much_of_the_whole_run_it_tells_of() -> None:
    found = nothing_found()
    told = "This is not the whole run: one round of 5 seconds a measurement, one worker only, without ariadne."
    assert tables.run_lines(found) == told
    for options in (asdict(Options()), json.loads(json.dumps(asdict(Options())))):
        found.options = options
        whole = "This is the whole run: 3 rounds of 5 seconds a measurement, one worker, then two."
        assert tables.run_lines(found) == whole, "just measured, and read from a file"
    found.options["storm"] = 60
    assert "with other amounts" in tables.run_lines(found)


def test_a_ratio_is_held_against_the_best_of_the_others_and_says_when_it_misses() -> None:
    found = nothing_found()
    for round_, (ours, theirs) in enumerate([(900, 600), (1_000, 500), (10, 550)]):
        found.samples += [
            Sample("mentorship", "W1", 1, round_, {"rate": ours}),
            Sample("mercurius", "W1", 1, round_, {"rate": theirs}),
            Sample("yoga", "W1", 1, round_, {"rate": 100}),
            Sample("strawberry", "W1", 1, round_, error="NotServing: it did not start"),
        ]
    (page_ratio,) = ratios(found)
    assert (page_ratio.ours, page_ratio.theirs, page_ratio.whose) == (900, 550, "mercurius"), "medians of three rounds"
    assert page_ratio.met
    found.samples += [Sample("mercurius", "W1", 1, round_, {"rate": 2_000}) for round_ in range(3, 8)]
    (page_ratio,) = ratios(found)
    assert page_ratio.value == 0.45 and not page_ratio.met
    assert "| **0.45** | at least 1.3 | missed |" in tables.ratio_table(found)
