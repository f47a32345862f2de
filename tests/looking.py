"""Somebody who looks at his partner's presence, and his partner, who types."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.community import Pair, Person
from tests.documents import PARTNER_PRESENCE, SET_TYPING
from tests.listening import PATIENCE, Ears

ALONE = {"online": False, "typing": False, "readUpTo": None}
THERE = ALONE | {"online": True}


async def until(ears: Ears, **wanted: object) -> dict:
    """The first state heard in which these are so."""
    async with asyncio.timeout(PATIENCE):
        while True:
            state = await ears.next()
            if all(state[name] == value for name, value in wanted.items()):
                return state


@asynccontextmanager
async def looking(person: Person, pair: Pair) -> AsyncIterator[Ears]:
    """Somebody looks at his partner, who is not there."""
    async with person.hears(PARTNER_PRESENCE, matchId=pair.id) as ears:
        assert await ears.next() == ALONE
        yield ears


async def types(person: Person, pair: Pair, typing: bool = True) -> None:
    await person.do(SET_TYPING, input={"matchId": pair.id, "typing": typing})
