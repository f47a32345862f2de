"""The demo's people whom a page offers to be, and how it is told of them: only where the server serves the demo."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from server.demo.content import read
from server.demo.story import PASSWORD

NO_PEOPLE = '<script type="application/json" id="demo-people">[]</script>'
"""Where a page has its people: data, which a policy without inline scripts lets pass."""


@dataclass(frozen=True, slots=True)
class Somebody:
    """A person whose password everybody may know, and what he or she is: see offered_as in the demo's files."""

    name: str
    email: str
    password: str
    role: str


def offered() -> list[Somebody]:
    """Those of the community who show what there is, one for each role."""
    return [Somebody(each.name, each.email, PASSWORD, each.offered_as) for each in read().people if each.offered_as]


def with_people(html: str, people: Sequence[Somebody]) -> str:
    """A page that offers to be `people`, if it has a place for them."""
    told = json.dumps([asdict(each) for each in people]).replace("<", r"\u003c")
    return html.replace(NO_PEOPLE, NO_PEOPLE.replace("[]", told))
