"""How people block one another and take it back, and whom they find on their lists."""

from typing import Any

from tests.community import Person
from tests.documents import (
    BLOCK_USER,
    UNBLOCK_USER,
)

BLOCKED = "{ viewer { blockedUsers { edges { node { id userId name createdAt } } } } }"


NODE = "query($id: ID!) { node(id: $id) { __typename id } }"


async def block(person: Person, other: Person) -> Any:
    return await person.do(BLOCK_USER, input={"userId": other.id})


async def unblock(person: Person, other: Person) -> Any:
    return await person.do(UNBLOCK_USER, input={"userId": other.id})


async def blocked(person: Person) -> list[dict[str, str]]:
    return [edge["node"] for edge in (await person.do(BLOCKED))["blockedUsers"]["edges"]]
