"""What subscriptions bring: whoever may follow hears what happens, and nobody hears more than he reads."""

import asyncio
import json
from collections import defaultdict
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import Any

import pytest

from schema.node import parse_id
from tests.documents import (
    COMPLETE_MATCH,
    CREATE_COMMENT,
    CREATE_POST,
    EDIT_COMMENT,
    EDIT_MESSAGE,
    EDIT_POST,
    RESUME_MATCH,
    SEND_MESSAGE,
    SET_TYPING,
    UPDATE_SIGN_UP,
)
from tests.listening import Ears
from tests.privacy_matrix.canaries import escaped, let_loose
from tests.privacy_matrix.questions import beneath
from tests.privacy_matrix.reading import Thing, read
from tests.privacy_matrix.relations import Relations
from tests.privacy_matrix.rules import STREAMS, Reader, readers
from tests.privacy_matrix.world import World
from tests.reporting import report
from tests.selections import object_type

pytestmark = pytest.mark.timeout(300)


def subscriptions(world: World, asker: str) -> list[tuple[str, dict[str, str], Thing]]:
    """All that this person may follow: document, variables, and what each is about."""
    found = []
    for stream, who in STREAMS.items():
        field = object_type("Subscription").fields[stream]
        argument = next((name for name in field.args if name.endswith("Id")), None)
        name = "User" if argument is None else argument.removesuffix("Id").capitalize()
        for value in world.ids(name):
            parsed = parse_id(value)
            assert parsed is not None
            if who in world.relations.of(world.person_id(asker), *parsed):
                given = f"({argument}: $id)" if argument else ""
                declared = "($id: ID!)" if argument else ""
                text = f"subscription{declared} {{ {stream}{given} {beneath(field, deep=1)} }}"
                found.append((text, {"id": value} if argument else {}, (name, value)))
    return found


async def happens(world: World) -> None:
    """The pair goes on, writes and changes everything, and says that it is complete; another one signs on for more."""
    pair, words = world.pair, {"body": "Another word"}
    await pair.mentee.do(RESUME_MATCH, input={"matchId": pair.id})
    await pair.mentor.do(SET_TYPING, input={"matchId": pair.id, "typing": True})
    post = (await pair.mentor.do(CREATE_POST, input={"matchId": pair.id} | words))["post"]["id"]
    comment = (await pair.mentee.do(CREATE_COMMENT, input={"postId": post} | words))["comment"]["id"]
    message = (await pair.mentee.do(SEND_MESSAGE, input={"matchId": pair.id} | words))["message"]["id"]
    await pair.mentor.do(EDIT_POST, input={"postId": post, "body": "canary"})
    await pair.mentee.do(EDIT_COMMENT, input={"commentId": comment, "body": "canary"})
    await pair.mentee.do(EDIT_MESSAGE, input={"messageId": message, "body": "canary"})
    await report(pair.mentee, pair.mentor.id, "GROUP_ADMIN", note="canary")
    await pair.mentor.do(UPDATE_SIGN_UP, input={"signUpId": pair.sign_ups["MENTOR"], "capacity": 2})
    await let_loose(world.community.database)
    for who in (pair.mentor, pair.mentee):
        await who.do(COMPLETE_MATCH, input={"matchId": pair.id})


def heard_by(ears: Ears) -> list[Any]:
    """All that was heard until it was quiet."""
    heard: list[Any] = []
    while ears.waiting():
        kind, payload = ears.take()
        if kind == "next":
            heard.append(payload["data"])
    return heard


async def test_everybody_hears_what_he_may_and_nothing_else(world: World) -> None:
    born = await let_loose(world.community.database)
    listening: list[tuple[str, Thing, Ears]] = []
    async with AsyncExitStack() as open_ears:
        for asker, person in world.askers.items():
            for text, given, thing in subscriptions(world, asker):
                ears = await open_ears.enter_async_context(person.hears(text, **given))
                listening.append((asker, thing, ears))
        assert len(listening) > len(world.askers)
        await listening[-1][2].silence(1)
        await happens(world)
        await quiet(listening)
        heard = [(asker, thing, event) for asker, thing, ears in listening for event in heard_by(ears)]
    world = replace(world, relations=await Relations.now(world.community.database))
    kinds: dict[str, set[str]] = defaultdict(set)
    for asker, thing, event in heard:
        assert not list(escaped(json.dumps(event), born, world.person_id(asker), world.relations)), (asker, event)
        for each in read(event, thing):
            parsed = parse_id(each.thing[1]) if each.thing else None
            holds = world.relations.of(world.person_id(asker), *parsed) if parsed else {Reader.EVERYBODY}
            if each.type_name == "MatchChanged" and thing[0] == "User":
                holds |= {Reader.OWNER}
            assert holds & readers(each.type_name, each.field), (asker, each.type_name, each.field)
            kinds[each.type_name].add(asker)
    assert kinds["PostAdded"] == {"mentor", "mentee"}
    assert {"mentor", "mentee", "admin"} <= kinds["MatchChanged"]
    assert kinds["ReportChanged"] == {"mentee", "admin"}
    assert kinds["SignUpChanged"] == {"admin"}


async def quiet(listening: list[tuple[str, Thing, Ears]]) -> None:
    """Wait until nothing more comes, for a while or two."""
    before = -1
    while (now := sum(ears.waiting() for _, _, ears in listening)) != before:
        before = now
        await asyncio.sleep(1.5)
