"""An operator reads how long operations take, by what apps call them, and what clients were told; names stay names."""

import logging
import re
from collections.abc import AsyncIterator

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families as parse

from server.transports.names import MOST_CANDIDATES, MOST_NAMES, Names
from tests.community import Community, Person
from tests.documents import CREATE_POST, MATCH_ACTIVITY
from tests.scraping import Page, scrape, until
from tests.servers import served_here, settings_for

WHO_AM_I = "query WhoAmI { viewer { user { name } } }"


@pytest.fixture
async def alone(database_url: str, redis_url: str) -> AsyncIterator[Community]:
    """People on an application that has counted nothing yet."""
    async with served_here(settings_for(database_url, redis_url)) as served, Community.on(served) as community:
        yield community


def names_in(page: Page) -> set[str]:
    """What operations are called on this page."""
    samples = [sample for family in parse(page.text) for sample in family.samples]
    return {each.labels["name"] for each in samples if each.name == "mentorship_operation_seconds_count"}


async def test_an_operator_sees_how_long_what_an_app_asks_for_takes(alone: Community) -> None:
    """Once five people have used it, the operation is called by its name; a single histogram has what each takes."""
    people = [await alone.person(f"Person {number}") for number in range(5)]
    for person in people[:4]:
        await person.do(WHO_AM_I)
        await person.do(WHO_AM_I)
    assert "WhoAmI" not in names_in(await scrape(alone.served)), "four people may be one who has four accounts"
    before = (await scrape(alone.served))("operation_seconds_count", "other", "query")
    await people[4].do(WHO_AM_I)
    await people[0].do(WHO_AM_I)
    page = await scrape(alone.served)
    assert page("operation_seconds_count", "WhoAmI", "query") == 2
    assert page("operation_seconds_bucket", "+Inf", "WhoAmI", "query") == 2
    assert page("operation_seconds_sum", "WhoAmI", "query") > 0
    assert page("operation_seconds_count", "other", "query") == before == 8
    assert page("http_request_seconds_count", "POST", "/graphql", "200") >= 10
    assert page("statement_seconds_count", "default", "SELECT") > 0


async def test_what_one_person_says_in_a_name_is_said_nowhere(alone: Community) -> None:
    maya = await alone.person("Maya")
    for _ in range(20):
        await maya.do("query MyPartnerIsTomFromLeeds { viewer { user { name } } }")
    page = await scrape(alone.served)
    assert "Tom" not in page.text
    assert page("operation_seconds_count", "other", "query") == 20


async def test_who_makes_up_names_fills_nothing(alone: Community) -> None:
    """A hundred names of one person, and many more than are kept of many: there are as many series as before."""
    maya = await alone.person("Maya")
    for number in range(100):
        await maya.do(f"query Made{number} {{ viewer {{ user {{ name }} }} }}")
    assert names_in(await scrape(alone.served)) <= {"other", "unnamed"}
    names = Names()
    for number in range(10_000):
        names.answered(f"Made{number}", "one and the same")
        for who in range(6):
            names.answered(f"Shared{number}", who)
    assert len(names._known) == MOST_NAMES
    assert len(names._users) <= MOST_CANDIDATES
    assert names.shown("Shared99") == "Shared99"
    assert names.shown("Shared100") == names.shown("Made9999") == names.shown("A" * 10_000) == "other"


async def test_an_operator_lists_what_the_apps_ask_and_no_other_name_is_said(database_url: str) -> None:
    settings = settings_for(database_url, "memory://", operation_names=["WhoAmI"])
    async with served_here(settings) as served, Community.on(served) as community:
        people = [await community.person(f"Person {number}") for number in range(6)]
        await people[0].do(WHO_AM_I)
        for person in people:
            await person.do("query SomethingElse { viewer { email } }")
        page = await scrape(served)
        assert page("operation_seconds_count", "WhoAmI", "query") == 1
        assert names_in(page) <= {"WhoAmI", "other", "unnamed"}


async def test_a_subscription_counts_when_it_has_opened_and_not_for_as_long_as_it_lasts(alone: Community) -> None:
    pair = await alone.pair()
    async with pair.mentee.hears(MATCH_ACTIVITY, matchId=pair.id) as tom:
        page = await until(alone.served, lambda page: page("operation_seconds_count", "unnamed", "subscription") == 1)
        assert page("operations_total", "left", "subscription") == 0
        await pair.mentor.do(CREATE_POST, input={"matchId": pair.id, "body": "Hello"})
        await tom.next()
    page = await until(alone.served, lambda page: page("operations_total", "left", "subscription") == 1)
    assert page("operation_seconds_count", "unnamed", "subscription") == 1
    assert page("statement_seconds_count", "live", "SELECT") > 0


async def post(person: Person, body: bytes, **headers: str) -> httpx.Response:
    given = {"content-type": "application/json", "authorization": f"Bearer {person.token}"} | headers
    return await person.http.post(f"{person.served.url}/graphql", content=body, headers=given)


async def test_an_operator_sees_what_clients_were_told_by_code(alone: Community) -> None:
    """What came no further than HTTP, what was refused before anything ran, refusals as data, and our own faults."""
    pair = await alone.pair()
    eve = await alone.person("Eve")
    await post(eve, b'{"query": "{ __typename }"}', authorization="Bearer x.y.z")
    await post(eve, b"not json")
    await eve.ask("query {")
    await eve.ask("query { nonsense }")
    await eve.ask("query($id: ID!) { node(id: $id) { id } }")
    await eve.refused(CREATE_POST, input={"matchId": pair.id, "body": "Let me in"})
    async with eve.hears("subscription { nonsense }") as ears:
        await ears.refusal()
    async with eve.hears(MATCH_ACTIVITY, matchId=pair.id) as ears:
        await ears.refusal()

    await alone.database.execute("ALTER TABLE groups RENAME TO not_there")
    await eve.ask("{ groups { edges { node { id } } } }")
    page = await until(alone.served, lambda page: page("operations_total", "refused", "subscription") == 2)
    told = {key[1:]: value for key, value in page.samples.items() if key[0] == "mentorship_errors_total"}
    assert told == {
        ("UNAUTHENTICATED", "http"): 1,
        ("BAD_REQUEST", "http"): 1,
        ("GRAPHQL_PARSE_FAILED", "graphql"): 1,
        ("GRAPHQL_VALIDATION_FAILED", "graphql"): 2,
        ("BAD_USER_INPUT", "graphql"): 1,
        ("INTERNAL", "graphql"): 1,
        ("NOT_FOUND", "payload"): 1,
        ("NOT_FOUND", "graphql"): 1,
    }


async def test_an_address_that_leads_nowhere_is_no_label(alone: Community) -> None:
    async with httpx.AsyncClient() as client:
        for method, path in (("GET", "/a-secret/place"), ("PATCH", "/graphql"), ("GET", "/healthz")):
            await client.request(method, f"{alone.served.url}{path}?token=secret")
    page = await scrape(alone.served)
    assert "secret" not in page.text.lower()
    assert page("http_request_seconds_count", "GET", "other", "404") == 1
    assert page("http_request_seconds_count", "other", "/graphql", "405") == 1
    assert page("http_request_seconds_count", "GET", "/healthz", "200") == 1


async def test_a_developer_sees_each_operation_in_the_log(alone: Community, caplog: pytest.LogCaptureFixture) -> None:
    """At the level debug: its type and time, and with what it belongs to, as any line."""
    with caplog.at_level(logging.DEBUG, "server.transports.watch"):
        maya = await alone.person("Maya")
        await maya.do(WHO_AM_I)
    lines = [record.getMessage() for record in caplog.records if record.name == "server.transports.watch"]
    assert [re.sub(r"[0-9.]+ ms", "… ms", line) for line in lines] == [
        "The mutation was answered after … ms (done).",
        "The query was answered after … ms (done).",
    ]
