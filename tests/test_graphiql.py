"""GraphiQL in a real browser: two people of the demo community log in, one watches and the other writes."""

import asyncio
import json
from pathlib import Path
from typing import Protocol

import httpx
import pytest
from graphql import build_schema, parse, validate

from server import demo
from server.app import create_app
from server.graphiql.build import SITE
from server.npm.node import satisfies
from tests.browser import Chromium, install
from tests.servers import served_apart, settings_for

ROOT = Path(__file__).resolve().parents[1]
SCREENSHOTS = ROOT / "tests" / "artefacts"
SCREENSHOT = SCREENSHOTS / "graphiql.png"
STORY_SECONDS = 120


class Served(Protocol):
    """A running server with the demo community: its address, without a slash at the end."""

    url: str
    database_url: str


@pytest.fixture(scope="module", autouse=True)
def built() -> None:
    """The page as its sources say; nothing is done where it is up to date."""
    SITE.build()


@pytest.fixture(scope="module")
def chromium() -> Chromium:
    """A browser, installed into this checkout at its first use."""
    return install()


def test_maya_watches_her_pair_in_one_window_and_tom_writes_in_another(chromium: Chromium, demo_server: Served) -> None:
    """Both log in. Tom posts and Maya sees it arrive; her connection is cut, he posts again, and she misses nothing."""
    post = 'Week one: I asked for feedback, and "it went well".'
    post_while_cut = "Week two – written while Maya was away."
    SCREENSHOT.parent.mkdir(exist_ok=True)
    SCREENSHOT.unlink(missing_ok=True)

    told = chromium.drive(
        "graphiql.mjs",
        STORY_SECONDS,
        URL=demo_server.url,
        EMAIL_WATCHING="maya@demo.example",
        EMAIL_WRITING="tom@demo.example",
        PASSWORD="demo-demo-demo",
        POST=post,
        POST_WHILE_CUT=post_while_cut,
        SCREENSHOT=str(SCREENSHOT),
    )

    assert told["answered"]["errors"] == []
    assert told["watcher"] != told["writer"]
    for seen, text in [(told["seen"], post), (told["seenAfterCut"], post_while_cut)]:
        assert seen["__typename"] == "PostAdded"
        assert seen["post"]["body"] == text
        assert seen["actor"]["name"] == told["writer"]
    assert told["seen"]["post"]["id"] == told["answered"]["post"]["id"]
    assert told["foreign"] == [], "the page asked another host for something"
    assert told["errors"] == []
    assert told["stored"] == [], "an access token was left in the browser's storage"
    assert SCREENSHOT.read_bytes().startswith(b"\x89PNG")


def test_people_of_the_demo_are_a_click_or_a_key_away(chromium: Chromium, demo_server: Served) -> None:
    """Maya comes by keyboard alone and listens. Tom comes with one click and writes, and she hears it. Her window
    becomes his, and goes on listening as Tom; then nobody's, and hears that there is nothing for nobody."""
    post, later = "Three shops have said yes.", "And a fourth, while you were becoming me."
    SCREENSHOTS.mkdir(exist_ok=True)

    told = chromium.drive(
        "graphiql_demo.mjs",
        STORY_SECONDS,
        URL=demo_server.url,
        POST=post,
        POST_LATER=later,
        SCREENSHOTS=str(SCREENSHOTS),
    )

    assert told["written"]["errors"] == []
    assert (told["heard"]["post"]["body"], told["heard"]["actor"]["name"]) == (post, "Tom Whitaker")
    assert told["heardAsTom"]["post"]["body"].startswith(later)
    assert "Log in first" in told["outsider"]
    assert (told["foreign"], told["errors"], told["stored"]) == ([], [], [])


async def test_who_stays_longer_than_a_token_lasts_stays_signed_in(
    chromium: Chromium, demo_server: Served, redis_url: str
) -> None:
    """Maya's token is over in a moment, and the page has another one, also when it is told to wait at first."""
    async with served_apart(
        demo_server.database_url, redis_url, workers=1, demo=True, access_token_seconds=30
    ) as running:
        told = await asyncio.to_thread(chromium.drive, "graphiql_renewal.mjs", STORY_SECONDS, URL=running.url)

    assert told["name"] == "Maya Fernandes"
    assert told["asked"] >= 2
    assert (told["foreign"], told["errors"]) == ([], [])


async def test_nobody_is_offered_where_there_is_no_demo() -> None:
    """Neither in the page, nor with a password in what it is made of."""
    settings = settings_for("postgres://localhost/none", "memory://")
    for is_demo in (False, True):
        app = create_app(settings.model_copy(update={"demo": is_demo}))
        async with httpx.AsyncClient(base_url="http://test", transport=httpx.ASGITransport(app)) as browser:
            page = (await browser.get("/graphql", headers={"accept": "text/html"})).text
        people = json.loads(page.split('id="demo-people">')[1].split("</script>")[0])
        assert [each["role"] for each in people] == (["mentor", "mentee", "admin", "moderator"] if is_demo else [])
    built = "".join(path.read_text(errors="replace") for path in (SITE.dist / "assets").glob("*.js"))
    assert demo.PASSWORD not in built and "@demo.example" not in built


def test_a_developer_gets_a_page_that_may_load_nothing_from_elsewhere(demo_server: Served) -> None:
    """A browser's GET of /graphql is GraphiQL with a policy of one origin; its files are there and nothing else is."""
    with httpx.Client(base_url=demo_server.url) as browser:
        page = browser.get("/graphql", headers={"accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
        script = next(part for part in page.text.split('"') if part.startswith("/graphql/assets/index-"))
        asset = browser.get(script)
        absent = browser.get("/graphql/assets/absent.js")
        outside = browser.get("/graphql/assets/%2e%2e/.stamp")

    assert page.status_code == 200
    assert "<title>Mentorship · GraphiQL</title>" in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "http" not in page.headers["content-security-policy"]
    assert asset.status_code == 200
    assert "immutable" in asset.headers["cache-control"]
    assert (absent.status_code, outside.status_code) == (404, 404)


@pytest.mark.parametrize("tab", sorted((SITE.folder / "src").rglob("*.graphql")), ids=lambda tab: tab.stem)
def test_a_newcomer_can_run_what_the_tabs_propose(tab: Path) -> None:
    """Each document of a first visit is valid in the schema as it is committed."""
    schema = build_schema((ROOT / "schema" / "schema.graphql").read_text())

    assert validate(schema, parse(tab.read_text())) == []


@pytest.mark.parametrize(
    ("found", "will_do"),
    [
        ((18, 20, 0), False),
        ((20, 18, 9), False),
        ((20, 19, 0), True),
        ((21, 7, 0), False),
        ((22, 11, 0), False),
        ((22, 12, 0), True),
        ((25, 0, 0), True),
    ],
)
def test_a_machine_with_an_old_node_gets_another_one(found: tuple[int, int, int], will_do: bool) -> None:
    """The range that Vite asks for decides whether a machine's own Node is used."""
    assert satisfies(found, "^20.19.0 || >=22.12.0") is will_do


def test_the_lock_files_name_no_address_of_a_registry() -> None:
    """Where packages come from is the machine's affair: the locks carry versions and hashes only."""
    locks = [SITE.folder / "package-lock.json", ROOT / "tests" / "browser" / "package-lock.json"]

    assert [lock.name for lock in locks if '"resolved": "http' in lock.read_text()] == []
    assert all('"integrity"' in lock.read_text() for lock in locks)
