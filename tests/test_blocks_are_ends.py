"""To everybody but the blocker a block is an ordinary end: all that the schema can show is compared, field by field."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.community import Community, Person
from tests.documents import BLOCK_USER, END_MATCH, PARTNER_PRESENCE
from tests.neutral import Names
from tests.rounds import key
from tests.scenes import Scene, prepared
from tests.selecting import mutations, query, subscription
from tests.servers import Served, served_here, settings_for

ROWS = (
    "SELECT to_jsonb(m) - 'end_reason' FROM matches AS m WHERE program_id = ANY($1::uuid[])",
    "SELECT to_jsonb(s) FROM sign_ups AS s WHERE program_id = ANY($1::uuid[]) ORDER BY s.id",
    "SELECT to_jsonb(a) FROM activity AS a WHERE stream_id = ANY($1::uuid[]) ORDER BY stream_id, number",
    "SELECT to_jsonb(n) FROM notifications AS n WHERE user_id = ANY($1::uuid[]) ORDER BY n.id",
)
"""All that is kept of the end and might be told one day, but for why."""

End = Callable[[Person, Person, str], Awaitable[Any]]


def ordinarily(reason: str) -> End:
    async def end(one: Person, other: Person, match_id: str) -> None:
        await one.do(END_MATCH, input={"matchId": match_id, "reason": reason})

    return end


async def by_a_block(one: Person, other: Person, match_id: str) -> None:
    await one.do(BLOCK_USER, input={"userId": other.id})


@dataclass
class World:
    """A scene, who of it ends the match of whom, and whose eyes are compared."""

    community: Community
    scene: Scene
    one: Person
    other: Person
    witnesses: list[Person]

    @classmethod
    async def made(cls, community: Community, ender: str, *, admin_too: bool) -> "World":
        scene = await prepared(community)
        two = (scene.pair.mentor, scene.pair.mentee)
        one, other = two if ender == "mentor" else two[::-1]
        apart = [one] if admin_too else [one, scene.pair.admin]
        return cls(community, scene, one, other, [each for each in scene.people if each not in apart])

    async def ended(self, end: End) -> list[Any]:
        """All that is heard, seen, kept and refused after the end, in neutral words."""
        match_id, program_id = self.scene.pair.id, self.scene.pair.program
        async with (
            self.other.hears(subscription("matchActivity", "matchId"), key=match_id) as page,
            self.other.hears_events(subscription("matchActivity", "matchId"), key=match_id) as phone,
            self.other.hears(subscription("viewerActivity")) as viewer,
            self.other.hears(PARTNER_PRESENCE, matchId=match_id) as presence,
            self.scene.pair.admin.hears(subscription("programActivity", "programId"), key=program_id) as admin,
        ):
            await asyncio.gather(*(each.silence(0.3) for each in (page, phone, viewer, admin)))
            await end(self.one, self.other, match_id)
            heard = [await page.rest(), await phone.rest(), await presence.rest()]
            heard += [[await viewer.next() for _ in range(2)], [await admin.next() for _ in range(3)]]
            await asyncio.gather(*(each.silence() for each in (viewer, admin)))
        return self._neutral([heard, await self._seen(), await self._kept(), await self._refused()])

    async def _seen(self) -> list[Any]:
        pair, ids = self.scene.pair, [*self.scene.ids.values(), self.one.id]
        asked = [
            (query("viewer"), None),
            (query("match", "id", deep=7), pair.id),
            (query("program", "id"), pair.program),
        ]
        asked += [(query("group", "slug"), self.scene.slug), (query("nodes", "ids", deep=2), ids)]
        found = []
        for person in self.witnesses:
            for document, given in asked:
                answer = await person.ask(document, **({} if given is None else {"key": given}))
                assert "errors" not in answer, answer["errors"]
                found.append(answer)
        return found

    async def _kept(self) -> list[Any]:
        pair = self.scene.pair
        ids = [key(each) for each in (pair.id, pair.program, pair.admin.id, self.other.id)]
        found = [await self.community.database.fetch(statement, ids) for statement in ROWS]
        return [[json.loads(row) for (row,) in rows] for rows in found]

    async def _refused(self) -> list[Any]:
        """What each mutation in the pair's space says now, to the other one."""
        ids, names = self.scene.ids, ("matchId", "postId", "commentId", "messageId", "stepProgressId", "checkInId")
        given = {name: ids[name[0].upper() + name[1:-2]] for name in names} | {"subjectId": ids["Post"]}
        given |= {"signUpId": self.scene.pair.sign_ups["MENTEE" if self.other is self.scene.pair.mentee else "MENTOR"]}
        asked = mutations(given)
        assert len(asked) > 20
        return [[name, await self.other.ask(document, input=value)] for name, (document, value) in asked.items()]

    def _neutral(self, told: Any) -> Any:
        text = re.sub(r"token=[\w-]+", "token=signed", json.dumps(told))
        for person in self.scene.people:
            if person.email:
                text = text.replace(person.email, person.name)
        return Names(()).answer(json.loads(text.replace(self.scene.slug, "slug")))


@pytest.fixture(scope="module")
async def served(database_url: str, redis_url: str) -> AsyncIterator[Served]:
    """A server that lets documents through which ask for all that there is, under a name of its own each."""
    async with served_here(settings_for(database_url, redis_url, max_aliases=10_000)) as running:
        yield running


@pytest.mark.timeout(180)
@pytest.mark.parametrize(("ender", "reason"), [("mentor", "OTHER"), ("mentee", "SAFETY")])
async def test_a_block_is_an_ordinary_end_in_every_detail(community: Community, ender: str, reason: str) -> None:
    """To the admin it is one that keeps two apart: why they are not suggested again is told as for any secret."""
    admin_too = reason == "SAFETY"
    worlds = [await World.made(community, ender, admin_too=admin_too) for _ in range(2)]
    usual = await worlds[0].ended(ordinarily(reason))
    block = await worlds[1].ended(by_a_block)
    for what, expected, found in zip(("heard", "seen", "kept", "refused"), usual, block, strict=True):
        assert len(str(expected)) > 500, f"nothing was {what}"
        assert list(different(expected, found, what)) == []


def different(one: Any, other: Any, place: str) -> Iterator[tuple[str, Any, Any]]:
    """Where two answers differ, and what stands there."""
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        for name in one:
            yield from different(one[name], other[name], f"{place}.{name}")
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for number, pair in enumerate(zip(one, other, strict=True)):
            yield from different(*pair, f"{place}.{number}")
    elif one != other:
        yield place, one, other
