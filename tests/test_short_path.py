"""Operations sent by POST go past Starlette to their endpoint: what they are answered is the same as by its routes."""

from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from starlette.applications import Starlette
from starlette.types import Message, Receive, Scope, Send

from resolvers.tokens import Tokens
from server.app import create_app
from server.transports.tally import Histograms
from tests.community import Community, Pair
from tests.documents import CREATE_POST
from tests.servers import SECRET_KEY, settings_for
from tests.two_ways import Asked, answered, corpus, without_made_ids


@dataclass(frozen=True)
class Ways:
    """One application, to be asked in both ways; Tom is the one who asks."""

    short: Starlette
    tokens: dict[str, str]
    match: str

    def corpus(self) -> list[Asked]:
        return corpus(self.tokens, self.match)

    async def long(self, scope: Scope, receive: Receive, send: Send) -> None:
        await Starlette.__call__(self.short, scope, receive, self.short.sending(scope, send))


@pytest.fixture
async def ways(community: Community, redis_url: str) -> AsyncIterator[Ways]:
    """Over the database and the hub that the served application has opened in this process."""
    pair: Pair = await community.pair()
    await pair.mentee.do(CREATE_POST, input={"matchId": pair.id, "body": "Hello"})
    clock = community.served.clock
    app = create_app(settings_for(community.served.database_url, redis_url, max_body_bytes=20_000), clock=clock)
    forged = Tokens(["not the key of this server, but as long as one"])
    claims = Tokens([SECRET_KEY]).read(str(pair.mentee.token), clock())
    late = Tokens([SECRET_KEY]).sign(claims.user_id, claims.session_id, clock() - timedelta(hours=1))[0]
    tokens = {
        "good": str(pair.mentee.token),
        "expired": late,
        "forged": forged.sign(claims.user_id, claims.session_id, clock())[0],
        "nobody's": "x.y.z",
    }
    yield Ways(app, tokens, pair.id)


async def test_both_ways_answer_alike_byte_by_byte(ways: Ways) -> None:
    """Twice each, since a document is executed otherwise when it comes again."""
    statuses = set()
    for asked in ways.corpus():
        for _ in range(2):
            found, expected = await answered(ways.short, asked), await answered(ways.long, asked)
            assert without_made_ids(found) == without_made_ids(expected), asked
            statuses.add(found[0])
    assert statuses >= {200, 307, 400, 401, 404, 405, 406, 413, 415}


async def test_both_ways_count_alike(ways: Ways) -> None:
    tally = ways.short._over_http._gateway.tally

    def timed(timings: Histograms) -> Counter[tuple[str, ...]]:
        return Counter({labels: histogram.cumulative[-1] for labels, histogram in timings.items()})

    def counted() -> list[Counter[tuple[str, ...]]]:
        timings = tally.operation_seconds, tally.request_seconds
        return [tally.operations.copy(), tally.errors.copy(), *map(timed, timings)]

    counts = []
    for way in (ways.short, ways.long):
        before = counted()
        for asked in ways.corpus():
            await answered(way, asked)
        counts.append([now - then for now, then in zip(counted(), before, strict=True)])
    assert counts[0] == counts[1]
    operations, errors, operation_seconds, request_seconds = counts[0]
    assert {kind for kind, _ in operations} >= {"query", "mutation", "subscription", "unknown"}
    assert {("http", "UNAUTHENTICATED"), ("graphql", "GRAPHQL_PARSE_FAILED")} <= errors.keys()
    assert sum(operation_seconds.values()) == sum(operations.values())
    assert sum(request_seconds.values()) == len(ways.corpus())


async def test_who_leaves_before_the_body_is_there_gets_no_answer(ways: Ways) -> None:
    async def receive() -> Message:
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        raise AssertionError("nobody is there")

    scope = {"type": "http", "method": "POST", "path": "/graphql", "query_string": b"", "root_path": "", "state": {}}
    for way in (ways.short, ways.long):
        await way(scope | {"headers": [(b"content-type", b"application/json")]}, receive, send)
