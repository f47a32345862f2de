"""The reference app in a real browser: a week of two people, one without a mouse, every page as axe-core sees it."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from server import demo
from server.demo.offered import NO_PEOPLE
from server.spa.build import SITE
from tests.browser import Chromium, install
from tests.servers import Databases, Served, served_apart, settings_for

pytestmark = pytest.mark.timeout(600)
"""A browser, and a demo community that is loaded first, take their time where several things run at once."""

ARTEFACTS = Path(__file__).parent / "artefacts"
STORY_SECONDS = 400


@pytest.fixture(scope="module")
def chromium() -> Chromium:
    """A browser, installed into this checkout at its first use."""
    return install()


@pytest.fixture(scope="module")
async def app(databases: Databases, redis_url: str) -> AsyncIterator[Served]:
    """The demo community, with the app as its sources say; building it checks its types."""
    SITE.build()
    ARTEFACTS.mkdir(exist_ok=True)
    async with databases.fresh() as url:
        await demo.load(settings_for(url, redis_url, demo=True), datetime.now(UTC))
        async with served_apart(url, redis_url, workers=1, demo=True, app_folder=SITE.dist) as running:
            yield running


@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_people_who_see_or_use_it_otherwise_are_kept_out_of_no_page(
    chromium: Chromium, app: Served, size: str, colours: str
) -> None:
    """A newcomer, Maya and Ruth open every page there is: axe-core finds no barrier, and pictures are left."""
    told = chromium.drive(
        "spa_looks.mjs", STORY_SECONDS, URL=app.url, SIZE=size, COLOURS=colours, ARTEFACTS=str(ARTEFACTS)
    )

    assert told["violations"] == []
    assert {"door", "pairs", "thread", "messages", "board"} < set(told["looked"])
    assert (told["foreign"], told["errors"]) == ([], []), "nothing foreign, and nothing that the page's policy refuses"
    for name in told["looked"]:
        picture = ARTEFACTS / f"spa-{name}-{size}-{colours}.png"
        assert picture.read_bytes().startswith(b"\x89PNG")


def test_maya_and_tom_spend_a_week_together_and_a_cut_connection_takes_nothing_from_it(
    chromium: Chromium, app: Served
) -> None:
    """They talk, do two steps and answer the check-in. Maya is cut off while both write: all of it is there, once."""
    told = chromium.drive("spa_week.mjs", STORY_SECONDS, URL=app.url, ARTEFACTS=str(ARTEFACTS))

    assert told["announced"] == 1, "who listens to the page hears what arrived"
    assert told["seenTooEarly"] == 0, "what stands behind another tab is not said to be read"
    assert told["stepsDone"] == "7 of 10 done"
    for who in ("maya", "tom"):
        assert told[who] == {
            "posts": [
                "Written in a tunnel.",
                "Three while she is away.",
                "Two while she is away.",
                "One while she is away.",
                "The assessor said yes to both recipes!",
            ],
            "comments": ["And a word about it."],
            "messages": ["Sunday, same time?", "Same time. I bring the price list.", "Are you in the tunnel?"],
        }
    assert (told["lostAnswers"], told["saidOnce"]) == (1, [1, 1]), "a post is sent again under its key, and stands once"
    assert told["draft"] == "Half a thought", "what she had begun outlasts a reload"
    assert told["freshToken"], "a token that the server refuses is exchanged for a new one"
    assert told["leftBehind"] == [], "who logs out leaves nothing in the browser"
    assert (told["foreign"], told["errors"]) == ([], [])


def test_tom_needs_no_mouse(chromium: Chromium, app: Served) -> None:
    """He logs in, writes, comments, reacts and finds the way out by keys alone, and always sees where he is."""
    told = chromium.drive("spa_keyboard.mjs", STORY_SECONDS, URL=app.url)

    assert told["focusAfterLogIn"] == "Hello, Tom"
    assert told["focusAfterLink"] == "Maya Fernandes", "a new page begins at its heading"
    assert told["focusAfterDialog"] == "Get help or end", "a closed dialog gives the focus back"
    assert told["unseen"] == []
    assert (told["foreign"], told["errors"]) == ([], [])


def test_ruth_makes_a_pair_and_all_who_look_see_it(chromium: Chromium, app: Served) -> None:
    """The board says why two fit and why somebody is left over. A pair is made, and other windows show it at once."""
    told = chromium.drive("spa_board.mjs", STORY_SECONDS, URL=app.url)

    assert "Both name product safety and recipes. +4.0" in told["reasons"]
    assert [why for why in told["leftOver"] if "Hanna Lindqvist" in why and "No mentor offers bookkeeping." in why]
    assert told["proposes"] == ["Maya Fernandes", "João Pereira"]
    assert float(told["after"]) < float(told["before"]), "topics weigh less now"
    assert (told["foreign"], told["errors"]) == ([], [])


def test_leila_finds_the_ways_out(chromium: Chromium, app: Served) -> None:
    """She asks for help, reports and is shown help lines, and ends her match once she says that she is sure."""
    told = chromium.drive("spa_ends.mjs", STORY_SECONDS, URL=app.url)

    assert told["beforeSure"] == 0
    assert told["fields"] == 0, "nobody writes in a pair that has ended, nor is asked to"
    assert "Ingrid Solheim" in told["earlier"]
    assert (told["foreign"], told["errors"]) == ([], [])


def test_maya_has_a_bad_day_and_loses_nothing_that_she_does_not_give_up(chromium: Chromium, app: Served) -> None:
    """A post of which nothing is known is sent again under its key. She leaves, and is asked about her words."""
    told = chromium.drive("spa_trouble.mjs", STORY_SECONDS, URL=app.url)

    assert (told["tries"], told["keys"], told["said"]) == (3, 1, 1)
    assert told["refused"] == 0, "a fault of ours is not called a refusal"
    assert told["waited"], "who is told how long to wait does"
    assert told["wentOn"], "a stream that could not go on is followed from where it stands now"
    assert told["asked"] == "Some of your words have not arrived yet"
    assert told["keptAfterwards"] == ["mentorship.another.outbox", "mentorship.leaving"]
    assert told["keptInTheEnd"] == ["mentorship.another.outbox"], "what another person left is not hers to lose"
    assert told["session"] is None, "a session that could not be ended at once was ended at the next start"
    assert told["foreign"] == []


def test_what_the_app_is_made_of_names_nobody_of_the_demo(app: Served) -> None:
    """Only a server that serves the demo does, in its page: an app that is served elsewhere knows no password."""
    built = "".join(
        path.read_text(errors="replace") for path in SITE.dist.rglob("*") if path.suffix in (".js", ".html")
    )

    assert built.count(NO_PEOPLE) == 1
    assert demo.PASSWORD not in built and "@demo.example" not in built


def test_the_lock_file_names_no_address_of_a_registry() -> None:
    """Where packages come from is the machine's affair: the lock carries versions and hashes only."""
    lock = (SITE.folder / "package-lock.json").read_text()

    assert '"resolved": "http' not in lock
    assert '"integrity"' in lock
