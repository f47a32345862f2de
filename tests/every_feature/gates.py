"""What stands before a field: permissions, and extensions that change or delay its value."""

import asyncio
from typing import Any

from strawberry.extensions import FieldExtension
from strawberry.permission import BasePermission

from tests.every_feature.world import Info, trail_of


class Shy(BasePermission):
    """Lets nobody see what is troubled."""

    message = "It is shy."
    error_extensions = {"code": "SHY"}

    def has_permission(self, source: Any, info: Info, **kwargs: Any) -> bool:
        return info.context.roll("shy", trail_of(source)) >= info.context.trouble


class Slow(BasePermission):
    """The same, told later."""

    message = "It is slow."

    async def has_permission(self, source: Any, info: Info, **kwargs: Any) -> bool:
        await asyncio.sleep(0)
        return info.context.roll("slow", trail_of(source), sorted(kwargs)) >= info.context.trouble


class Louder(FieldExtension):
    """Adds an argument's worth of noise to a text."""

    def resolve(self, next_: Any, source: Any, info: Info, **kwargs: Any) -> Any:
        found = next_(source, info, **kwargs)
        return found.upper() if isinstance(found, str) else found


class Later(FieldExtension):
    """Waits before it gives what it was given."""

    async def resolve_async(self, next_: Any, source: Any, info: Info, **kwargs: Any) -> Any:
        await asyncio.sleep(0)
        return await next_(source, info, **kwargs)
