"""Relay's Node: global ids, and refetching by them."""

import asyncio
import base64
import binascii
import re
from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

import strawberry
from graphql import GraphQLResolveInfo
from strawberry import Parent

from models.base import Row
from models.errors import ErrorCode, Refused
from models.groups import Group, Membership
from models.matches import Match, StepProgress
from models.messages import Message
from models.posts import Comment, Post
from models.programs import Program, ProgramStep
from models.sign_ups import SignUp
from models.users import User
from resolvers import access
from resolvers.pages import LARGEST_SIZE
from schema.context import Context, Info

NODES: dict[str, type[Row]] = {
    model.__name__: model
    for model in (User, Group, Membership, Program, ProgramStep, SignUp, Match, StepProgress, Post, Comment, Message)
}
"""GraphQL's object types that are nodes. A type bears the name of its model."""

NOUNS = {"Membership": "membership", "ProgramStep": "step", "SignUp": "sign-up", "StepProgress": "step"}


_KEY = re.compile(r"[0-9a-f]{32}")


def global_id(row: Row) -> strawberry.ID:
    """The opaque id under which clients know a row."""
    return strawberry.ID(base64.urlsafe_b64encode(f"{type(row).__name__}:{row.id.hex}".encode()).decode().rstrip("="))


def parse_id(value: str) -> tuple[str, UUID] | None:
    """The type's name and key that a global id stands for; None when it is none of ours."""
    try:
        name, _, key = base64.urlsafe_b64decode(value + "=" * (-len(value) % 4)).decode("ascii").partition(":")
        return (name, UUID(hex=key)) if name in NODES and _KEY.fullmatch(key) else None
    except (binascii.Error, UnicodeError, ValueError):
        return None


def key_of(value: str, model: type[Row], path: Sequence[str]) -> UUID:
    """The key of a row of `model`. Any other id is refused as one that does not exist (DESIGN.md, rule 2)."""
    parsed = parse_id(value)
    if parsed is None or parsed[0] != model.__name__:
        name = model.__name__
        raise access.not_found(NOUNS.get(name, name.lower()), path)
    return parsed[1]


@strawberry.interface(description="Something that can be fetched again by its id.")
class Node:
    @strawberry.field(description="An opaque id, unique in the whole API.")
    @staticmethod
    def id(root: Parent[Any]) -> strawberry.ID:
        return global_id(root)

    @classmethod
    def is_type_of(cls, row: object, info: GraphQLResolveInfo) -> bool:
        """Rows stand for themselves: a type is told by its model, which bears its name."""
        return type(row) is NODES.get(cls.__name__)


async def visible_node(context: Context, value: str) -> Row | None:
    """The row behind a global id, if the viewer may see it; ids of one type asked for together are read together."""
    parsed = parse_id(value)
    if parsed is None:
        return None
    model = NODES[parsed[0]]

    async def read(keys: list[UUID]) -> list[Row | None]:
        rows = {row.id: row for row in await access.visible(model, context.viewer).filter(id__in=keys)}
        return [rows.get(key) for key in keys]

    return await context.load(("visible", model), read, parsed[1])


Id = Annotated[strawberry.ID, strawberry.argument(description="A global id.")]
Ids = Annotated[list[strawberry.ID], strawberry.argument(description="Global ids, at most 100.")]


@strawberry.type
class NodeQuery:
    @strawberry.field(
        description="The object under an id; null alike when it is absent and when it is not yours to see."
    )
    async def node(self, info: Info, id: Id) -> Node | None:
        return await visible_node(info.context, id)

    @strawberry.field(description="The objects under these ids, in their order, each null as for `node`.")
    async def nodes(self, info: Info, ids: Ids) -> list[Node | None]:
        if len(ids) > LARGEST_SIZE:
            raise Refused(ErrorCode.INVALID_INPUT, f"Ask for {LARGEST_SIZE} ids at a time at most.", ("ids",))
        return await asyncio.gather(*(visible_node(info.context, value) for value in ids))
