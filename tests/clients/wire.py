"""A wire to a server on this machine that can be cut and mended: bytes pass unchanged, until the connections drop."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

HERE = "127.0.0.1"


class Wire:
    """Made by `to`; `url` is the near end. While it is cut, every new connection is dropped too."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._whole = True
        self._ends: set[asyncio.StreamWriter] = set()
        self.url = ""

    @classmethod
    @asynccontextmanager
    async def to(cls, url: str) -> AsyncIterator["Wire"]:
        """A whole wire to the server at `url`."""
        port = urlsplit(url).port
        assert port is not None
        wire = cls(port)
        server = await asyncio.start_server(wire._join, HERE, 0)
        wire.url = f"http://{HERE}:{server.sockets[0].getsockname()[1]}"
        try:
            yield wire
        finally:
            server.close()
            wire.cut()

    def cut(self) -> int:
        """Drop all connections, as a lost network does, without a word; how many there were."""
        self._whole = False
        ends, self._ends = self._ends, set()
        for end in ends:
            end.transport.abort()
        return len(ends) // 2

    def mend(self) -> None:
        """Let new connections through again."""
        self._whole = True

    async def _join(self, reader: asyncio.StreamReader, near: asyncio.StreamWriter) -> None:
        if not self._whole:
            near.transport.abort()
            return
        try:
            far_reader, far = await asyncio.open_connection(HERE, self._port)
        except OSError:
            near.transport.abort()
            return
        if not self._whole:
            far.transport.abort()
            near.transport.abort()
            return
        self._ends |= {near, far}
        await asyncio.gather(self._carry(reader, far), self._carry(far_reader, near))

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One direction, until its source ends; a reset is one way for it to end."""
        try:
            while piece := await reader.read(65_536):
                writer.write(piece)
                await writer.drain()
        except OSError:
            writer.transport.abort()
        self._ends.discard(writer)
        writer.close()
