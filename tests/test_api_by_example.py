"""Every example of docs/api is done, in order, by the person it names, and is answered as the page shows."""

from collections.abc import AsyncIterator

import pytest

from tests.by_example.reading import API, pages
from tests.by_example.telling import Story
from tests.community import Community
from tests.post_office import Round, post_office
from tests.servers import Served

PAGES = pages()


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


def test_every_page_is_told() -> None:
    """A page that the index does not link would be tried by nobody."""
    assert sorted(PAGES) == sorted(each.name for each in API.glob("*.md"))
