"""Every example of docs/api is done, in order, by the person it names, and is answered as the page shows."""

import re
from collections.abc import AsyncIterator

import pytest
from graphql import build_schema

from tests.by_example.reading import API, pages
from tests.by_example.telling import Story
from tests.community import Community
from tests.post_office import Round, post_office
from tests.servers import CHECKOUT, Served

PAGES = pages()
SCHEMA = build_schema((CHECKOUT / "schema" / "schema.graphql").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
async def story(served: Served) -> AsyncIterator[Story]:
    """The one story that all pages tell, from an empty server on."""
    async with Community.on(served) as community, post_office() as office:
        yield Story(community, Round(served, community, office, with_account_letters=True))


@pytest.mark.parametrize("page", PAGES)
async def test_a_newcomer_does_what_a_page_shows(story: Story, page: str) -> None:
    """A page goes on where the one before it ends, so what comes before is told first, where it was not."""
    for earlier in PAGES[: PAGES.index(page) + 1]:
        if earlier not in story.told:
            await story.tell(earlier)


def named(words: str) -> set[str]:
    """What stands in these words as a name."""
    return set(re.findall(r"\w+", words))


@pytest.mark.parametrize("root", ["Query", "Mutation", "Subscription"])
def test_an_app_developer_finds_every_operation(root: str) -> None:
    pages = "".join((API / page).read_text(encoding="utf-8") for page in PAGES)
    assert sorted(set(SCHEMA.type_map[root].fields) - named(pages)) == []


@pytest.mark.parametrize("stream", ["matchActivity", "viewerActivity", "programActivity"])
def test_an_app_developer_finds_every_event_of_a_stream(stream: str) -> None:
    (row,) = re.findall(rf"^\| `{stream}` \| (.*) \|$", (API / "live.md").read_text(encoding="utf-8"), re.MULTILINE)
    events = {each.name for each in SCHEMA.get_possible_types(SCHEMA.type_map[f"{stream[0].upper()}{stream[1:]}"])}
    assert named(row) == events - {"ResyncRequired"}


def test_every_page_is_told() -> None:
    """A page that the index does not link would be tried by nobody."""
    assert sorted(PAGES) == sorted(each.name for each in API.glob("*.md"))
