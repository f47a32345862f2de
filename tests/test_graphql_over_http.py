"""The served API speaks GraphQL over HTTP as its specification says: the audits of npm's graphql-http, one by one."""

import asyncio
import json

from tests.servers import Served
from tests.tools import Tools

AUDITS = 61
"""How many there are; a newer graphql-http that asks more, or less, is to be noticed."""


async def test_all_audits_of_graphql_http_pass(two_workers: Served, tools: Tools) -> None:
    """Those that the specification requires, and those that it only recommends. What fails is named with its reason."""
    told = await asyncio.to_thread(tools.run, "audits.mjs", ENDPOINT=f"{two_workers.url}/graphql")
    audits = [json.loads(line) for line in told.splitlines()]

    wanting = [f"{each['id']} {each['name']}: {each.get('reason')}" for each in audits if each["status"] != "ok"]
    assert wanting == []
    assert len(audits) == AUDITS
