"""The resolvers: rows in, and DataLoaders for what hangs beneath them."""

from collections.abc import Callable
from typing import Any

from ariadne import InterfaceType, MutationType, ObjectType, QueryType, ScalarType, SubscriptionType
from graphql import GraphQLError, GraphQLResolveInfo

from benchmarks.peers.with_ariadne.activity import match_activity
from benchmarks.peers.with_ariadne.identifiers import activity_cursor, global_id, key_of, number_cursor, number_of
from benchmarks.peers.with_ariadne.viewer import LAST
from benchmarks.peers.with_ariadne.writing import create_post

Resolver = Callable[..., Any]
LARGEST_SIZE = 100


async def _match(root: object, info: GraphQLResolveInfo, id: str) -> Any:
    key = key_of("Match", id)
    found = await info.context.database.rows("match_of_member", key, info.context.viewer.id) if key else ()
    return found[0] if found else None


def _column(name: str) -> Resolver:
    return lambda row, info: row[name]


def _person(column: str) -> Resolver:
    return lambda row, info: None if row[column] is None else info.context.user(row[column])


def _partner(row: Any, info: GraphQLResolveInfo) -> Any:
    mine = row["mentor_id"] == info.context.viewer.id
    return info.context.user(row["mentee_id" if mine else "mentor_id"])


def _connection(statement: str, column: str, start: int) -> Resolver:
    async def resolve(row: Any, info: GraphQLResolveInfo, first: int | None = None, after: str | None = None) -> Any:
        size = 20 if first is None else first
        if not 1 <= size <= LARGEST_SIZE:
            raise GraphQLError(f"Ask for 1 to {LARGEST_SIZE} at a time.")
        place = start if after is None else number_of(after)
        read = await info.context.children(statement, column, row["id"], place, size + 1)
        edges = [{"cursor": number_cursor(node["number"]), "node": node} for node in read[:size]]
        ends = {"startCursor": edges[0]["cursor"], "endCursor": edges[-1]["cursor"]} if edges else {}
        return {
            "edges": edges,
            "pageInfo": {"hasNextPage": len(read) > size, "hasPreviousPage": after is not None, **ends},
        }

    return resolve


def _typed(name: str, **resolvers: Resolver) -> ObjectType:
    made = ObjectType(name)
    for field, resolve in resolvers.items():
        made.set_field(field, resolve)
    return made


def _node(name: str, **resolvers: Resolver) -> ObjectType:
    return _typed(name, id=lambda row, info: global_id(name, row["id"]), **resolvers)


_WRITTEN = {
    "author": _person("author_id"),
    "createdAt": _column("created_at"),
    "editedAt": _column("edited_at"),
    "deletedAt": _column("deleted_at"),
}
_HAPPENED = {"occurredAt": _column("occurred_at"), "actor": _person("actor_id")}

query, mutation, subscription = QueryType(), MutationType(), SubscriptionType()
query.set_field("match", _match)
mutation.set_field("createPost", create_post)
subscription.set_source("matchActivity", match_activity)
subscription.set_field("matchActivity", lambda event, info, **_: event)

BINDABLES = [
    query,
    mutation,
    subscription,
    ScalarType("DateTime", serializer=lambda value: value.isoformat()),
    InterfaceType("MatchActivity", lambda event, info, kind: event["__typename"]),
    _node("User", avatarUrl=_column("avatar_url")),
    _node(
        "Match",
        mentor=_person("mentor_id"),
        mentee=_person("mentee_id"),
        startedAt=_column("started_at"),
        endedAt=_column("ended_at"),
        viewerRole=lambda row, info: "MENTOR" if row["mentor_id"] == info.context.viewer.id else "MENTEE",
        space=lambda row, info: row if info.context.viewer.adult else None,
    ),
    _typed(
        "PairSpace",
        partner=_partner,
        thread=lambda row, info: row,
        steps=lambda row, info: info.context.steps(row["id"]),
        activityCursor=lambda row, info: activity_cursor(row["id"], row["activity_head"]),
    ),
    _node("StepProgress"),
    _typed("PairThread", posts=_connection("posts_of_matches", "match_id", LAST)),
    _node("Post", comments=_connection("comments_of_posts", "post_id", 0), **_WRITTEN),
    _node("Comment", **_WRITTEN),
    *(_typed(name, **_HAPPENED) for name in ("PostAdded", "CommentAdded", "ResyncRequired")),
]
