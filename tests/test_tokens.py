"""Access tokens: how a request carries one, how long it is good, and which are not ours."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import jwt
import pytest
from websockets.exceptions import ConnectionClosed

from models.errors import ErrorCode, Refused
from resolvers.tokens import AUDIENCE, ISSUER, Tokens
from tests.community import PASSWORD, Community
from tests.devices import VIEWER, refreshed, signed_in
from tests.documents import VIEWER_ACTIVITY

KEY, OTHER_KEY = "a key of more than 32 characters, for tests", "another key of more than 32 characters, too"
YEAR_1999, YEAR_2199 = datetime(1999, 1, 1, tzinfo=UTC), datetime(2199, 1, 1, tzinfo=UTC)


async def test_maya_sends_her_token_and_the_api_knows_her(community: Community) -> None:
    """With the token the viewer is Maya; without one, nobody."""
    maya = await community.person("Maya", birthDate="1988-05-17")

    viewer = await maya.do(VIEWER)
    assert (viewer["user"]["id"], viewer["email"], viewer["birthDate"]) == (maya.id, maya.email, "1988-05-17")
    assert await community.nobody.do(VIEWER) is None


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER", "Bearer  "])
async def test_the_scheme_may_be_written_in_any_case(community: Community, scheme: str) -> None:
    maya = await community.person("Maya")
    headers = {"authorization": f"{scheme} {maya.token}"}
    answer = await community.http.post(f"{maya.served.url}/graphql", json={"query": VIEWER}, headers=headers)
    assert answer.json()["data"]["viewer"]["email"] == maya.email


@pytest.mark.parametrize("authorization", ["", "Bearer", "Basic bWF5YTpzb2Fw", "Token {}", "{}", "Bearer {}x"])
async def test_any_other_authorization_is_refused_and_not_taken_for_nobodys(
    community: Community, authorization: str
) -> None:
    maya = await community.person("Maya")
    headers = {"authorization": authorization.format(maya.token)}
    answer = await community.http.post(f"{maya.served.url}/graphql", json={"query": VIEWER}, headers=headers)
    assert answer.status_code == 401
    assert answer.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    assert maya.token not in answer.text


async def test_an_access_token_ends_after_its_quarter_of_an_hour_and_the_answer_says_what_to_do(
    community: Community,
) -> None:
    """In requests and on sockets alike."""
    maya = await community.person("Maya")
    community.served.clock.advance(seconds=899)
    assert await signed_in(maya)

    community.served.clock.advance(seconds=1)
    assert not await signed_in(maya)
    assert "refreshSession" in (await maya.ask(VIEWER))["errors"][0]["message"]
    with pytest.raises(ConnectionClosed) as closed:
        async with maya.hears(VIEWER_ACTIVITY):
            pass
    assert closed.value.rcvd is not None and closed.value.rcvd.code == 4403
    assert await signed_in(await refreshed(maya))


@pytest.mark.parametrize("now", [YEAR_1999, YEAR_2199])
def test_only_the_time_that_is_given_decides_about_a_token(now: datetime) -> None:
    """Neither a token of the last century nor one of the next is measured by the clock on the wall."""
    tokens = Tokens(keys=[KEY], access_seconds=60)
    user_id, session_id = uuid4(), uuid4()
    token, expires_at = tokens.sign(user_id, session_id, now)

    assert expires_at == now + timedelta(seconds=60)
    claims = tokens.read(token, expires_at - timedelta(microseconds=1))
    assert (claims.user_id, claims.session_id, claims.expires_at) == (user_id, session_id, expires_at)
    with pytest.raises(Refused):
        tokens.read(token, expires_at)


def test_a_new_signing_key_logs_nobody_out_as_long_as_the_old_one_is_kept() -> None:
    old = Tokens(keys=[KEY])
    both = Tokens(keys=[OTHER_KEY, KEY])
    new = Tokens(keys=[OTHER_KEY])
    before, _ = old.sign(uuid4(), uuid4(), YEAR_1999)
    after, _ = both.sign(uuid4(), uuid4(), YEAR_1999)

    assert both.read(before, YEAR_1999)
    assert new.read(after, YEAR_1999)
    for tokens, token in ((new, before), (old, after)):
        with pytest.raises(Refused):
            tokens.read(token, YEAR_1999)
    assert KEY not in repr(old)


def forged(**changes: Any) -> str:
    """A token like ours but for one thing."""
    key, algorithm = changes.pop("key", KEY), changes.pop("algorithm", "HS256")
    hour = timedelta(hours=1)
    claims = {"sub": str(uuid4()), "sid": str(uuid4()), "exp": YEAR_2199 + hour, "iss": ISSUER, "aud": AUDIENCE}
    claims = {name: value for name, value in (claims | changes).items() if value is not None}
    return jwt.encode(claims, key, algorithm)


@pytest.mark.parametrize(
    "token",
    [
        forged(key=OTHER_KEY),
        forged(key=KEY * 2, algorithm="HS512"),
        forged(key=None, algorithm="none"),
        forged(aud="somebody else"),
        forged(iss="somebody else"),
        forged(exp=None),
        forged(sid=None),
        forged().rpartition(".")[0] + ".",
        "",
        "a.b.c",
        "é",
        "\ud800",
    ],
)
def test_a_token_that_we_did_not_sign_is_refused(token: str) -> None:
    tokens = Tokens(keys=[KEY])
    assert tokens.read(forged(), YEAR_2199), "a token in which nothing is wrong is read"
    with pytest.raises(Refused) as refusal:
        tokens.read(token, YEAR_2199)
    assert refusal.value.code == ErrorCode.UNAUTHENTICATED


@pytest.mark.parametrize("keys", [[], (), KEY])
def test_tokens_without_a_list_of_keys_cannot_be_made(keys: Any) -> None:
    """A single string would sign with its first letter."""
    with pytest.raises(ValueError):
        Tokens(keys=keys)


async def test_the_database_holds_no_token_and_no_password(community: Community) -> None:
    """Whoever reads a backup can neither log in nor go on with a session."""
    maya = await refreshed(await community.person("Maya"))
    tables = await community.database.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    rows = [str(row) for (table,) in tables for row in await community.database.fetch(f"SELECT * FROM {table}")]
    everything = "\n".join(rows)

    assert maya.email in everything, "the search would find what is there"
    for secret in (maya.token, maya.refresh_token, PASSWORD):
        assert secret not in everything
        assert secret.encode().hex() not in everything
