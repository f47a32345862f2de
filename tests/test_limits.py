"""Somebody who wants more than his share is told so, in a way that clients understand, and nobody else notices."""

import asyncio
import contextlib
import json

import httpx
import pytest
from websockets.asyncio.client import connect

from server.settings import Settings, SettingsError
from server.transports.admission import Admission, RateLimited
from server.transports.limits import Limits
from server.transports.tally import Tally
from tests.community import Community
from tests.limited_app import gateway, introduced, nothing_is_counted, streamed, turned_away
from tests.servers import served_here, settings_for
from tests.socket_client import connected, hear, opened, say, subscribe
from tests.transport_app import serve, until


async def test_a_person_with_too_many_sockets_is_sent_away_until_one_is_closed() -> None:
    """1013, after which graphql-ws tries again; 4429 would be final. Others, and those not signed in, get in."""
    served_by = gateway(max_sockets_per_user=2)
    async with serve(served_by) as served, connected(served, "maya"):
        async with connected(served, "maya"):
            async with opened(served) as third:
                assert await introduced(third, "maya") == (
                    1013,
                    "Too many sockets for this account (limit: 2): close one, or try again later.",
                )
            async with connected(served, "tom"), connected(served):
                pass
        await until(lambda: served_by.admission.by_person["maya"] == 1, "her second socket is counted down")
        async with connected(served, "maya"):
            pass
    assert served_by.tally.refusals == {"sockets_per_user": 1}
    await nothing_is_counted(served_by)


async def test_event_streams_count_as_sockets() -> None:
    """A stream too many is HTTP 429, which graphql-sse tries again; with one socket closed it gets in."""
    served_by = gateway(max_sockets_per_user=2)
    async with serve(served_by) as served, connected(served, "maya"), streamed(served, "maya") as first:
        assert first.status_code == 200
        async with streamed(served, "maya") as refused:
            assert (refused.status_code, refused.headers["retry-after"]) == (429, "5")
            (error,) = json.loads(await refused.aread())["errors"]
            assert error["extensions"] == {"code": "RATE_LIMITED"}
            assert error["message"] == "Too many sockets for this account (limit: 2): close one, or try again later."
        assert served_by.tally.sockets == {"websocket": 1, "sse": 1}, "a refused stream is not counted"
        async with opened(served) as socket:
            assert (await introduced(socket, "maya"))[0] == 1013
        await first.aclose()
        await until(lambda: served_by.admission.by_person["maya"] == 1, "the stream is counted down")
        async with streamed(served, "maya") as second:
            assert second.status_code == 200
    await nothing_is_counted(served_by)


async def test_an_address_with_too_many_sockets_is_turned_away_before_it_has_said_anything(caplog) -> None:
    """The log tells the operator what it may be about, once, and names no address."""
    served_by = gateway(max_sockets_per_address=2)
    async with serve(served_by) as served, connected(served), connected(served, "maya"):
        for _ in range(2):
            assert await turned_away(served) == (
                1013,
                "Too many sockets from your address (limit: 2): close one, or try again later.",
            )
        async with streamed(served, None) as stream:
            assert stream.status_code == 429
        async with httpx.AsyncClient() as client:
            answer = await client.post(served.http, json={"query": "{ hello }"})
        assert answer.status_code == 200, "requests are no sockets"
    assert served_by.tally.refusals == {"sockets_per_address": 3}
    warnings = [record.getMessage() for record in caplog.records if "named as trusted" in record.getMessage()]
    assert len(warnings) == 1 and "127.0.0.1" not in warnings[0]
    await nothing_is_counted(served_by)


async def test_who_starts_operations_too_fast_is_told_how_long_to_wait() -> None:
    """The pace is a person's: a second socket, or an event stream, gains nothing; another person has his own."""
    served_by = gateway(operations_per_second=2.0, operations_burst=4)
    async with serve(served_by) as served, connected(served, "maya") as one, connected(served, "maya") as two:
        for ws, operation_id in ((one, "a"), (one, "b"), (two, "a"), (two, "b")):
            await say(ws, subscribe("{ hello }", operation_id))
            assert [(await hear(ws))["type"] for _ in range(2)] == ["next", "complete"]
        await say(one, subscribe("{ hello }", "c"))
        refused = await hear(one)
        assert (refused["id"], refused["type"]) == ("c", "error")
        (error,) = refused["payload"]
        assert error["extensions"] == {"code": "RATE_LIMITED"}
        assert error["message"].startswith("Too many operations at once: wait 0.")
        wait = float(error["message"].split("wait ")[1].split(" ")[0])
        async with streamed(served, "maya", "{ hello }") as stream:
            assert (stream.status_code, stream.headers["retry-after"]) == (429, "1")
        async with connected(served, "tom") as other:
            await say(other, subscribe("{ hello }"))
            assert (await hear(other))["type"] == "next"
        await asyncio.sleep(wait)
        await say(one, subscribe("{ hello }", "c"))
        assert (await hear(one))["type"] == "next", "having waited as long as was said is enough"
    assert served_by.tally.refusals == {"operation_rate": 2}


async def test_those_who_are_not_signed_in_share_their_addresses_pace() -> None:
    """One address is one stranger, on however many sockets; who is signed in there has his own."""
    async with (
        serve(gateway(operations_per_second=0.1, operations_burst=1)) as served,
        connected(served) as one,
        connected(served) as two,
        connected(served, "maya") as maya,
    ):
        heard = []
        for ws in (one, two, maya):
            await say(ws, subscribe("{ hello }"))
            heard.append((await hear(ws))["type"])
        assert heard == ["next", "error", "next"]


async def test_a_clients_address_is_what_a_trusted_proxy_says_and_nobody_else() -> None:
    """Who forges the header gains nothing; behind a proxy of ours each client counts for himself."""

    def at(address: str) -> dict[str, dict[str, str]]:
        return {"additional_headers": {"X-Forwarded-For": address}}

    async with serve(gateway(max_sockets_per_address=1)) as served, opened(served, **at("203.0.113.7")):
        assert (await turned_away(served, **at("203.0.113.8")))[0] == 1013
    behind_a_proxy = gateway(max_sockets_per_address=1, trusted_proxies=("127.0.0.0/8",))
    async with (
        serve(behind_a_proxy) as served,
        opened(served, **at("203.0.113.7")),
        opened(served, **at("203.0.113.8")),
    ):
        for forged in ("203.0.113.7", "198.51.100.1, 203.0.113.7"):
            assert (await turned_away(served, **at(forged)))[0] == 1013


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("192.0.2.1", "::ffff:192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
    ],
)
def test_a_subscribers_whole_network_counts_as_one_address(first: str, second: str, same: bool) -> None:
    """Whoever has one IPv6 address has 2**64 of them."""
    admission = Admission(Limits(max_sockets_per_address=1), Tally())
    visit = admission.enter("websocket", (first, 1))
    with pytest.raises(RateLimited) if same else contextlib.nullcontext():
        admission.enter("websocket", (second, 2)).leave()
    visit.leave()
    assert not admission.by_address


def test_the_pace_of_those_who_have_gone_takes_no_memory() -> None:
    """100,000 addresses come once each: those whose bucket has filled up again are forgotten; the hasty are not."""
    now = 0.0
    admission = Admission(Limits(operations_per_second=1, operations_burst=2), Tally(), lambda: now)
    hasty = admission.enter("websocket", ("192.0.2.1", 1))
    for number in range(100_000):
        now += 0.01
        admission.enter("websocket", (f"198.51.{number >> 8 & 255}.{number & 255} {number}", 1)).operation(0)
        with contextlib.suppress(RateLimited):
            hasty.operation(0)
    assert len(admission._buckets) < 3_000
    with pytest.raises(RateLimited):
        hasty.operation(0)


async def test_an_operators_settings_are_what_holds(database_url: str) -> None:
    """From the environment to the person who is refused, on the whole application."""
    settings = settings_for(database_url, "memory://", max_sockets_per_user=1, operations_burst=2)
    async with served_here(settings) as running, Community.on(running) as community:
        maya = await community.person("Maya")
        async with maya.hears("{ viewer { user { name } } }") as first:
            assert (await first.next())["user"]["name"] == "Maya"
            async with connect(running.socket_url, subprotocols=["graphql-transport-ws"]) as ws:
                assert (await introduced(ws, maya.token or ""))[0] == 1013


@pytest.mark.parametrize("proxies", ["*", "proxy.example.org", "10.0.0.1/8"])
def test_a_proxy_that_could_be_anybody_is_not_trusted(proxies: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With “*”, a client would choose the address that it is counted under."""
    monkeypatch.setenv("MENTORSHIP_TRUSTED_PROXIES", proxies)
    with pytest.raises(SettingsError, match="MENTORSHIP_TRUSTED_PROXIES"):
        Settings.from_environment()
    monkeypatch.setenv("MENTORSHIP_TRUSTED_PROXIES", "10.0.0.1, 10.1.0.0/16,::1")
    assert Settings.from_environment().trusted_proxies == ["10.0.0.1", "10.1.0.0/16", "::1"]
