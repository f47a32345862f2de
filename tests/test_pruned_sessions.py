"""Sessions and refresh tokens that ended long ago are forgotten; those in use go on."""

from tests.community import Community
from tests.devices import another_device, refresh_refused, refreshed, signed_in
from tests.falling_due import id_of, ticker_on
from tests.servers import Served


async def session_of(community: Community, user_id: str) -> tuple[int, int]:
    """How many sessions and refresh tokens a person has."""
    return tuple(
        await community.database.fetchrow(
            "SELECT count(DISTINCT sessions.id), count(refresh_tokens.id) FROM sessions"
            " LEFT JOIN refresh_tokens ON session_id = sessions.id WHERE user_id = $1",
            id_of(user_id),
        )
    )


async def test_a_session_that_ended_long_ago_is_forgotten(served: Served, community: Community) -> None:
    """Maya let hers run out, Tom ended his: 30 days after its end each is gone, its tokens as good as before."""
    maya, tom = await community.people("Maya", "Tom")
    await community.database.execute(
        "UPDATE sessions SET revoked_at = $2 WHERE user_id = $1", id_of(tom.id), served.clock()
    )
    served.clock.advance(days=29)
    await ticker_on(served, "prune-session").tick()
    assert await session_of(community, tom.id) == (1, 1)
    served.clock.advance(days=2)
    await ticker_on(served, "prune-session").tick()
    assert await session_of(community, tom.id) == (0, 0)
    assert await session_of(community, maya.id) == (1, 1), "expired a day ago"
    served.clock.advance(days=31)
    await ticker_on(served, "prune-session").tick()
    assert await session_of(community, maya.id) == (0, 0)
    for person in (maya, tom):
        await refresh_refused(community, person)
    assert await signed_in(await another_device(maya))


async def test_a_session_in_use_loses_its_old_tokens_and_goes_on(served: Served, community: Community) -> None:
    """Maya comes back every three weeks for months: the tokens that she once had go, and she stays logged in."""
    maya = await community.person("Maya")
    most = 0
    for _ in range(10):
        served.clock.advance(days=21)
        maya = await refreshed(maya)
        await ticker_on(served, "prune-session").tick()
        sessions, tokens = await session_of(community, maya.id)
        most = max(most, tokens)
        assert sessions == 1
    assert most == 3
    assert await signed_in(maya)
