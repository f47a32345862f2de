"""The ids in the copy of somebody's data lead nobody else to anything that he may not read, as ids of any kind."""

import json
import re
from typing import Any
from uuid import UUID

import pytest

from schema.node import NODES, global_id
from tests.privacy_matrix.rules import readers
from tests.privacy_matrix.world import World

pytestmark = pytest.mark.timeout(300)

MOST_IDS = 40
"""Of an export, spread over all that it holds."""

BATCH = 100
NODES_BY_IDS = "query($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }"
NEWEST = "{ viewer { dataExports(first: 1) { edges { node { url } } } } }"

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


async def ids_in_the_export_of(world: World, asker: str) -> list[UUID]:
    """The keys that stand in the newest copy of this person's data."""
    (edge,) = (await world.askers[asker].do(NEWEST))["dataExports"]["edges"]
    answer = await world.community.http.get(world.community.served.url + edge["node"]["url"])
    found = sorted(set(_UUID.findall(json.dumps(answer.json()))))
    assert len(found) > MOST_IDS / 2
    return [UUID(each) for each in found[:: max(1, len(found) // MOST_IDS)]]


async def test_its_ids_are_no_keys_to_what_others_may_not_read(world: World) -> None:
    keys = await ids_in_the_export_of(world, "mentee")
    named = [(name, key, str(global_id(NODES[name](id=key)))) for name in NODES for key in keys]
    shown = 0
    for asker, person in world.askers.items():
        for at in range(0, len(named) if asker != "suspended" else 0, BATCH):
            some = named[at : at + BATCH]
            nodes: list[Any] = await person.do(NODES_BY_IDS, ids=[value for _, _, value in some])
            for (name, key, value), node in zip(some, nodes, strict=True):
                held = world.relations.of(world.person_id(asker), name, key)
                may = key in world.relations.rows[name] and bool(held & readers(name, "id"))
                assert node is None or (may and node == {"__typename": name, "id": value}), (asker, name, key)
                shown += node is not None
        if asker != "suspended":
            assert await person.do(NODES_BY_IDS, ids=[str(key) for key in keys]) == [None] * len(keys), "as they stand"
    assert shown, "not even the person is shown anything"
