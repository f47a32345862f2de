"""People who look for words, for the stories about search."""

from typing import Any

from tests.community import Pair, Person
from tests.documents import CREATE_COMMENT, CREATE_POST, SEND_MESSAGE

FIND = """
query($query: String!, $matchId: ID, $first: Int, $after: String, $last: Int, $before: String) {
  viewer { search(query: $query, matchId: $matchId, first: $first, after: $after, last: $last, before: $before) {
    edges { cursor snippet { text matched } node { __typename
      ... on Post { id body author { name } reactions { emoji } }
      ... on Comment { id body author { name } post { id } }
      ... on Message { id body author { name } }
    } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  } }
}
"""


async def post(person: Person, pair: Pair, body: str) -> str:
    return (await person.do(CREATE_POST, input={"matchId": pair.id, "body": body}))["post"]["id"]


async def message(person: Person, pair: Pair, body: str) -> str:
    return (await person.do(SEND_MESSAGE, input={"matchId": pair.id, "body": body}))["message"]["id"]


async def comment(person: Person, post_id: str, body: str) -> str:
    return (await person.do(CREATE_COMMENT, input={"postId": post_id, "body": body}))["comment"]["id"]


async def find(person: Person, query: str, **arguments: Any) -> dict[str, Any]:
    return (await person.do(FIND, query=query, **arguments))["search"]


async def found(person: Person, query: str, **arguments: Any) -> list[str]:
    return [edge["node"]["body"] for edge in (await find(person, query, **arguments))["edges"]]
