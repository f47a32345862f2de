"""A measured server as processes: started on its core, waited for, looked at, and stopped by its id."""

import contextlib
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil

from server.local.children import death_signal_setter

CHECKOUT = Path(__file__).resolve().parents[1]
LOGS = Path(__file__).resolve().parent / "results" / "logs"
START_SECONDS = 60.0
STOP_SECONDS = 10.0


class NotServing(Exception):
    """A server did not start; the message ends with what it printed last."""


@dataclass
class Running:
    """A server that answers, and its processes: the one that was started, and its workers if they are others."""

    port: int
    process: subprocess.Popen[bytes]

    def processes(self) -> list[psutil.Process]:
        """The one that was started, and all its children."""
        first = psutil.Process(self.process.pid)
        return [first, *first.children(recursive=True)]

    def cpu_seconds(self) -> float:
        """The processor time that they have taken so far."""
        return sum(sum(each.cpu_times()[:2]) for each in self.processes())

    def memory(self) -> int:
        """Bytes that they hold: the proportional set size, which counts a page shared by two as half a page.

        Where the system does not tell that, what belongs to each alone.
        """
        told = [each.memory_full_info() for each in self.processes()]
        return sum(getattr(each, "pss", each.uss) for each in told)

    def collect_garbage(self) -> None:
        """Have a Node server collect its garbage; others count references and need no asking."""
        for each in self.processes():
            if "node" in Path(each.exe()).name:
                each.send_signal(signal.SIGUSR2)


@contextmanager
def running(
    name: str, command: Sequence[str], environment: Mapping[str, str], port: int, pin: Callable[[], None]
) -> Iterator[Running]:
    """Start a server and wait until it answers; stop it in the end, however that is. Raises NotServing."""
    end_with_this_process = death_signal_setter(os.getpid(), signal.SIGKILL)

    def prepare() -> None:
        pin()
        end_with_this_process()

    LOGS.mkdir(parents=True, exist_ok=True)
    log = LOGS / f"{name}.log"
    with log.open("ab") as output:
        process = subprocess.Popen(
            command,
            cwd=CHECKOUT,
            env={**_clean_environment(), **environment},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=prepare,
        )
    try:
        _wait_until_it_answers(process, port, log)
        yield Running(port, process)
    finally:
        _stop(process)


def _clean_environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("MENTORSHIP_", "PEER_"))}
    return kept | {"PYTHONPATH": str(CHECKOUT)}


def _wait_until_it_answers(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(httpx.TransportError):
            # Without a token most refuse; any answer will do.
            httpx.post(f"http://127.0.0.1:{port}/graphql", json={"query": "{ __typename }"}, timeout=5)
            return
        time.sleep(0.05)
    raise NotServing(f"It does not serve; {log} ends with:\n{log.read_text(errors='replace')[-2000:]}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(STOP_SECONDS)
    # It leads a session of its own: whatever is left of that is ours.
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(STOP_SECONDS)


def allow_many_sockets() -> None:
    """Raise this process's limit of open files, which its children inherit."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def python(*arguments: str) -> list[str]:
    """A command of this environment's Python."""
    return [sys.executable, *arguments]
