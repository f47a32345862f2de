"""A line to a server that can be cut, hung, or made to forget its connections."""

import asyncio
import contextlib
from urllib.parse import urlsplit


class Line:
    """The line to the database: whoever connects here is talking to it, as long as the line is up."""

    def __init__(self, to: str) -> None:
        self._to = urlsplit(to)
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._generation = 0
        self._last_words: bytes | None = None
        self.port = 0

    @property
    def url(self) -> str:
        """The database's address at this end of the line."""
        return self._to._replace(netloc=f"{self._to.netloc.rpartition(':')[0]}:{self.port}").geturl()

    async def up(self) -> None:
        """Connections are accepted, and bytes flow."""
        self._flowing.set()
        if self._server is None:
            self._server = await asyncio.start_server(self._accept, "127.0.0.1", self.port)
            self.port = self._server.sockets[0].getsockname()[1]

    def hang(self) -> None:
        """Connections are accepted and stay, but nothing flows any more."""
        self._flowing.clear()

    def forget(self) -> None:
        """Connections that there are fall silent for good, and new ones work: as after a NAT has lost its memory."""
        self._generation += 1

    def answer_nothing_after(self, words: bytes) -> None:
        """Once these have reached the database, none of its answers comes back on the connection that carried them."""
        self._last_words = words

    def cut(self) -> None:
        """Connections are refused, and those that there were are gone."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for writer in self._writers:
            writer.transport.abort()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection(self._to.hostname, self._to.port)
        self._writers |= {writer, far_writer}
        mute = asyncio.Event()
        await asyncio.gather(self._carry(reader, far_writer, hears=mute), self._carry(far_reader, writer, obeys=mute))

    async def _carry(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        hears: asyncio.Event | None = None,
        obeys: asyncio.Event | None = None,
    ) -> None:
        born = self._generation
        with contextlib.suppress(OSError):
            while data := await reader.read(65_536):
                await self._flowing.wait()
                if born != self._generation or (obeys is not None and obeys.is_set()):
                    continue
                if hears is not None and self._last_words is not None and self._last_words in data:
                    hears.set()
                writer.write(data)
                await writer.drain()
        writer.close()
