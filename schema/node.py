"""Relay's Node: global ids, and refetching by them."""

import asyncio
import base64
import binascii
import re
from collections import defaultdict
from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

import strawberry
from graphql import GraphQLResolveInfo

from models.base import Row
from models.blocks import Block
from models.check_ins import CheckIn
from models.errors import ErrorCode, Refused
from models.exports import DataExport
from models.groups import Group, Membership
from models.matches import Match, StepProgress
from models.messages import Message
from models.notifications import Notification
from models.posts import Comment, Post
from models.programs import Program, ProgramStep
from models.reports import Report, ReportItem
from models.sign_ups import ShownSignUp, SignUp
from models.users import User
from resolvers import access
from resolvers.pages import LARGEST_SIZE
from schema.context import Info
from schema.fields import field, shown
from schema.reads import computed
from schema.rows import visible_row, visible_rows

_PAIRS = (Match, StepProgress, Post, Comment, Message, CheckIn)
_MODELS = (
    User,
    Group,
    Membership,
    Program,
    ProgramStep,
    SignUp,
    ShownSignUp,
    *_PAIRS,
    Notification,
    DataExport,
    Block,
    Report,
    ReportItem,
)

NODES: dict[str, type[Row]] = {model.__name__: model for model in _MODELS}
"""GraphQL's object types that are nodes. A type bears the name of its model."""

NOUNS = {
    "Membership": "membership",
    "ProgramStep": "step",
    "SignUp": "sign-up",
    "ShownSignUp": "sign-up",
    "StepProgress": "step",
    "CheckIn": "check-in",
    "ReportItem": "item",
    "DataExport": "export",
}


_KEY = re.compile(r"[0-9a-f]{32}")


_PREFIXES = {model: (f"{name}:", -(len(name) + 1 + 32) % 3) for name, model in NODES.items()}
"""What the id of each model's rows begins with before it is encoded, and by how many `=` the code is filled up."""


def global_id(row: Row) -> strawberry.ID:
    """The opaque id under which clients know a row: URL-safe base64 of its type and key, not filled up.

    A page has hundreds. Names and hexadecimal digits have no bits by which one base64 alphabet differs from the other.
    """
    prefix, filling = _PREFIXES[type(row)]
    code = binascii.b2a_base64(f"{prefix}{row.id.hex}".encode(), newline=False)
    return code[: len(code) - filling].decode()  # type: ignore[return-value]  # an ID is a str


def parse_id(value: str) -> tuple[str, UUID] | None:
    """The type's name and key that a global id stands for; None when it is none of ours."""
    try:
        name, _, key = base64.urlsafe_b64decode(value + "=" * (-len(value) % 4)).decode("ascii").partition(":")
        return (name, UUID(hex=key)) if name in NODES and _KEY.fullmatch(key) else None
    except (binascii.Error, UnicodeError, ValueError):
        return None


def named(value: str) -> tuple[type[Row], UUID] | None:
    """The model and key that a global id stands for; None when it is none of ours."""
    parsed = parse_id(value)
    return parsed and (NODES[parsed[0]], parsed[1])


def key_of(value: str, model: type[Row], path: Sequence[str]) -> UUID:
    """The key of a row of `model`. Any other id is refused as one that does not exist (DESIGN.md, rule 2)."""
    parsed = parse_id(value)
    if parsed is None or parsed[0] != model.__name__:
        name = model.__name__
        raise access.not_found(NOUNS.get(name, name.lower()), path)
    return parsed[1]


@strawberry.interface(description="Something that can be fetched again by its id.")
class Node:
    id: strawberry.ID = computed(global_id, "id", description="An opaque id, unique in the whole API.")

    @classmethod
    def is_type_of(cls, row: object, info: GraphQLResolveInfo[Any]) -> bool:
        """Rows stand for themselves: a type is told by its model, which bears its name."""
        return type(row) is NODES.get(cls.__name__)

    is_type_of.__func__.by_class = True  # type: ignore[attr-defined]  # compiled plans ask once for each class


async def visible_of(info: Info, model: type[Row], value: str) -> Any:
    """The row of `model` behind a global id, with what is selected beneath the field, if the viewer may see it."""
    parsed = parse_id(value)
    return await visible_row(info, model, parsed[1]) if parsed and parsed[0] == model.__name__ else None


async def visible_node(info: Info, value: str) -> Any:
    """The row of any model behind a global id, with what is selected beneath the field, if the viewer may see it."""
    parsed = parse_id(value)
    return await visible_row(info, NODES[parsed[0]], parsed[1]) if parsed else None


async def _visible_nodes(info: Info, values: Sequence[str]) -> list[Any]:
    wanted: dict[type[Row], set[UUID]] = defaultdict(set)
    places = [parse_id(value) for value in values]
    for name, key in filter(None, places):
        wanted[NODES[name]].add(key)
    found = await asyncio.gather(*(visible_rows(info, model, keys) for model, keys in wanted.items()))
    rows = dict(zip(wanted, found, strict=True))
    return [place and rows[NODES[place[0]]].get(place[1]) for place in places]


Id = Annotated[strawberry.ID, strawberry.argument(description="A global id.")]
Ids = Annotated[list[strawberry.ID], strawberry.argument(description="Global ids, at most 100.")]


@strawberry.type
class NodeQuery:
    @field(description="The object under an id; null alike when it is absent and when it is not yours to see.")
    async def node(self, info: Info, id: Id) -> Node | None:
        return shown(await visible_node(info, id))

    @field(description="The objects under these ids, in their order, each null as for `node`.")
    async def nodes(self, info: Info, ids: Ids) -> list[Node | None]:
        if len(ids) > LARGEST_SIZE:
            raise Refused(ErrorCode.INVALID_INPUT, f"Ask for {LARGEST_SIZE} ids at a time at most.", ("ids",))
        return await _visible_nodes(info, ids)
