"""A page of docs/api as a list of what is to be done, in order. docs/api/README.md explains the form to its readers."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from graphql import OperationDefinitionNode, parse

API = Path(__file__).parents[2] / "docs" / "api"

_FENCE = re.compile(r"```(\w*)$")
_LINES = {
    "as": re.compile(r"As (?P<who>\w+)\b(?P<how>.*):$"),
    "at": re.compile(r"\*(?P<moment>\w+day \d+ \w+ \d{4}, \d\d:\d\d) UTC\.\*$"),
    "hears": re.compile(r"(?P<who>\w+) hears:$"),
    "no more": re.compile(r"(?P<who>\w+) hears no more"),
}
BLOCKS = ("graphql", "json", "sh", "sse", "ws")
"""What blocks may hold; a block of any other kind would be done by nobody."""


@dataclass(frozen=True)
class Item:
    """A block, or a line that says who or when; `kind` is a block's language, or a key of `_LINES`."""

    kind: str
    text: str
    line: int
    page: str

    def says(self, name: str) -> str:
        """A part of a line, by the name of its group."""
        found = _LINES[self.kind].match(self.text)
        assert found is not None
        return found[name]

    @property
    def moment(self) -> datetime:
        """When it is from this line on."""
        return datetime.strptime(self.says("moment"), "%A %d %B %Y, %H:%M").replace(tzinfo=UTC)

    @property
    def operation(self) -> OperationDefinitionNode:
        """The one operation of a block of GraphQL."""
        (operation,) = (each for each in parse(self.text).definitions if isinstance(each, OperationDefinitionNode))
        return operation

    def __str__(self) -> str:
        return f"docs/api/{self.page}, line {self.line}"


def pages() -> list[str]:
    """The names of the pages, in the order in which the index links them: the order in which they are told."""
    index = (API / "README.md").read_text(encoding="utf-8")
    return ["README.md", *dict.fromkeys(re.findall(r"\]\(([a-z-]+\.md)\)", index))]


def items(page: str) -> list[Item]:
    """What there is to do on a page."""
    found: list[Item] = []
    block: list[str] | None = None
    kind, begin = "", 0
    for number, line in enumerate((API / page).read_text(encoding="utf-8").splitlines(), 1):
        if block is None:
            if fence := _FENCE.match(line):
                kind, begin, block = fence[1], number, []
                assert kind in BLOCKS, f"docs/api/{page}, line {number}: nobody does a block of {kind or 'no language'}"
            else:
                found += [Item(name, line, number, page) for name, form in _LINES.items() if form.match(line)]
        elif line == "```":
            found.append(Item(kind, "\n".join(block), begin, page))
            block = None
        else:
            block.append(line)
    assert block is None, f"docs/api/{page}, line {begin}: this block does not end"
    return found
