"""What an answer lets read: each field that holds something, with the thing that it belongs to."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from schema.node import NODES

Thing = tuple[str, str]
"""A node's type and global id."""

SUBJECTS = {"Viewer": "user", "MatchChanged": "match", "ReportChanged": "report"}
"""Objects that are no nodes and belong to a node beneath them rather than to the one above. An edge belongs to its."""


class Read(NamedTuple):
    """One field that somebody was shown: its type and name, of which thing, and what it holds."""

    type_name: str
    field: str
    thing: Thing | None
    value: Any


def read(value: Any, thing: Thing | None = None) -> Iterator[Read]:
    """All that an answer's data lets read. `thing` is what it is about as long as it does not say so itself."""
    if isinstance(value, list):
        for each in value:
            yield from read(each, thing)
    elif isinstance(value, dict):
        yield from _of_an_object(value, thing)


def _of_an_object(value: dict[str, Any], thing: Thing | None) -> Iterator[Read]:
    name = value.get("__typename", "")
    named = {key.rpartition("__")[2] if key != "__typename" else key: each for key, each in value.items()}
    thing = _thing(name, named) or thing
    for field, each in named.items():
        if field != "__typename" and each is not None and each != []:
            if name and not name.endswith(("Connection", "Payload")):
                yield Read(name, field, thing, each)
            yield from read(each, thing)


def _thing(name: str, named: dict[str, Any]) -> Thing | None:
    if name in NODES:
        return name, named["id"]
    beneath = named.get("node" if name.endswith("Edge") else SUBJECTS.get(name, ""))
    if not isinstance(beneath, dict):
        return None
    plain = {key.rpartition("__")[2] if key != "__typename" else key: each for key, each in beneath.items()}
    return _thing(beneath["__typename"], plain)
