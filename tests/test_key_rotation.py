"""Another secret key takes the old one's place, one machine after the other, and nobody is logged out."""

from contextlib import AsyncExitStack
from dataclasses import replace

import pytest

from tests.community import Community, Person
from tests.devices import another_device, refreshed, signed_in
from tests.servers import Databases, Served, served_apart

OLD, NEW = "the old secret key of 32 letters or more", "the new secret key of 32 letters or more"


async def on_both(person: Person, *servers: Served) -> bool:
    """Whether the person's tokens are good wherever a proxy may send them."""
    return all([await signed_in(replace(person, served=each)) for each in servers])


@pytest.mark.timeout(300)
async def test_a_key_is_replaced_in_three_steps_and_nobody_is_logged_out(databases: Databases, redis_url: str) -> None:
    """Maya stays logged in all the time; in each step the two workers know different keys for a while, and what one of
    them signs is good at the other."""
    async with databases.fresh() as url, AsyncExitStack() as first_one, AsyncExitStack() as second_one:

        async def started(stack: AsyncExitStack, keys: str) -> Served:
            await stack.aclose()
            return await stack.enter_async_context(served_apart(url, redis_url, workers=1, secret_key=keys))

        first, second = await started(first_one, OLD), await started(second_one, OLD)
        async with Community.on(first) as community:
            maya = await community.person("Maya")
        for keys in (f"{OLD},{NEW}", f"{NEW},{OLD}", NEW):
            first = await started(first_one, keys)
            for signer in (first, second):
                async with Community.on(signer) as community:
                    here = replace(maya, served=signer, http=community.http)
                    assert await on_both(here, first, second)
                    assert await on_both(await another_device(here), first, second)
                    maya = await refreshed(here)
                    assert await on_both(maya, first, second)
            second = await started(second_one, keys)
            async with Community.on(second) as community:
                maya = await refreshed(replace(maya, served=second, http=community.http))
                assert await on_both(maya, first, second)
        async with Community.on(first) as community:
            assert await signed_in(replace(maya, served=first, http=community.http))
