"""`mentorship serve`: the web server."""

import asyncio
import gc
import logging
import logging.config
import multiprocessing
import os
import resource
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import uvicorn

from server.commands.errors import CommandError
from server.local.children import death_signal_setter
from server.settings import Settings
from server.snapshots import FOLDER_VARIABLE

if TYPE_CHECKING:
    from starlette.applications import Starlette

COLLECT_EVERY = (10_000, 20, 50)
"""Objects that are made before the youngest are looked at, and how often the next two generations are (gc)."""

WORKER_SECONDS = 60
"""What a worker has to become ready, and to say that it lives: uvicorn's 5 s are few where a machine is busy."""

MOST_FILES = 65_536
"""Open files that a process asks the system for; each socket is one."""

logger = logging.getLogger(__name__)


def serve() -> None:
    """Serve the API until SIGTERM or SIGINT.

    With several workers, SIGHUP replaces them one by one, each new one ready before an old one goes: a rolling restart.

    Everything comes from the MENTORSHIP_ variables. It refuses to start without a secret key, a PostgreSQL
    (migrated: see `mentorship migrate`) and a Redis.
    """
    settings = Settings.from_environment()
    settings.require_secret_keys()
    settings.require_database_url()
    settings.require_redis_url()
    settings.require_mail_where_addresses_are_verified()
    # Imported here: the other commands, which know this module, stay quick.
    from server.commands.supervisor import Supervisor
    from server.limits import limits_of
    from server.logs import log_config
    from server.transports.connection import uvicorn_options

    logs = log_config(settings.log_level, settings.log_format)
    logging.config.dictConfig(logs)
    _refuse_an_older_database(settings.require_database_url())
    _allow_many_sockets()
    with _shared_metrics(settings):
        options = {
            "app": "server.commands.serve:application",
            "factory": True,
            "host": settings.host,
            "port": settings.port,
            "workers": settings.workers,
            "timeout_worker_healthcheck": WORKER_SECONDS,
            "loop": "uvloop",
            "server_header": False,
            "log_config": logs,
            **uvicorn_options(limits_of(settings)),
        }
        if settings.workers == 1:
            uvicorn.run(**options)
        else:
            config = uvicorn.Config(**options)
            Supervisor(config, [config.bind_socket()]).run()


def _refuse_an_older_database(url: str) -> None:
    """Raise CommandError with what to do. Each worker looks too; here it is said once, and in a line."""
    import asyncpg
    from tortoise.exceptions import BaseORMException

    from models.database import database
    from models.migrating import lacking
    from pubsub.patience import PASSING
    from server.commands.data import reach

    async def look() -> list[str]:
        try:
            await reach(url)
            async with database(url):
                return await lacking()
        except (CommandError, *PASSING, asyncpg.PostgresError, BaseORMException) as error:
            logger.warning("The database does not answer (%s); /readyz tells when it does.", type(error).__name__)
            return []

    if names := asyncio.run(look()):
        raise CommandError(f"The database lacks {len(names)} migrations, {names[0]} first: run `mentorship migrate`.")


@contextmanager
def _shared_metrics(settings: Settings) -> Iterator[None]:
    """A folder in which several workers leave their numbers for each other, named to them in the environment."""
    if settings.workers == 1 or not settings.metrics:
        # A folder that another serving command has made is not ours to write in.
        os.environ.pop(FOLDER_VARIABLE, None)
        yield
        return
    with tempfile.TemporaryDirectory(prefix="mentorship-metrics-", ignore_cleanup_errors=True) as folder:
        os.environ[FOLDER_VARIABLE] = folder
        yield


def _allow_many_sockets() -> None:
    """Raise the limit of open files, for workers too: the usual one, 1,024, is less than the sockets that one holds."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, MOST_FILES)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    except (OSError, ValueError) as error:
        logger.warning("The limit of %d open files cannot be raised to %d: %s", soft, wanted, error)


def application() -> "Starlette":
    """The app of one worker, which ends with the process that started it, even when that one is killed outright."""
    if (parent := multiprocessing.parent_process()) is not None and parent.pid is not None:
        death_signal_setter(parent.pid, signal.SIGTERM)()
    # Imported by workers only: their parent and the other commands stay small and quick.
    from server.app import from_environment

    app = from_environment()
    _spare_the_collector()
    return app


def _spare_the_collector() -> None:
    """Keep what lives as long as the process out of the collector's sight, and have it look more rarely.

    A full collection went through 120,000 objects of modules and schema that never go away: 25 ms in which nobody is
    served, none now. What a request leaves behind is freed by its reference counts; cycles are few, and small.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT_EVERY)
