"""Whether the process lives (/healthz) and whether it can serve (/readyz), for load balancers and people on call."""

import asyncio
import logging

import asyncpg
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from tortoise.connection import get_connection
from tortoise.exceptions import BaseORMException

from models.migrating import lacking
from pubsub.live import Live
from pubsub.patience import PASSING
from server.settings import MEMORY, SettingsError
from server.transports.connection import connection_of

DATABASE_WITHIN = 2.0
"""Seconds that the database has to answer the simplest question."""

_FRESH = {"cache-control": "no-store"}
_MESSAGES = {
    "ready": "All is well.",
    "degraded": "The broker is down: live events are up to a second late, nothing else suffers.",
    "unavailable": f"The database has not answered within {DATABASE_WITHIN:.0f} seconds, or refused.",
    "behind": "The database is older than this release: run `mentorship migrate`.",
    "closing": "The server is shutting down.",
}

log = logging.getLogger(__name__)


class Health:
    """One application's health; `live` is None before it has started and once it closes."""

    def __init__(self, redis_url: str) -> None:
        self._in_process = redis_url == MEMORY
        self._database_was_up = True
        self._asking: asyncio.Task[str | None] | None = None
        self._behind: bool | None = None
        """Whether the database is older than this release, once it was asked; it does not become so."""
        self.live: Live | None = None

    async def healthz(self, request: Request) -> Response:
        """200 as long as the event loop turns, whatever else is the matter: to restart the process would not help."""
        return PlainTextResponse("ok\n", headers=_FRESH)

    async def readyz(self, request: Request) -> Response:
        """200 when requests can be served, in full or degraded; 503 without a database and while shutting down."""
        database = await self._database_answers()
        broker = self._broker()
        if self.live is None or connection_of(request.scope).closing.is_set():
            status = "closing"
        elif not database:
            status = "unavailable"
        elif self._behind:
            status = "behind"
        else:
            status = "degraded" if broker == "down" else "ready"
        said = {
            "status": status,
            "database": "up" if database else "down",
            "broker": broker,
            "message": _MESSAGES[status],
        }
        return JSONResponse(said, 200 if status in ("ready", "degraded") else 503, _FRESH)

    async def refuse_an_older_database(self) -> None:
        """Raises SettingsError, so that a worker which cannot serve does not take the place of one that does.

        A database that does not answer now may do so later: /readyz looks again.
        """
        if await self._database_answers() and self._behind:
            raise SettingsError(_MESSAGES["behind"])

    def _broker(self) -> str:
        """As the broker's own heartbeat last saw it: a Redis that hangs is noticed within four seconds."""
        if self._in_process:
            return "in-process"
        return "up" if self.live is not None and self.live.broker.connected else "down"

    async def _database_answers(self) -> bool:
        """Asked through the pool that requests use. Those who ask at the same time wait for one answer."""
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(self._ask_database(), name="ask-database")
        asking = self._asking
        await asyncio.wait({asking}, timeout=DATABASE_WITHIN)
        if not asking.done():
            # Not awaited: asyncpg asks a server that does not answer to cancel first, and waits for that.
            asking.cancel()
            self._asking = None
        error = "TimeoutError" if not asking.done() or asking.cancelled() else asking.result()
        if error is not None and self._database_was_up:
            log.warning("The database does not answer (%s).", error)
        self._database_was_up = error is None
        return error is None

    async def _ask_database(self) -> str | None:
        """None, or the name of the error that came instead of an answer."""
        try:
            await get_connection("default").execute_query("SELECT 1")
            if self._behind is not False:
                self._behind = bool(await lacking())
        except (*PASSING, asyncpg.PostgresError, BaseORMException) as error:
            return type(error).__name__
        return None
