"""Mentorship with Python's gql: log in, see one's pairs, follow one of them live, and write a post in it.

pip install "gql[httpx,websockets]"
python gql/app.py                       as Maya, to the demo community that `make run` serves
python gql/app.py tom@demo.example      in a second terminal: Maya sees what Tom writes
"""

import asyncio
import os
import sys
import uuid
from typing import Any

from gql import Client, GraphQLRequest, gql
from gql.transport.httpx import HTTPXAsyncTransport
from gql.transport.websockets import WebsocketsTransport

ENDPOINT = os.environ.get("ENDPOINT", "http://127.0.0.1:8000/graphql")
GIVEN = ["maya@demo.example", "demo-demo-demo", "Hello from **gql**!"]

LOG_IN = gql("""
mutation LogIn($input: LogInInput!) {
  logIn(input: $input) { session { accessToken } errors { message } }
}
""")

MY_PAIRS = gql("""
query MyPairs {
  viewer {
    user { name }
    matches(first: 10, state: [INTRODUCED, ACTIVE]) {
      edges { node { id space { activityCursor partner { name } } } }
    }
  }
}
""")

FOLLOW_PAIR = gql("""
subscription FollowPair($matchId: ID!, $after: String) {
  matchActivity(matchId: $matchId, after: $after) {
    cursor
    actor { name }
    ... on PostAdded { post { id body } }
  }
}
""")

WRITE_POST = gql("""
mutation WritePost($input: CreatePostInput!) {
  createPost(input: $input) { post { id } errors { message } }
}
""")


async def ask(document: GraphQLRequest, token: str | None = None, **variables: Any) -> Any:
    """The value of an operation's one field. What the server refuses comes as data, with a message for people."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with Client(transport=HTTPXAsyncTransport(ENDPOINT, headers=headers)) as session:
        (value,) = (await session.execute(GraphQLRequest(document, variable_values=variables))).values()
    if value.get("errors"):
        sys.exit(" ".join(error["message"] for error in value["errors"]))
    return value


async def follow(token: str, match_id: str, after: str) -> None:
    """Tell what the two of a pair write, from a cursor on. An app that comes back goes on from the last event's."""
    socket = WebsocketsTransport(
        ENDPOINT.replace("http", "ws", 1),
        init_payload={"authorization": f"Bearer {token}"},
        subprotocols=[WebsocketsTransport.GRAPHQLWS_SUBPROTOCOL],
    )
    heard = GraphQLRequest(FOLLOW_PAIR, variable_values={"matchId": match_id, "after": after})
    async with Client(transport=socket) as session:
        async for event in session.subscribe(heard):
            activity = event["matchActivity"]
            if post := activity.get("post"):
                print(f"{activity['actor']['name']}: {post['body']}", flush=True)


async def main(email: str, password: str, body: str) -> None:
    """Log in, and stay until the pair's space is closed or Ctrl-C is pressed."""
    token = (await ask(LOG_IN, input={"email": email, "password": password}))["session"]["accessToken"]

    viewer = await ask(MY_PAIRS, token)
    pairs = [edge["node"] for edge in viewer["matches"]["edges"]]
    for pair in pairs:
        print(f"{viewer['user']['name']} and {pair['space']['partner']['name']}", flush=True)

    # The page was read up to activityCursor: what comes after it is told, and nothing in between is missed.
    match_id, after = pairs[0]["id"], pairs[0]["space"]["activityCursor"]
    async with asyncio.TaskGroup() as both:
        both.create_task(follow(token, match_id, after))
        # The key makes a retry harmless: an app that is not sure whether its post arrived sends it again with the same.
        written = {"matchId": match_id, "body": body, "idempotencyKey": str(uuid.uuid4())}
        await ask(WRITE_POST, token, input=written)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:], *GIVEN[len(sys.argv) - 1 :]))
