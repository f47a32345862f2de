"""The world, made once for each module."""

from collections.abc import AsyncIterator

import pytest

from tests.community import Community
from tests.privacy_matrix.world import World, told
from tests.servers import Served


@pytest.fixture(scope="module")
async def world(served: Served) -> AsyncIterator[World]:
    """Everybody, after the story."""
    async with Community.on(served) as community:
        yield await told(community)
