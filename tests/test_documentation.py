"""What the documentation names is there: pages and their headings, files, make's targets, commands and settings."""

import fnmatch
import os
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from server.cli import app
from server.settings import Settings, variable

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
FRONT = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md")]
PAGES = [*FRONT, *sorted(DOCS.rglob("*.md"))]

_FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
_SPAN = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_PATH = re.compile(r"[\w.-]+(?:/[\w.-]+)*/?")
_FILE = re.compile(r".*\.(?:py|md|toml|txt|json|ya?ml|graphql|svg|js|jsx|tsx?|sh)")
_AT_COMMAND = r"(?:^|[|;&(`]\s*|^\$ )"

pages = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))


def prose(page: Path) -> str:
    """A page without its blocks of code."""
    return _FENCE.sub("", page.read_text(encoding="utf-8"))


def code(page: Path) -> Iterator[str]:
    """A page's code: the lines of its blocks, and what stands between backticks."""
    text = page.read_text(encoding="utf-8")
    for block in _FENCE.findall(text):
        yield from block.splitlines()[1:-1]
    yield from _SPAN.findall(_FENCE.sub("", text))


def anchors(page: Path) -> set[str]:
    """The anchors that GitHub gives to a page's headings."""
    found: set[str] = set()
    for heading in re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE):
        anchor = re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        number = sum(1 for each in found if re.fullmatch(rf"{re.escape(anchor)}(-\d+)?", each))
        found.add(f"{anchor}-{number}" if number else anchor)
    return found


def targets(page: Path) -> Iterator[tuple[str, Path, str]]:
    """A page's links into the repository: as written, the file, and the anchor."""
    for link in _LINK.findall(prose(page)):
        if not re.match(r"[a-z]+:", link):
            path, _, anchor = link.partition("#")
            yield link, (page.parent / path).resolve() if path else page, anchor


def made_later(path: str) -> bool:
    """Whether it is something that is made, and not kept in the repository."""
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").split()
    parts = path.strip("/").split("/")
    beginnings = {"/".join(parts[: number + 1]) for number in range(len(parts))} | set(parts)
    return any(fnmatch.filter(beginnings, each.strip("/")) for each in ignored)


@cache
def everything() -> tuple[str, ...]:
    """All files and folders of the repository, without those that come from elsewhere."""
    found = []
    for folder, inside, files in os.walk(ROOT):
        inside[:] = [each for each in inside if each not in ("node_modules", "dist", "__pycache__") and each[0] != "."]
        found += [str((Path(folder) / each).relative_to(ROOT)) for each in (*inside, *files)]
    return tuple(f"/{each}" for each in found)


def exists(path: str) -> bool:
    """Whether a path of the repository is there; a page may leave out the folders that it speaks about anyway."""
    if (ROOT / path).exists() or made_later(path):
        return True
    return any(each.endswith(f"/{path.strip('/')}") for each in everything())


def is_path(said: str) -> bool:
    """Whether what stands between backticks is a path of the repository: a file, or a folder that is named so."""
    if not _PATH.fullmatch(said):
        return False
    first = said.split("/")[0]
    return bool(_FILE.fullmatch(said)) or ("/" in said and bool(first) and (ROOT / first).is_dir())


@pages
def test_every_link_leads_somewhere(page: Path) -> None:
    for link, file, anchor in targets(page):
        assert file.exists(), link
        assert not anchor or anchor in anchors(file), link


@pages
def test_every_file_that_is_named_is_there(page: Path) -> None:
    named = {said for said in _SPAN.findall(prose(page)) if is_path(said)}
    assert sorted(said for said in named if not exists(said)) == []


@pages
def test_every_command_that_is_named_is_there(page: Path) -> None:
    """Targets of make, and sub-commands of `mentorship`."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    known = {name for line in re.findall(r"^([a-z][a-z -]*):", makefile, re.MULTILINE) for name in line.split()}
    commands = {(each.name or each.callback.__name__).replace("_", "-") for each in app.registered_commands}
    for line in code(page):
        for target in re.findall(_AT_COMMAND + r"make ([a-z-]+)\b(?!=)", line):
            assert target in known, line
        for command in re.findall(_AT_COMMAND + r"(?:\S*/)?mentorship ([a-z-]+)\b", line):
            assert command.startswith("-") or command in commands, line


@pages
def test_every_setting_that_is_named_is_there(page: Path) -> None:
    settings = {variable(name) for name in Settings.model_fields}
    named = set(re.findall(r"MENTORSHIP_[A-Z][A-Z_]*[A-Z]", page.read_text(encoding="utf-8")))
    assert sorted(named - settings) == []


def test_every_page_is_reached_from_the_index() -> None:
    """Whoever begins at docs/README.md can get to each page by links alone."""
    reached, ahead = set(), {DOCS / "README.md"}
    while ahead:
        page = ahead.pop()
        reached.add(page)
        for _, file, _ in targets(page):  # a folder shows what is in it
            linked = file.glob("*.md") if file.is_dir() else [file] if file.suffix == ".md" else []
            ahead |= {each for each in linked if each.is_relative_to(DOCS)} - reached
    assert [str(page.relative_to(ROOT)) for page in sorted(set(DOCS.rglob("*.md")) - reached)] == []
