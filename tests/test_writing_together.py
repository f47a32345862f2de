"""Those who write at the same moment are written by one statement, and nobody pays for another's trouble."""

import asyncio
from collections.abc import Awaitable
from uuid import UUID

import asyncpg
import pytest

from models.errors import ErrorCode, Refused
from models.posts import Post
from models.users import User
from pubsub.streams import match_stream
from resolvers import access, posts
from tests.community import Community, Pair, Person
from tests.documents import CREATE_MATCH, CREATE_POST, MATCH_ACTIVITY
from tests.invariants import invariants
from tests.live.pairs import key_of
from tests.racing import until_waiting
from tests.rounds import waiting
from tests.statements import counted


async def under_way(community: Community, *names: str) -> list[Pair]:
    """As many pairs as there are mentors' names, each ACTIVE since the mentee has greeted."""
    pairs = [await community.pair(name, f"{name}'s mentee") for name in names]
    for pair in pairs:
        await pair.mentee.do(CREATE_POST, input={"matchId": pair.id, "body": "Hello"})
    return pairs


async def ready(community: Community, people: list[tuple[Person, str, str]]) -> list[Awaitable[Post]]:
    """What createPost does once it is known who asks, by each person into a match and under a key: whoever is awaited
    together writes in one turn of the event loop."""
    viewers = {person.id: await User.get(id=key_of(person.id)) for person, _, _ in people}
    return [
        posts.create_post(
            access.Viewer(viewers[person.id], UUID(int=0), is_adult=True),
            community.served.clock.now,
            match_id=key_of(match_id),
            body=body,
            idempotency_key=key or None,
        )
        for person, match_id, key in people
        for body in [f"From {person.name} under {key or 'no key'}"]
    ]


def greeted(pair: Pair) -> str:
    """The cursor of the greeting, by which the match has become ACTIVE."""
    return match_stream(key_of(pair.id)).cursor(2)


def writes(statements: list[str]) -> list[str]:
    """Those of the statements that write a post."""
    return [each for each in statements if "INSERT INTO posts" in each]


async def test_all_who_write_in_one_turn_are_written_by_one_statement(community: Community) -> None:
    pairs = await under_way(community, "Maya", "Nia", "Olu")
    async with pairs[1].mentee.hears(MATCH_ACTIVITY, matchId=pairs[1].id, after=greeted(pairs[1])) as mentee:
        with counted() as statements:
            written = await asyncio.gather(*await ready(community, [(pair.mentor, pair.id, "") for pair in pairs]))
        assert len(writes(statements)) == 1
        event = await mentee.next()
        assert (event["__typename"], event["post"]["body"]) == ("PostAdded", "From Nia under no key")
    assert [post.match_id for post in written] == [key_of(pair.id) for pair in pairs], "each the own one"
    for post in written:
        found = await Post.get(id=post.id)
        assert (found.body, found.number, found.author_id) == (post.body, post.number, post.author_id)
    await invariants(community.database)


async def test_both_of_a_pair_write_at_once(community: Community) -> None:
    """A match has one next number: the second of the two takes the one after it, in a statement of his own."""
    maya, nia = await under_way(community, "Maya", "Nia")
    people = [(maya.mentor, maya.id, ""), (maya.mentee, maya.id, ""), (nia.mentor, nia.id, "")]
    with counted() as statements:
        first, second, _ = await asyncio.gather(*await ready(community, people))
    assert len(writes(statements)) == 2
    assert abs(first.number - second.number) == 1
    await invariants(community.database)


async def test_what_one_person_sends_in_one_turn_keeps_its_order(community: Community) -> None:
    maya, nia = await under_way(community, "Maya", "Nia")
    people = [(nia.mentor, nia.id, ""), *[(maya.mentor, maya.id, str(number)) for number in range(2)]]
    _, first, second = await asyncio.gather(*await ready(community, people))
    assert second.number == first.number + 1
    await invariants(community.database)


async def test_who_has_to_wait_for_a_match_keeps_nobody(community: Community) -> None:
    """Maya's match is held by something that takes long. Both of her pair wait for it; Nia and Olu, who write at the
    same moment, are done before. Then the one takes the number after the other's, which had waited as well."""
    maya, nia, olu = await under_way(community, "Maya", "Nia", "Olu")
    people = [
        (maya.mentor, maya.id, ""),
        (maya.mentee, maya.id, ""),
        (nia.mentor, nia.id, ""),
        (olu.mentor, olu.id, ""),
    ]
    holder = await asyncpg.connect(community.served.database_url)
    try:
        async with holder.transaction():
            await holder.execute("SELECT 1 FROM matches WHERE id = $1 FOR UPDATE", key_of(maya.id))
            made = [asyncio.ensure_future(each) for each in await ready(community, people)]
            await asyncio.wait_for(asyncio.gather(*made[2:]), 30)
            await until_waiting(community, 2)
            assert not any(each.done() for each in made[:2])
    finally:
        await holder.close()
    first, second = await asyncio.gather(*made[:2])
    assert abs(first.number - second.number) == 1
    await invariants(community.database)


async def test_who_breaks_a_rule_undoes_nobody_elses(community: Community) -> None:
    """Maya uses one key for two texts at once, which no statement can write: one of hers is refused, Nia's is there."""
    here = await waiting(community, 1, 2, capacity=2)
    maya, _ = here.mentors[0]
    matches = []
    for number, (mentee, _) in enumerate(here.mentees):
        matches.append((await here.admin.do(CREATE_MATCH, input=here.pair(mentee=number)))["match"]["id"])
        await mentee.do(CREATE_POST, input={"matchId": matches[-1], "body": "Hello"})
    (nia,) = await under_way(community, "Nia")
    people = [(maya, matches[0], "k"), (nia.mentor, nia.id, "k"), (maya, matches[1], "k")]
    made = await ready(community, people)
    with counted() as statements:
        one, nias, other = await asyncio.gather(*made, return_exceptions=True)
    assert len(writes(statements)) == 4, "together, and then each alone"
    assert isinstance(nias, Post) and nias.match_id == key_of(nia.id)
    (refused,) = [each for each in (one, other) if isinstance(each, Refused)]
    assert refused.code == ErrorCode.IDEMPOTENCY_MISMATCH
    await invariants(community.database)


async def test_a_retry_at_the_same_moment_is_the_same_post(community: Community) -> None:
    maya, nia = await under_way(community, "Maya", "Nia")
    people = [(maya.mentor, maya.id, "k"), (maya.mentor, maya.id, "k"), (nia.mentor, nia.id, "k")]
    first, again, nias = await asyncio.gather(*await ready(community, people))
    assert first.id == again.id != nias.id
    await invariants(community.database)


async def test_who_leaves_takes_nobody_along(community: Community) -> None:
    """Maya's request is given up while the statement is under way: it is written all the same, and so is Nia's."""
    maya, nia = await under_way(community, "Maya", "Nia")
    async with maya.mentee.hears(MATCH_ACTIVITY, matchId=maya.id, after=greeted(maya)) as mentee:
        made = await ready(community, [(maya.mentor, maya.id, ""), (nia.mentor, nia.id, "")])
        leaving, staying = [asyncio.ensure_future(each) for each in made]
        for _ in range(3):
            await asyncio.sleep(0)
        leaving.cancel()
        assert (await staying).match_id == key_of(nia.id)
        with pytest.raises(asyncio.CancelledError):
            await leaving
        assert (await mentee.next())["post"]["body"] == "From Maya under no key"
    await invariants(community.database)
