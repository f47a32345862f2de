"""What contributors read is true: the files and commands that are named exist, and the decisions' index is whole."""

import re
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[1]
CONTRIBUTING = (CHECKOUT / "CONTRIBUTING.md").read_text()
MAKEFILE = (CHECKOUT / "Makefile").read_text()
HOOKS = (CHECKOUT / ".pre-commit-config.yaml").read_text()
DECISIONS = CHECKOUT / "docs" / "decisions"

TARGETS = set(re.findall(r"^([a-z][\w-]*)(?: [\w -]+)?:(?!=)", MAKEFILE, re.MULTILINE)) | {"bench-report"}
NAMED = sorted(set(re.findall(r"`((?:\w[\w.-]*/)+[\w.-]*|[\w-]+\.(?:md|toml|txt|yaml))`", CONTRIBUTING)))


@pytest.mark.parametrize("path", NAMED)
def test_each_file_that_is_named_exists(path: str) -> None:
    made_later = f"/{path}" in (CHECKOUT / ".gitignore").read_text().splitlines()

    assert (CHECKOUT / path).exists() or made_later


def test_each_link_leads_somewhere() -> None:
    for link in re.findall(r"\]\((?!https?:)([^)#]+)\)", CONTRIBUTING):
        assert (CHECKOUT / link).exists(), link


@pytest.mark.parametrize("text", [CONTRIBUTING, HOOKS, MAKEFILE], ids=["CONTRIBUTING.md", "hooks", "make help"])
def test_each_command_that_is_named_exists(text: str) -> None:
    named = set(re.findall(r"(?:`|entry: |echo ')make (?:--silent )?([a-z][\w-]+)", text))

    assert named
    assert named <= TARGETS


def test_what_is_asked_before_a_commit_is_asked_in_full_later() -> None:
    """Each hook is one of `make check`'s own steps, run by the checkout's own environment."""
    (steps,) = re.findall(r"^check: (.+)$", MAKEFILE, re.MULTILINE)
    asked = re.findall(r"entry: make --silent (\S+)", HOOKS)

    assert set(asked) == set(steps.split()) - {"test"}
    assert re.findall(r"repo: (\S+)", HOOKS) == ["local"]
    assert set(re.findall(r"language: (\S+)", HOOKS)) == {"system"}


def test_the_quick_modules_exist() -> None:
    (names,) = re.findall(r"^QUICK := (.+)$", MAKEFILE, re.MULTILINE)

    assert all((CHECKOUT / "tests" / f"test_{name}.py").exists() for name in names.split())


def test_the_index_lists_every_decision_under_its_own_title() -> None:
    index = (DECISIONS / "README.md").read_text()
    listed = re.findall(r"^- \[(.+)\]\((\d{4}-[\w-]+\.md)\)", index, re.MULTILINE)
    pages = sorted(DECISIONS.glob("0*.md"))

    assert listed == [(page.read_text().partition("\n")[0].removeprefix("# "), page.name) for page in pages]
