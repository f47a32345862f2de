"""A pair of which Tom deletes his account, and where his words are still to be found."""

import asyncio
import secrets

from tests.community import PASSWORD, Community, Pair, Person
from tests.documents import (
    CREATE_COMMENT,
    CREATE_POST,
    SEND_MESSAGE,
)
from tests.falling_due import ticker_on
from tests.servers import Served

DELETE = """
mutation($input: DeleteAccountInput!) { deleteAccount(input: $input) { erasesAt errors { code message path } } }
"""


REACT = "mutation($input: ReactInput!) { react(input: $input) { errors { code } } }"


async def delete(person: Person, password: str = PASSWORD) -> dict:
    return await person.do(DELETE, input={"password": password})


async def erase_all(served: Served, community: Community) -> None:
    """Ticks until nothing is left to erase."""
    async with asyncio.timeout(30):
        while await community.database.fetchval(
            "SELECT count(*) FROM account_deletions WHERE erased_at IS NULL AND erases_at <= $1", served.clock()
        ):
            await ticker_on(served, "erase-account").tick()


async def toms_pair(community: Community, posts: int = 3) -> tuple[Pair, str]:
    """Maya and Tom, who have both written, reacted and commented; and a word that is in all texts of his, and in none
    of anybody else's."""
    marker = f"x{secrets.token_hex(6)}"
    pair = await community.pair(mentee=f"Tom {marker}")
    for number in range(posts):
        for person, words in ((pair.mentee, f"{marker} {number}"), (pair.mentor, f"Maya's {number}")):
            given = {"matchId": pair.id, "body": words, "idempotencyKey": f"{words} {pair.id}"}
            made = (await person.do(CREATE_POST, input=given))["post"]["id"]
            for each in (pair.mentor, pair.mentee):
                await each.do(REACT, input={"subjectId": made, "emoji": "👍"})
            await pair.mentee.do(CREATE_COMMENT, input={"postId": made, "body": f"{marker} comment"})
            await person.do(SEND_MESSAGE, input=given)
    return pair, marker


async def found(community: Community, word: str) -> set[str]:
    """The tables in whose rows a word stands."""
    tables = await community.database.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    return {
        table
        for (table,) in tables
        if await community.database.fetchval(
            f"SELECT EXISTS (SELECT 1 FROM {table} AS row WHERE row::text ILIKE $1)", f"%{word}%"
        )
    }
