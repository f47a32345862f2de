"""The demo community: what a newcomer finds there, and that it comes once, whole, and never among real people."""

from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import pytest

from models.enums import MatchState, ProgramState
from server import demo
from tests.community import Community, Person
from tests.demo_pictures import CONTENT, PASSWORD, Demo, pair, picture_of
from tests.documents import LOG_IN, SPACE
from tests.servers import Clock, Databases, served_here, settings_for


@pytest.fixture(scope="module")
async def loaded(databases: Databases, redis_url: str) -> AsyncIterator[Demo]:
    """A database with the demo community, and a server on it."""
    async with databases.fresh() as url:
        settings = settings_for(url, redis_url, demo=True)
        hint = await demo.load(settings, Clock().now)
        picture = await picture_of(url)
        async with served_here(settings) as running, Community.on(running) as people:
            yield Demo(people, picture, hint)


# -------------------------------------------------------------------------------------------- what a newcomer finds


async def test_everybody_can_log_in_and_has_something_to_say(loaded: Demo) -> None:
    """All 61 get in with the one password, and see their own few words."""
    assert len(CONTENT.people) == 61
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
    """The admins of the eligible groups have one in each between them, draft and cancelled too."""
    found: dict[str, str] = {}
    for admin in ("ruth", "daniel", "nora", "celeste"):
        person = await loaded.log_in(admin)
        answer = await person.do("{ programs(first: 100) { edges { node { title state } } } }")
        found |= {edge["node"]["title"]: edge["node"]["state"] for edge in answer["edges"]}
    assert found == {program.title: program.state for program in CONTENT.programs}
    assert set(found.values()) == set(ProgramState)


async def test_a_stranger_sees_four_eligible_groups_and_why_the_fifth_is_not(loaded: Demo) -> None:
    """All may run programs but the board games, who learn what programs are for."""
    document = "{ groups(first: 100) { edges { node { slug mentorship { eligible reason } } } } }"
    answer = await loaded.people.nobody.do(document)
    groups = {edge["node"]["slug"]: edge["node"]["mentorship"] for edge in answer["edges"]}
    games = groups.pop("sunday-board-games")
    assert games["eligible"] is False
    assert "parenting, professional or personal development" in games["reason"]
    assert groups.keys() == {"soap-makers", "new-parents-circle", "riverside-runners", "first-in-the-family"}
    assert all(each == {"eligible": True, "reason": None} for each in groups.values())


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


async def test_they_have_smiled_at_each_others_posts(loaded: Demo) -> None:
    names = {person.key: person.name for person in CONTENT.people}
    told = [(reaction.emoji, names[reaction.by]) for post in pair("maya-tom").posts for reaction in post.reactions]
    people = {user["id"]: user["name"] for user in loaded.picture["users"]}
    found = {(row["emoji"], people[row["user_id"]]) for row in loaded.picture["post_reactions"]}
    assert len(told) > 5 and set(told) < found


MESSAGES = """query($id: ID!) { match(id: $id) { space {
  messages { edges { node { body author { id } seen } } } readState { unreadPosts unreadMessages } } } }"""


async def test_maya_finds_toms_last_message_unread_and_he_has_read_everything(loaded: Demo) -> None:
    told = [message.body for message in pair("maya-tom").messages]
    spaces = []
    for key in ("maya", "tom"):
        person = await loaded.log_in(key)
        (edge,) = (await person.do(MATCHES, state=["ACTIVE"]))["matches"]["edges"]
        spaces.append((await person.do(MESSAGES, id=edge["node"]["id"]))["space"])
    for space in spaces:
        newest_first = [each["node"] for each in space["messages"]["edges"]]
        assert [message["body"] for message in reversed(newest_first)] == told
        assert [message["seen"] for message in newest_first] == [False] + [True] * (len(told) - 1)
    assert [space["readState"] for space in spaces] == [
        {"unreadPosts": 0, "unreadMessages": 1},
        {"unreadPosts": 0, "unreadMessages": 0},
    ]


async def test_their_admin_knows_that_they_are_a_pair_and_reads_nothing(loaded: Demo) -> None:
    """Ruth made the match. She sees who and in what state; the space is not there for her."""
    maya, ruth = await loaded.log_in("maya"), await loaded.log_in("ruth")
    (edge,) = (await maya.do(MATCHES, state=["ACTIVE"]))["matches"]["edges"]
    match = await ruth.do(SPACE, id=edge["node"]["id"])
    assert (match["state"], match["viewerRole"], match["space"]) == ("ACTIVE", None, None)


async def test_every_pair_stands_where_its_file_says(loaded: Demo) -> None:
    """Pairs in all states but EXPIRED, each with all that was written and done."""
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
    assert {state for state, _, _ in found.values()} == set(MatchState) - {"EXPIRED"}


WEEKS = """query($id: ID!) { match(id: $id) { mentee { name } space { progress { week done total }
  offers checkIns(first: 20) { edges { node { viewerAnswer { mood } partnerAnswer { mood } } } } } } }"""


async def first_of(person: Person) -> dict[str, Any]:
    """The person's newest match, as the steps and check-ins of it stand."""
    newest, *_ = (await person.do(MATCHES, state=["ACTIVE", "PAUSED"]))["matches"]["edges"]
    return (await person.do(WEEKS, id=newest["node"]["id"]))["space"]


async def test_there_is_a_pair_in_every_week_of_first_race(loaded: Demo) -> None:
    """Each has done the steps of its weeks so far, and its mentee has answered the check-ins."""
    mentees = ("petra", "samir", "abigail", "luis", "wren", "ioana", "callum", "thandi", "mika", "beatriz")
    for week, key in enumerate(mentees, start=1):
        space = await first_of(await loaded.log_in(key))
        assert space["progress"] == {"week": week, "done": week - 1, "total": 10}
        answers = [edge["node"]["viewerAnswer"] for edge in space["checkIns"]["edges"]]
        assert sum(answer is not None for answer in answers) >= week - 2


async def test_two_pairs_have_fallen_silent_and_are_not_left_alone(loaded: Demo) -> None:
    """Katya was nudged after one week and two. Imran and Zainab, after four, are offered ways on, and a hand."""
    kinds = "{ viewer { notifications(first: 50, unreadOnly: true) { edges { node { kind } } } } }"
    for key, nudge, offers in (("katya", "NUDGE_14", False), ("imran", "SILENT_28", True)):
        person = await loaded.log_in(key)
        told = [edge["node"]["kind"] for edge in (await person.do(kinds))["notifications"]["edges"]]
        assert nudge in told
        assert bool((await first_of(person))["offers"]) is offers


REPORTS = """{ viewer { moderation { reports(first: 10) { edges { node {
  state reason note review { reported { name } } } } } } } }"""


async def test_a_moderator_finds_what_was_reported_and_nobody_else_does(loaded: Demo) -> None:
    """Ines has one open report before her. An admin of the very group learns nothing of it."""
    ines, nora = await loaded.log_in("ines"), await loaded.log_in("nora")
    (edge,) = (await ines.do(REPORTS))["moderation"]["reports"]["edges"]
    (told,) = CONTENT.reports
    names = {person.key: person.name for person in CONTENT.people}
    assert edge["node"] == {
        "state": "OPEN",
        "reason": told.reason,
        "note": told.note,
        "review": {"reported": {"name": names[told.about]}},
    }
    assert (await nora.do(REPORTS))["moderation"] is None


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
