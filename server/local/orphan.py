"""A PostgreSQL that outlived the process that started it, or the trace of one that did not."""

import os
import signal
import time
from pathlib import Path

from server.local.errors import LocalServerError

SHUTDOWN_SECONDS = 20.0


def end_orphan(cluster: Path) -> None:
    """Make a cluster free to start, for a caller who holds the lock of its folder, so that what runs on it is nobody's.

    A postmaster still there, perhaps on its way out since its parent was killed, is asked to stop and waited for. A pid
    file whose process is now some other program is deleted, since PostgreSQL would take that one for a postmaster.
    Raises LocalServerError when the postmaster does not end in time.
    """
    pid_file = cluster / "postmaster.pid"
    try:
        pid = int(pid_file.read_text().split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return  # PostgreSQL itself reports a pid file that it cannot read
    deadline = time.monotonic() + SHUTDOWN_SECONDS
    asked = False
    while processes := _servers_of(cluster):
        if not asked and pid in processes:
            os.kill(pid, signal.SIGINT)
            asked = True
        if time.monotonic() > deadline:
            raise LocalServerError(f"An earlier PostgreSQL (process {pid}) still runs on {cluster}; stop it first")
        time.sleep(0.05)
    pid_file.unlink(missing_ok=True)


def _servers_of(cluster: Path) -> set[int]:
    """The processes of PostgreSQL that work in the cluster: a postmaster and its backends make it their folder."""
    # Of the extra `local`: the command line has to do without it where servers are given.
    import psutil

    found = set()
    for process in psutil.process_iter():
        try:
            if process.name().startswith("postgres") and Path(process.cwd()) == cluster.resolve():
                found.add(process.pid)
        except (psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess):
            continue
    return found
