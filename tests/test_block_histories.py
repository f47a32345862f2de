"""Whatever a few people do at random, and whatever falls due after it: nothing joins two with a block between them."""

import asyncio
import os
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

import pytest

from tests.community import Community, Person
from tests.documents import (
    BLOCK_USER,
    CREATE_MATCH,
    CREATE_MATCHES,
    CREATE_POST,
    END_MATCH,
    PARTNER_PRESENCE,
    SEND_MESSAGE,
    SET_TYPING,
    UNBLOCK_USER,
    UPDATE_SIGN_UP,
)
from tests.falling_due import ticker_on
from tests.invariants import invariants
from tests.proposing import pairs_of, proposed
from tests.rounds import Round, another_round, key, shown_as, waiting
from tests.searching import FIND
from tests.test_wishes import all_shown, shown

SEEDS = [int(each) for each in os.environ.get("BLOCK_SEEDS", "1,2").split(",")]
ACTS = 120
LOOK_EVERY = 12

BETWEEN = "JOIN blocks ON (blocker_id, blocked_id) IN ((mentor_id, mentee_id), (mentee_id, mentor_id))"
JOINED = {
    "an open match": f"SELECT matches.id FROM matches {BETWEEN} WHERE state IN ('INTRODUCED', 'ACTIVE', 'PAUSED')",
    "a match made after": f"SELECT matches.id FROM matches {BETWEEN} WHERE started_at > blocks.created_at",
    "words written after": " UNION ALL ".join(
        f"SELECT w.id FROM {table} AS w JOIN matches ON matches.id = match_id {BETWEEN}"
        " WHERE w.created_at > blocks.created_at"
        for table in ("posts", "comments", "messages")
    ),
    "a notification made after": f"""SELECT told.id FROM notifications AS told JOIN matches ON matches.id = subject_id
        AND user_id IN (mentor_id, mentee_id) {BETWEEN} WHERE told.created_at > blocks.created_at""",
    "an e-mail still to be sent, of more than the end": f"""SELECT emails.id FROM emails
        JOIN notifications AS told ON told.id = notification_id JOIN matches ON matches.id = subject_id
        AND user_id IN (mentor_id, mentee_id) {BETWEEN} WHERE emails.state = 'WAITING'
        AND told.kind NOT IN ('MATCH_ENDED', 'MATCH_EXPIRED', 'MATCH_COMPLETED')""",
}
"""By what it would mean: rows that join two with a block between them. The clock goes on before each act."""


@dataclass
class History:
    """Two rounds of one group in which the same people are mentors and mentees, and what has become of them."""

    community: Community
    random: Random
    rounds: list[Round]
    people: list[Person]
    blocks: set[tuple[str, str]] = field(default_factory=set)
    done: Counter[str] = field(default_factory=Counter)

    @classmethod
    async def begun(cls, community: Community, seed: int) -> "History":
        first = await waiting(community, 3, 3, capacity=3)
        people = [person for person, _ in (*first.mentors, *first.mentees)]
        second = await another_round(community, first.admin, first.group, people[3:], people[:3], capacity=3)
        for each in (first, second):
            await all_shown(each)
        return cls(community, Random(seed), [first, second], people)

    def two(self) -> tuple[Person, Person]:
        one, other = self.random.sample(self.people, 2)
        return one, other

    def apart(self, one: Person, other: Person) -> bool:
        return bool({(one.id, other.id), (other.id, one.id)} & self.blocks)

    async def block(self) -> Any:
        one, other = self.two()
        self.blocks.add((one.id, other.id))
        return await one.ask(BLOCK_USER, input={"userId": other.id})

    async def block_each_other(self) -> Any:
        one, other = self.two()
        self.blocks |= {(one.id, other.id), (other.id, one.id)}
        asks = [a.ask(BLOCK_USER, input={"userId": b.id}) for a, b in ((one, other), (other, one))]
        return (await asyncio.gather(*asks))[0]

    async def unblock(self) -> Any:
        one, other = self.two()
        self.blocks.discard((one.id, other.id))
        return await one.ask(UNBLOCK_USER, input={"userId": other.id})

    async def match(self) -> Any:
        here = self.random.choice(self.rounds)
        return await here.admin.ask(CREATE_MATCH, input=here.pair(self.random.randrange(3), self.random.randrange(3)))

    async def match_all(self) -> Any:
        here = self.random.choice(self.rounds)
        pairs = [{"mentorSignUpId": m, "menteeSignUpId": s} for _, m in here.mentors for _, s in here.mentees]
        given = {"programId": here.program, "pairs": pairs, "allOrNothing": False}
        return await here.admin.ask(CREATE_MATCHES, input=given)

    async def match_and_block(self) -> Any:
        """Both at once: whichever comes first."""
        return (await asyncio.gather(self.match_all(), self.block()))[0]

    async def write(self) -> Any:
        return await self._in_a_space(CREATE_POST, body="hello")

    async def send(self) -> Any:
        return await self._in_a_space(SEND_MESSAGE, body="hello")

    async def write_and_block(self) -> Any:
        """Both at once: whichever comes first."""
        return (await asyncio.gather(self.write(), self.block()))[0]

    async def end(self) -> Any:
        return await self._in_a_space(END_MATCH, reason=self.random.choice(["NO_TIME", "OTHER"]))

    async def _in_a_space(self, document: str, **given: Any) -> Any:
        person = self.random.choice(self.people)
        ids = [each["id"] for each in await self.matches(person)]
        return await person.ask(document, input={"matchId": self.random.choice(ids or [person.id])} | given)

    async def wish(self) -> Any:
        here = self.random.choice(self.rounds)
        (_, offer), (mentee, seek) = self.random.choice(here.mentors), self.random.choice(here.mentees)
        return await mentee.ask(UPDATE_SIGN_UP, input={"signUpId": seek, "wishedSignUpIds": [shown_as(offer)]})

    async def matches(self, person: Person) -> list[dict[str, Any]]:
        document = "{ viewer { matches(first: 100) { edges { node { id state mentor { id } mentee { id } } } } } }"
        return [edge["node"] for edge in (await person.do(document))["matches"]["edges"]]


WEIGHTS: dict[Callable[[History], Awaitable[Any]], int] = {
    History.block: 3,
    History.block_each_other: 1,
    History.unblock: 3,
    History.match: 8,
    History.match_all: 2,
    History.match_and_block: 2,
    History.write: 6,
    History.send: 4,
    History.write_and_block: 2,
    History.end: 2,
    History.wish: 3,
}


async def nothing_kept_joins(community: Community) -> None:
    for meaning, statement in JOINED.items():
        assert not await community.database.fetch(statement), meaning
    await invariants(community.database)


async def nothing_joins(history: History) -> None:
    """Neither what is kept nor what anybody is shown joins two who have a block between them."""
    await nothing_kept_joins(history.community)
    for here in history.rounds:
        by_sign_up = {sign_up: person for person, sign_up in (*here.mentors, *here.mentees)}
        for offer, seek in pairs_of(await proposed(here.admin, here.program)):
            assert not history.apart(by_sign_up[offer], by_sign_up[seek]), "a suggestion"
        for person in history.people:
            seen = {each["user"]["id"] for each in await shown(person, here.program) or []}
            apart = {other.id for other in history.people if history.apart(person, other)}
            assert not seen & apart, "somebody shown to wish for"
    for person in history.people:
        blocked = {other.id for other in history.people if (person.id, other.id) in history.blocks}
        hits = (await person.do(FIND, query="hello", first=100))["search"]["edges"]
        spaces = await history.community.database.fetch(
            "SELECT DISTINCT mentor_id, mentee_id FROM matches JOIN posts ON posts.match_id = matches.id WHERE posts.id"
            " = ANY($1::uuid[]) UNION SELECT mentor_id, mentee_id FROM matches JOIN messages"
            " ON messages.match_id = matches.id WHERE messages.id = ANY($1::uuid[])",
            [key(hit["node"]["id"]) for hit in hits],
        )
        found = {each for pair in spaces for each in pair} - {key(person.id)}
        assert not found & {key(each) for each in blocked}, "a search result"
    await no_presence(history)


async def no_presence(history: History) -> None:
    """Between two with a block, neither sees that the other one is there, and nobody can say that he types."""
    for person in history.people:
        for each in await history.matches(person):
            one, other = each["mentor"]["id"], each["mentee"]["id"]
            if {(one, other), (other, one)} & history.blocks:
                assert (await person.refused(SET_TYPING, input={"matchId": each["id"], "typing": True}))["code"]
                async with person.hears(PARTNER_PRESENCE, matchId=each["id"]) as ears:
                    assert not any(state["online"] or state["typing"] for state in await ears.rest())
                break


@pytest.mark.timeout(240)
@pytest.mark.parametrize("seed", SEEDS)
async def test_no_history_joins_two_with_a_block_between_them(community: Community, seed: int) -> None:
    history = await History.begun(community, seed)
    for number in range(1, ACTS + 1):
        community.served.clock.advance(seconds=1)
        (act,) = history.random.choices(list(WEIGHTS), list(WEIGHTS.values()))
        answer = await act(history)
        assert "errors" not in answer, answer
        (payload,) = answer["data"].values()
        history.done[act.__name__] += not payload["errors"]
        if number % LOOK_EVERY == 0:
            await nothing_joins(history)
    for _ in range(4):
        community.served.clock.advance(days=8)
        while await ticker_on(community.served).tick():
            pass
        await nothing_kept_joins(community)
    assert all(history.done[each.__name__] for each in (History.match, History.write, History.block)), history.done
