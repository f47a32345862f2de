"""The pictures in docs/screenshots/: small, of what there is, and each is shown somewhere, with words beside it."""

import re

import pytest

from tests.screenshots import CHECKOUT, CHOSEN, FOLDER, LARGEST, STORIES

PAGES = [CHECKOUT / "README.md", *sorted((CHECKOUT / "docs").rglob("*.md"))]
SHOWN = re.compile(r"!\[([^\]]*)\]\(([^)]+\.png)\)")


@pytest.mark.parametrize("name", CHOSEN)
def test_a_picture_is_small_and_is_shown_to_who_reads(name: str) -> None:
    """Whoever does not see it has what it shows in words."""
    picture = FOLDER / name
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert picture.stat().st_size < LARGEST
    words = [
        alternative
        for page in PAGES
        for alternative, target in SHOWN.findall(page.read_text())
        if (page.parent / target).resolve() == picture
    ]
    assert words and all(len(each) > 20 for each in words), f"no page shows {name}"


def test_no_picture_is_left_that_nobody_takes_any_more() -> None:
    assert {path.name for path in FOLDER.iterdir()} == set(CHOSEN)


def test_the_stories_that_take_them_are_there() -> None:
    for story in STORIES:
        file, _, name = story.partition("::")
        assert f"def {name}(" in (CHECKOUT / file).read_text()
