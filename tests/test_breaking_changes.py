"""Apps that people have built go on working: what would break them is announced in the changelog first."""

import json
import re
from pathlib import Path

import pytest

from tests.tools import MAY_INSTALL, Tools

pytestmark = MAY_INSTALL

CHECKOUT = Path(__file__).parents[1]
CURRENT = CHECKOUT / "schema" / "schema.graphql"
RELEASED = CHECKOUT / "schema" / "released.graphql"
CHANGELOG = CHECKOUT / "CHANGELOG.md"

AVATAR = '  """Where a picture of the person lies."""\n  avatarUrl: String\n\n'


def breaking(tools: Tools, before: Path, after: Path) -> dict[str, str]:
    """What breaks clients of the first SDL file, in words, by its place: Type.field.argument."""
    told = [json.loads(line) for line in tools.run("breaking.mjs", str(before), str(after)).splitlines()]
    return {each["path"]: each["message"] for each in told}


def announced(changelog: str) -> set[str]:
    """The `Type.field` places named under a heading "### Breaking" of what is not released yet."""
    unreleased = re.search(r"^## Unreleased\n(.*?)(?=^## |\Z)", changelog, re.DOTALL | re.MULTILINE)
    assert unreleased is not None, 'CHANGELOG.md has no heading "## Unreleased"'
    sections = re.findall(r"^### Breaking\n(.*?)(?=^### |\Z)", unreleased[1], re.DOTALL | re.MULTILINE)
    return {name for section in sections for name in re.findall(r"`([\w.]+)`", section)}


def unannounced(changes: dict[str, str], changelog: str) -> list[str]:
    """The changes that the changelog keeps to itself."""
    return [f"{place}: {message}" for place, message in changes.items() if place not in announced(changelog)]


def test_nothing_that_breaks_an_app_goes_unannounced(tools: Tools) -> None:
    """Against the SDL of the last release; CONTRIBUTING.md says what to do when this fails."""
    assert unannounced(breaking(tools, RELEASED, CURRENT), CHANGELOG.read_text()) == []


@pytest.mark.parametrize(
    ("was", "becomes", "place"),
    [
        (AVATAR, "", "User.avatarUrl"),
        ("  activityCursor: String!", "  activityCursor: String", "PairSpace.activityCursor"),
        ('  """Monday."""\n  MONDAY\n\n', "", "Weekday.MONDAY"),
        ("\ninput WithdrawSignUpInput {", "\ninput WithdrawSignUpInput {\n  why: String!\n", "WithdrawSignUpInput.why"),
    ],
    ids=["a field goes", "what was always there may be null", "a value goes", "an input is asked for more"],
)
def test_a_change_that_breaks_apps_fails_until_the_changelog_names_it(
    tools: Tools, tmp_path: Path, was: str, becomes: str, place: str
) -> None:
    changed = tmp_path / "schema.graphql"
    changed.write_text(CURRENT.read_text().replace(was, becomes, 1))
    changes = breaking(tools, CURRENT, changed)
    assert list(changes) == [place]

    entry = f"- `{place}` is another one now, since it told too much.\n"
    for silent in (
        "## Unreleased\n\n### Changed\n\n" + entry,
        "## Unreleased\n\n### Breaking\n\n- `User` is another one now.\n\n### Changed\n\n" + entry,
        "## Unreleased\n\n## 1.0.0\n\n### Breaking\n\n" + entry,
    ):
        assert unannounced(changes, silent) == [f"{place}: {changes[place]}"]
    assert unannounced(changes, "## Unreleased\n\n### Breaking\n\n" + entry) == []


def test_what_is_only_added_breaks_nobody(tools: Tools, tmp_path: Path) -> None:
    changed = tmp_path / "schema.graphql"
    changed.write_text(CURRENT.read_text().replace(AVATAR, AVATAR + '  """A colour."""\n  colour: String\n\n', 1))

    assert breaking(tools, CURRENT, changed) == {}
