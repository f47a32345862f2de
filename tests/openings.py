"""How ears in a test learn that the server, in the same process, listens for them: an act that follows is heard."""

import asyncio
import itertools
from typing import Any

from server.transports.gateway import Gateway
from server.transports.parameters import Operation

_EXTENSION = "ears"


class Openings:
    """Subscriptions that are being opened, each by a name that it bears in its extensions, which servers pass over."""

    def __init__(self) -> None:
        self._names = map(str, itertools.count(1))
        self._awaited: dict[str, asyncio.Event] = {}

    def extensions(self, begun: asyncio.Event) -> dict[str, Any]:
        """The extensions of an operation; once it has begun, or has been refused, `begun` is set."""
        name = next(self._names)
        self._awaited[name] = begun
        return {_EXTENSION: name}

    def gateway(self) -> type[Gateway]:
        """The gateway of a server that lets these know."""
        openings = self

        class Noticed(Gateway):
            async def begin(self, operation: Operation, *rest: Any, **more: Any) -> Any:
                try:
                    return await super().begin(operation, *rest, **more)
                finally:
                    openings._begun(operation)

        return Noticed

    def _begun(self, operation: Operation) -> None:
        begun = self._awaited.pop((operation.extensions or {}).get(_EXTENSION, ""), None)
        if begun is not None:
            begun.set()
