"""What people write lies in the rows where it belongs, and in no log, metric, e-mail, event or error."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from redis.asyncio import Redis

from resolvers import password_changes
from server.logs import Lines, Objects
from tests import documents as said
from tests.account_letters import NEW_PASSWORD, RESET_PASSWORD
from tests.collector import Collector, collecting
from tests.community import Community, Pair, Person
from tests.post_office import post_office, postman
from tests.privacy_matrix.markers import BELONGS, FOUND, marker, named, places
from tests.rhythms import tick
from tests.scenes import answered_check_in
from tests.scraping import scrape
from tests.servers import CHECKOUT, SECRET_KEY, Served, served_here, settings_for

MAYA = "maya@example.org"
OURS = ("schema", "resolvers", "models", "pubsub", "server", "mentorship")


ANYBODYS = ("RegisterInput", "CreateGroupInput", "LogInInput", "ResetPasswordInput")
"""Acts in which a stranger would be refused nothing."""


class Story:
    """Who acts writes a marker into each text; a stranger tries the same before, and no refusal says it back."""

    def __init__(self, community: Community, stranger: Person) -> None:
        self.community, self.stranger = community, stranger
        self.written: set[str] = set()
        self.refusals: list[str] = []

    async def does(self, who: Person, document: str, *words: str, **given: Any) -> Any:
        """One act, with markers in the input's fields that are named in `words`."""
        kind = document.partition("$input: ")[2].partition("!")[0]
        marks = {name: marker(f"{kind}.{name}") for name in words}
        marks |= {name: [mark] for name, mark in marks.items() if name == "topics"}
        self.written |= {f"{kind}.{name}" for name in words}
        if kind not in ANYBODYS:
            self.refusals.append(str(await self.stranger.ask(document, input=given | marks)))
        for field in words:  # too long, or not what it should be: a refusal does not say a text back
            text = f"{marks[field]} " * 2_000
            wrong = {field: [text] if field == "topics" else text}
            self.refusals.append(str(await who.ask(document, input=given | marks | wrong)))
        return await who.do(document, input=given | marks)


@pytest.fixture(scope="module")
def collector() -> Iterator[Collector]:
    """Where the spans of all that happens go."""
    with collecting() as made:
        yield made


@pytest.fixture(scope="module")
async def served(collector: Collector, database_url: str, redis_url: str) -> AsyncIterator[Served]:
    """The application, traced."""
    async with served_here(settings_for(database_url, redis_url, max_aliases=10_000, max_cost=10_000_000)) as running:
        yield running


async def told(community: Community) -> Story:
    """A mentorship in which every text that can be written is."""
    stranger = await community.person("Eve")
    story = Story(community, stranger)
    does = story.does
    ada = await community.person("Ada")
    fresh = {"email": MAYA, "password": "correct horse battery", "birthDate": "1988-05-17"}
    await does(community.nobody, said.REGISTER, "name", "device", **fresh, timeZone="UTC")
    known = {"email": MAYA, "password": fresh["password"]}
    await does(community.nobody, said.LOG_IN, "device", **known)
    letter = await password_changes.reset_link([SECRET_KEY], email=MAYA, now=community.served.clock.now)
    chosen = {"token": letter, "newPassword": NEW_PASSWORD}
    made = await does(community.nobody, RESET_PASSWORD, "device", **chosen)
    token = made["session"]["accessToken"]
    maya = Person("Maya", community.served, community.http, made["user"]["id"], fresh["email"], token)
    tom = await community.person("Tom")
    group = (await does(ada, said.CREATE_GROUP, "name", "slug", "description", "topics", focus="PROFESSIONAL"))["group"]
    await does(ada, said.SET_GROUP_TOPICS, "topics", groupId=group["id"])
    for who in (maya, tom):
        await who.do(said.JOIN_GROUP, input={"groupId": group["id"]})
    plan = {"groupId": group["id"], "templateKey": "skill_development"}
    program = {"programId": (await does(ada, said.CREATE_PROGRAM, "title", "description", **plan))["program"]["id"]}
    await does(ada, said.UPDATE_PROGRAM, "title", "description", **program)
    guidance = ("title", "mentorGuidance", "menteeGuidance")
    step = {"week": 1, "rule": "EITHER", "minutes": 5}
    added = (await does(ada, said.ADD_PROGRAM_STEP, *guidance, **program, **step))["programStep"]
    await does(ada, said.UPDATE_PROGRAM_STEP, *guidance, programStepId=added["id"])
    await community.advance(ada, program["programId"], "SIGN_UP")
    about, signed = {"languages": ["en"], "timeZone": "UTC"}, {}
    for who, role in ((maya, "MENTOR"), (tom, "MENTEE")):
        words = ("topics", "goals", "experience")
        made = await does(who, said.SIGN_UP, *words, **program, **about, role=role)
        signed[role] = made["signUp"]["id"]
        await does(who, said.UPDATE_SIGN_UP, *words, signUpId=signed[role])
    await community.advance(ada, program["programId"], "MATCHING")
    both = {"mentorSignUpId": signed["MENTOR"], "menteeSignUpId": signed["MENTEE"]}
    match = (await does(ada, said.CREATE_MATCH, "note", **both))["match"]["id"]
    await in_the_space(story, Pair(match, maya, tom, ada, group["id"], program["programId"], signed))
    return story


async def in_the_space(story: Story, pair: Pair) -> None:
    """The two write all that they can, and end it."""
    does, keyed = story.does, ("body", "idempotencyKey")
    post = (await does(pair.mentor, said.CREATE_POST, *keyed, matchId=pair.id))["post"]["id"]
    await does(pair.mentor, said.EDIT_POST, "body", postId=post)
    comment = (await does(pair.mentee, said.CREATE_COMMENT, *keyed, postId=post))["comment"]["id"]
    await does(pair.mentee, said.EDIT_COMMENT, "body", commentId=comment)
    message = (await does(pair.mentee, said.SEND_MESSAGE, *keyed, matchId=pair.id))["message"]["id"]
    await does(pair.mentee, said.EDIT_MESSAGE, "body", messageId=message)
    check_in = await answered_check_in(story.community, pair)
    await does(pair.mentee, said.ANSWER_CHECK_IN, "body", "nextAction", checkInId=check_in, mood=4)
    await pair.mentee.ask('{ viewer { search(query: "marker") { edges { snippet { text } } } } }')
    disclosed = {"subjectId": post, "reason": "OTHER", "to": ["GROUP_ADMIN"]}
    disclosed |= {"disclose": [post, comment, message, check_in]}
    made = (await does(pair.mentee, said.REPORT, "note", **disclosed))["report"]["id"]
    await pair.admin.do(said.TRIAGE_REPORT, input={"reportId": made})
    await does(pair.admin, said.DECIDE_REPORT, "note", reportId=made, decision="DISMISS")
    await does(pair.mentor, said.END_MATCH, "feedback", matchId=pair.id, reason="NO_TIME")


@asynccontextmanager
async def monitored(redis_url: str) -> AsyncIterator[list[str]]:
    """All that passes through Redis meanwhile, as MONITOR tells."""
    heard: list[str] = []
    async with Redis.from_url(redis_url) as client, client.monitor() as monitor:

        async def listen() -> None:
            while True:
                heard.append(str(await monitor.next_command()))

        task = asyncio.create_task(listen())
        yield heard
        await asyncio.sleep(0.2)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


@asynccontextmanager
async def logged() -> AsyncIterator[StringIO]:
    """All that is logged meanwhile, in both shapes."""
    written = StringIO()
    handlers = [logging.StreamHandler(written) for _ in range(2)]
    for handler, shape in zip(handlers, (Lines(), Objects()), strict=True):
        handler.setFormatter(shape)
        logging.getLogger().addHandler(handler)
    yield written
    for handler in handlers:
        logging.getLogger().removeHandler(handler)


def test_each_text_that_can_be_written_has_its_place() -> None:
    missing = sorted(places() - set(BELONGS))
    assert not missing, f"Say in BELONGS of tests/privacy_matrix/markers.py where {missing} is kept, or in NO_WORDS"
    assert set(BELONGS) <= places()


@pytest.mark.timeout(240)
async def test_words_lie_where_they_belong_and_nowhere_else(
    community: Community, collector: Collector, redis_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    for name in [each for each in logging.root.manager.loggerDict if each.partition(".")[0] in OURS]:
        caplog.set_level(logging.DEBUG, name)
    async with monitored(redis_url) as heard, post_office() as office, logged() as lines:
        story = await told(community)
        assert story.written == set(BELONGS), "a text that nobody writes in the story"
        await tick(community.served)
        async with postman(community.served, community, office) as round:
            await community.database.execute("UPDATE emails SET state = 'WAITING', closed_at = NULL")
            await round.goes()
        metrics = (await scrape(community.served)).text
        await community.http.get(f"{community.served.url}/graphql?query=query", headers={"x-request-id": "the-last"})
    await collector.until(lambda got: got.about("the-last"))
    spans = b"".join(collector.bodies).decode("latin-1")
    assert "INSERT INTO" in spans and "createPost" not in spans
    assert heard and office.arrived and caplog.records and story.refusals
    letters = "".join(each.as_string() for each in office.arrived if each["To"] != MAYA)
    letters += "".join(_but_greeting(each.as_string()) for each in office.arrived if each["To"] == MAYA)
    logs = caplog.text + lines.getvalue()
    for what, text in (("a log", logs), ("Redis", "".join(heard)), ("a metric", metrics), ("a span", spans)):
        assert not FOUND.findall(text), f"{what} says {set(FOUND.findall(text))}"
    assert not FOUND.findall(letters), set(FOUND.findall(letters))
    assert not FOUND.findall("".join(story.refusals)), [each for each in story.refusals if FOUND.search(each)][:2]
    assert await lying(community) == {}


def _but_greeting(letter: str) -> str:
    """A letter without its greeting, by the name of whom it is to: all in it that people wrote."""
    return letter.replace(f"Hello {marker('RegisterInput.name')},", "Hello,")


async def lying(community: Community) -> dict[str, set[str]]:
    """The tables in which a text lies and should not."""
    tables = await community.database.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    wrong: dict[str, set[str]] = {}
    for (table,) in tables:
        rows = await community.database.fetch(f"SELECT row::text FROM {table} AS row")
        places_found = {named(each) for (text,) in rows for each in FOUND.findall(text)}
        if strayed := {place for place in places_found if table not in BELONGS[place]}:
            wrong[table] = strayed
    return wrong


def sources() -> list[str]:
    """All of our Python, but for the tests."""
    paths = [path for each in OURS[:-1] for path in Path(CHECKOUT / each).rglob("*.py")]
    return [path.read_text() for path in paths if "node_modules" not in path.parts]


async def test_nothing_is_told_by_notify(community: Community) -> None:
    """Neither by a trigger nor by a statement of ours: what PostgreSQL could tell, nobody listens to."""
    triggers = await community.database.fetch("SELECT prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace")
    assert not any("pg_notify" in text or "NOTIFY " in text for text in [*sources(), *(row[0] for row in triggers)])
