"""What one person may ask for in a time, and how the walk that finds a document's size stays short."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from graphql import parse
from graphql.language import FragmentDefinitionNode, OperationDefinitionNode
from tortoise.connection import get_connection
from websockets.asyncio.client import connect

from models.database import STATEMENT_SECONDS
from resolvers.rate_limits import RateLimit
from resolvers.tokens import Tokens
from schema.allowance import Allowance
from schema.compiled import cost as costing
from schema.compiled import measure
from schema.compiled.cost import Cost
from schema.compiled.documents import Document
from schema.context import Context
from schema.schema import schema
from server.settings import Settings
from tests import abusing
from tests.community import Community, Person
from tests.servers import SECRET_KEY, Databases, served_here, settings_for
from tests.socket_client import hear, say

RESPONSE = "application/graphql-response+json"
POINTS = "query($n: Int) { viewer { matches(first: $n) { edges { node { id } } } } }"


async def answered(person: Person, document: str, **variables: object) -> tuple[int, dict[str, str], dict]:
    """Status, headers and the whole body of an answer."""
    headers = {"accept": RESPONSE} | ({"authorization": f"Bearer {person.token}"} if person.token else {})
    body = {"query": document, "variables": variables}
    answer = await person.http.post(f"{person.served.url}/graphql", json=body, headers=headers)
    return answer.status_code, dict(answer.headers), answer.json()


async def test_who_asks_for_much_is_told_what_is_left_and_how_long_to_wait(
    databases: Databases, redis_url: str
) -> None:
    """Maya spends her points; Tom still has his. After a while she has some again."""
    async with databases.fresh() as url:
        settings = settings_for(url, redis_url, max_cost=500, cost_burst=500, cost_per_second=10)
        async with served_here(settings) as served, Community.on(served) as community:
            maya, tom = await community.people("Maya", "Tom")
            for left in (398, 296, 194, 92):  # the plan of the second time and on counts like graphql-core
                status, _, body = await answered(maya, POINTS, n=50)
                assert status == 200 and body["extensions"] == {"cost": {"requested": 102, "remaining": left}}
            async with community.nothing_changes():
                status, headers, body = await answered(maya, POINTS, n=50)
            (error,) = body["errors"]
            assert status == 429 and headers["retry-after"] == "1" and "data" not in body
            cost = {"requested": 102, "remaining": 92}
            assert error["extensions"] == {"code": "RATE_LIMITED", "retryAfter": 1, "cost": cost}
            assert error["message"] == "That was a lot in a short time. Wait 1 second, then ask again."
            assert (await answered(maya, POINTS, n=1))[0] == 200, "what is small enough still goes"
            assert (await answered(tom, POINTS, n=50))[2]["extensions"]["cost"]["remaining"] == 398
            async with maya.hears(POINTS, n=100) as ears:
                assert (await ears.refusal())["extensions"]["code"] == "RATE_LIMITED"
            served.clock.advance(seconds=60)
            assert (await answered(maya, POINTS, n=50))[2]["extensions"]["cost"]["remaining"] == 398


@asynccontextmanager
async def somebody_at(address: str, community: Community) -> AsyncIterator[Person]:
    """Somebody who is not signed in, whom a proxy of ours has seen come from there."""
    async with httpx.AsyncClient(timeout=30, headers={"x-forwarded-for": address}) as http:
        yield replace(community.nobody, http=http)


async def spent_over_a_socket(community: Community, address: str) -> str:
    """The code with which somebody from this address is refused what costs 102 points; empty if he is not."""
    headers = {"X-Forwarded-For": address}
    protocol: Any = "graphql-transport-ws"
    async with connect(community.served.socket_url, subprotocols=[protocol], additional_headers=headers) as socket:
        await say(socket, {"type": "connection_init"})
        assert (await hear(socket))["type"] == "connection_ack"
        await say(socket, {"id": "1", "type": "subscribe", "payload": {"query": POINTS, "variables": {"n": 50}}})
        heard = await hear(socket)
    return heard["payload"][0]["extensions"]["code"] if heard["type"] == "error" else ""


async def test_who_is_not_signed_in_shares_a_budget_with_all_at_his_address(
    databases: Databases, redis_url: str
) -> None:
    """Over HTTP and sockets alike; a whole IPv6 network is one address, and Maya's budget is her own at any."""
    async with databases.fresh() as url:
        few = {"max_cost": 500, "cost_burst": 500, "cost_per_second": 10}
        settings = settings_for(url, redis_url, trusted_proxies="127.0.0.1", **few)
        async with served_here(settings) as served, Community.on(served) as community:
            maya = await community.person("Maya")
            for first, second, far in (
                ("203.0.113.7", "203.0.113.7", "203.0.113.8"),
                ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", "2001:db8:1:3::1"),
            ):
                async with somebody_at(first, community) as one, somebody_at(second, community) as other:
                    for left in (398, 296, 194, 92):
                        _, _, body = await answered(one, POINTS, n=50)
                        assert body["extensions"] == {"cost": {"requested": 102, "remaining": left}}
                    status, headers, body = await answered(other, POINTS, n=50)
                    (error,) = body["errors"]
                    assert status == 429 and headers["retry-after"] == "1" and "data" not in body
                    cost = {"requested": 102, "remaining": 92}
                    assert error["extensions"] == {"code": "RATE_LIMITED", "retryAfter": 1, "cost": cost}
                    signed_in = replace(other, token=maya.token)
                    assert (await answered(signed_in, POINTS, n=1))[2]["extensions"]["cost"]["remaining"] > 400
                assert await spent_over_a_socket(community, second) == "RATE_LIMITED"
                assert await spent_over_a_socket(community, far) == ""


def test_where_nobody_knows_the_address_there_is_no_budget() -> None:
    asker = Context(viewer=None, now=datetime(2026, 3, 2, tzinfo=UTC), tokens=Tokens([SECRET_KEY]))
    assert Allowance(budget=RateLimit(1, 1)).charge(asker, 100) == {"requested": 100, "remaining": None}


def test_a_bomb_of_fragments_is_measured_by_looking_once_at_each_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """Work is counted, not time: thirty fragments that spread each other twice ask for a thousand million fields."""
    walks: list[measure._Walk] = []
    init = measure._Walk.__init__

    def noted(walk: measure._Walk, *given: object) -> None:
        walks.append(walk)
        init(walk, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(measure._Walk, "__init__", noted)
    for deep in (10, 30, 90):
        node = parse(abusing.bomb(deep))
        fragments = {each.name.value: each for each in node.definitions if isinstance(each, FragmentDefinitionNode)}
        operations = [each for each in node.definitions if isinstance(each, OperationDefinitionNode)]
        size = measure.measure(operations, fragments)
        assert size.fields == 2 ** (deep + 1) + 1
        assert walks[-1].steps == 2 * deep + 4


def test_what_is_refused_was_not_validated(monkeypatch: pytest.MonkeyPatch) -> None:
    """Validation takes longer the larger a document is; a bomb never gets that far."""
    document = Document(schema._schema, abusing.bomb(30))
    assert document._errors is None and document.size.fields > 10**9


def cost(text: str, **variables: object) -> int:
    document = Document(schema._schema, text)
    assert not document.errors
    return document.operations[0].cost.of(variables)


def test_cost_counts_objects_by_the_size_of_pages() -> None:
    assert cost("{ __typename }") == 1
    assert cost("{ viewer { user { name } } }") == 2
    assert cost(POINTS, n=10) == 2 + 10 * 2
    assert cost(POINTS, n=None) == 2 + 20 * 2, "a page that does not say has twenty"
    assert (
        cost("{ viewer { matches(first: 3) { ...M } } } fragment M on MatchConnection { edges { node { id } } }") == 8
    )
    assert cost("{ viewer { matches(last: 100) { edges { node { space { steps { title } } } } } } }") == 2 + 100 * 4
    assert cost("{ __schema { types { name } } }") == 100
    assert cost('mutation { logOut(input: { refreshToken: "x" }) { errors { code } } }') == 10 + 2


def test_a_cost_is_worked_out_once_for_the_sizes_of_its_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """A document that comes again costs a look into a dict."""
    walks = []
    monkeypatch.setattr(costing, "_Walk", lambda *given, _walk=costing._Walk: walks.append(1) or _walk(*given))
    operation = Document(schema._schema, POINTS).operations[0]
    assert isinstance(operation.cost, Cost)
    for _ in range(50):
        assert operation.cost.of({"n": 5}) == 12 and operation.cost.of({"n": 6}) == 14
    assert len(walks) == 2


async def test_no_statement_runs_for_longer_than_the_database_is_told(community: Community) -> None:
    connection = get_connection("default")
    ((found,),) = [each.values() for each in await connection.execute_query_dict("SHOW statement_timeout")]
    assert found == f"{STATEMENT_SECONDS}s"


def test_a_budget_that_could_never_be_spent_is_refused() -> None:
    with pytest.raises(ValueError, match="MENTORSHIP_COST_BURST"):
        Settings(max_cost=20_000, cost_burst=1_000)


async def test_where_they_are_on_introspection_goes_round_in_no_circles(community: Community) -> None:
    """GraphiQL's own query is answered, one that follows types to their fields and back is not."""
    nobody = community.nobody
    assert "errors" not in await nobody.ask("{ __schema { types { name fields { name type { name } } } } }")
    answer = await nobody.ask(abusing.CIRCULAR_INTROSPECTION)
    assert answer["errors"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"
    assert "Did you mean 'viewer'" in (await nobody.ask("{ viewr { user { id } } }"))["errors"][0]["message"]


async def test_https_is_insisted_on_only_where_the_operator_says_so(community: Community) -> None:
    answer = await community.http.post(f"{community.served.url}/graphql", json={"query": "{ __typename }"})
    assert "strict-transport-security" not in answer.headers
