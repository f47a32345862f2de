"""Types hold: mypy reads all five packages strictly, nothing is exempt, and each exception says why."""

import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.test_layers import CHECKOUT, FILES, LAYERS

SETTINGS = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["tool"]["mypy"]


def check(*arguments: str) -> subprocess.CompletedProcess[str]:
    """What mypy says, with the project's settings; bounded by pytest's own timeout."""
    return subprocess.run([sys.executable, "-m", "mypy", *arguments], cwd=CHECKOUT, capture_output=True, text=True)


def exceptions() -> Iterator[tuple[Path, str, str]]:
    """Each line on which something is not checked, with its file and the line above."""
    for path in FILES:
        lines = path.read_text().splitlines()
        yield from (
            (path, line, above) for above, line in zip(["", *lines], lines, strict=False) if "# type: ignore" in line
        )


def test_mypy_finds_nothing() -> None:
    done = check()

    assert done.returncode == 0, done.stdout + done.stderr


def test_a_wrong_type_is_found(tmp_path: Path) -> None:
    """A row's id is no text, and a payload takes what its fields say: Tortoise's and Strawberry's types are read."""
    wrong = tmp_path / "wrong.py"
    wrong.write_text(
        "from models.matches import Match\n"
        "from schema.posts import CreatePostPayload\n\n\n"
        "def name(match: Match) -> str:\n"
        "    return match.mentor_id\n\n\n"
        "def payload(match: Match) -> CreatePostPayload:\n"
        "    return CreatePostPayload(post=match)\n"
    )

    done = check(str(wrong))
    assert re.findall(r"wrong\.py:(\d+): error: .*\[(.+)\]", done.stdout) == [("6", "return-value"), ("10", "arg-type")]


def test_the_checker_is_strict_everywhere() -> None:
    assert SETTINGS["strict"] is True
    assert set(SETTINGS["packages"]) == set(LAYERS)
    assert not {"ignore_errors", "overrides", "exclude", "disable_error_code"} & set(SETTINGS)


@pytest.mark.parametrize(
    ("path", "line", "above"),
    [pytest.param(*each, id=f"{each[0].relative_to(CHECKOUT)}: {each[1].strip()}") for each in exceptions()],
)
def test_an_exception_says_which_and_why(path: Path, line: str, above: str) -> None:
    """`# type: ignore[code]  # the reason`, or the reason in a comment above."""
    assert re.search(r"# type: ignore\[[\w, -]+\]  # \w", line) or above.lstrip().startswith("#")
    assert not any(line.startswith("# mypy:") for line in path.read_text().splitlines())
