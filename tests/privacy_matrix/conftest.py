"""The world, made once for each module."""

from collections.abc import AsyncIterator

import pytest

from tests.community import Community
from tests.privacy_matrix.world import World, told
from tests.servers import Served, served_here, settings_for


@pytest.fixture(scope="module")
async def served(database_url: str, redis_url: str) -> AsyncIterator[Served]:
    """The application, which takes documents that ask for all there is: where types meet, each field has an alias."""
    much = {"max_aliases": 10_000, "max_cost": 10_000_000, "writes_burst": 1_000_000}
    async with served_here(settings_for(database_url, redis_url, **much)) as running:
        yield running


@pytest.fixture(scope="module")
async def world(served: Served) -> AsyncIterator[World]:
    """Everybody, after the story."""
    async with Community.on(served) as community:
        yield await told(community)
