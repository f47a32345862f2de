"""People who react to each other's words, for the stories about it."""

from typing import Any

from tests.community import Pair, Person
from tests.documents import CREATE_COMMENT, CREATE_POST, REACT, SEND_MESSAGE

NODE = """
query($id: ID!) { node(id: $id) {
  ... on Post { reactions { emoji users { id } } } ... on Comment { reactions { emoji users { id } } }
  ... on Message { reactions { emoji users { id } } }
} }
"""
THUMB, HEART, PARTY = "👍", "❤️", "🎉"


async def post_of(person: Person, pair: Pair) -> str:
    return (await person.do(CREATE_POST, input={"matchId": pair.id, "body": "I gave my first talk"}))["post"]["id"]


async def comment_of(person: Person, post_id: str) -> str:
    given = {"postId": post_id, "body": "How did it go?"}
    return (await person.do(CREATE_COMMENT, input=given))["comment"]["id"]


async def message_of(person: Person, pair: Pair) -> str:
    return (await person.do(SEND_MESSAGE, input={"matchId": pair.id, "body": "Tell me more"}))["message"]["id"]


async def react(person: Person, subject_id: str, emoji: str) -> dict[str, Any]:
    return (await person.do(REACT, input={"subjectId": subject_id, "emoji": emoji}))["subject"]


async def seen(person: Person, subject_id: str) -> list[tuple[str, list[str]]]:
    reactions = (await person.do(NODE, id=subject_id))["reactions"]
    return [(each["emoji"], [user["id"] for user in each["users"]]) for each in reactions]
