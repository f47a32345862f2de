"""Making groups, and finding them: by slug, and by what they are about."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from pypika_tortoise.context import SqlContext
from pypika_tortoise.terms import Function as SqlFunction
from pypika_tortoise.terms import Term
from tortoise.exceptions import IntegrityError
from tortoise.expressions import Function
from tortoise.queryset import QuerySet

from models.base import violated
from models.enums import GroupFocus, GroupRole
from models.errors import ErrorCode, Refused
from models.groups import Group, Membership
from pubsub.transaction import transaction
from resolvers import access, text
from resolvers.pages import Order

NEWEST_FIRST = Order(descending=True)
GROUP_PATH = ("input", "groupId")
LONGEST_TOPIC = 60
MOST_TOPICS = 50
LONGEST_SLUG = 60

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


async def create_group(
    viewer: access.Viewer | None,
    now: datetime,
    *,
    name: str,
    slug: str,
    focus: GroupFocus,
    description: str,
    topics: Sequence[str],
    time_zone: str = "UTC",
) -> Group:
    """Make a group whose first admin is the viewer. Raises Refused: INVALID_INPUT, CONFLICT when the slug is taken."""
    viewer = access.signed_in(viewer)
    described: dict[str, Any] = {
        "name": text.line(name, ("input", "name"), longest=80, what="the group's name"),
        "slug": _slug(slug),
        "focus": focus,
        "description": text.text(description, ("input", "description"), longest=4_000, what="the description"),
        "topics": text.lines(topics, ("input", "topics"), most=20, longest=LONGEST_TOPIC, what="a topic"),
        "time_zone": text.time_zone(time_zone, ("input", "timeZone")),
    }
    try:
        async with transaction():
            await access.staying(viewer)
            group = await Group.create(created_at=now, **described)
            await Membership.create(group_id=group.id, user_id=viewer.id, role=GroupRole.ADMIN, joined_at=now)
            return group
    except IntegrityError as error:
        if violated(error) != "groups_slug_key":
            raise
        message = f"There is a group called {slug} already. Choose another slug."
        raise Refused(ErrorCode.CONFLICT, message, ("input", "slug")) from error


async def set_group_topics(
    viewer: access.Viewer | None, *, group_id: UUID, topics: Sequence[str], closed: bool | None
) -> Group:
    """Set what a group's sign-ups choose their topics from, as an admin; None leaves it as open or closed as it is.

    What people chose before stays. Raises Refused: NOT_FOUND, FORBIDDEN, INVALID_INPUT.
    """
    viewer = access.signed_in(viewer)
    path = ("input", "topics")
    topics = text.lines(topics, path, most=MOST_TOPICS, longest=LONGEST_TOPIC, what="a topic")
    async with transaction():
        group = await access.visible(Group, viewer).get_or_none(id=group_id)
        if group is None:
            raise access.not_found("group", GROUP_PATH)
        await access.administer(viewer, group_id, GROUP_PATH)
        group = await Group.select_for_update(no_key=True).get(id=group_id)
        group.topics, group.topics_closed = topics, group.topics_closed if closed is None else closed
        if group.topics_closed and not topics:
            raise text.invalid("Name a topic, or leave the list open: people could choose nothing.", path)
        await group.save(update_fields=("topics", "topics_closed"))
    return group


def groups_about(viewer: access.Viewer | None, *, focus: GroupFocus | None, topic: str | None) -> QuerySet[Group]:
    """All groups, or those with this focus and topic."""
    query = access.visible(Group, viewer)
    if focus is not None:
        query = query.filter(focus=focus)
    return query if topic is None else about(query, topic)


def about(query: QuerySet[Group], topic: str) -> QuerySet[Group]:
    """Those groups that name this topic, in capitals or not. Raises Refused INVALID_INPUT for what no topic can be."""
    topic = text.line(topic, ("topic",), longest=LONGEST_TOPIC, what="a topic")
    return query.annotate(named=_Named("topics", topic)).filter(named=True)


class _NamedSql(SqlFunction):
    def __init__(self, topics: Term, topic: str) -> None:
        super().__init__("EXISTS", topics, topic)

    def get_function_sql(self, ctx: SqlContext) -> str:
        topics, topic = (self.get_arg_sql(argument, ctx) for argument in self.args)
        return f"EXISTS (SELECT 1 FROM unnest({topics}) AS named WHERE lower(named) = lower({topic}))"


class _Named(Function):
    database_func = _NamedSql


def is_slug(slug: str) -> bool:
    """Whether a group could have this name in addresses."""
    return 3 <= len(slug) <= LONGEST_SLUG and _SLUG.fullmatch(slug) is not None


def _slug(slug: str) -> str:
    if not is_slug(slug):
        message = "Write the slug with small letters a to z, digits and single hyphens, 3 to 60 in all: soap-makers."
        raise text.invalid(message, ("input", "slug"))
    return slug
