"""Child processes that stop with the process that started them, even when that one is killed outright."""

import ctypes
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

from server.local.account import Account
from server.local.errors import LocalServerError

PR_SET_PDEATHSIG = 1


def death_signal_setter(parent: int, signal_number: int) -> Callable[[], None]:
    """A function for the child to call after it has dropped privileges, since a change of user clears the setting.

    Linux only: elsewhere the returned function does nothing and a killed parent leaves its children running.
    """
    if not sys.platform.startswith("linux"):
        return lambda: None
    # Loaded here and not in the child, where another thread of the parent may have held the loader's lock.
    prctl = ctypes.CDLL(None, use_errno=True).prctl

    def set_death_signal() -> None:
        if prctl(PR_SET_PDEATHSIG, signal_number, 0, 0, 0) != 0:
            raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG) failed")
        if os.getppid() != parent:  # the parent died before the setting took hold
            os.kill(os.getpid(), signal.SIGKILL)

    return set_death_signal


def server_environment() -> dict[str, str]:
    """What a server sees of this process's environment: no secret, and no PG* variable that would redirect it."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"}


def spawn(
    command: Sequence[str | os.PathLike[str]],
    *,
    death_signal: int,
    account: Account | None = None,
    cwd: Path | None = None,
    environment: Mapping[str, str] | None = None,
    stdin: int = subprocess.DEVNULL,
    stdout: int | IO[bytes] | None = None,
    stderr: int | None = None,
) -> subprocess.Popen[bytes]:
    """Start a child in a session of its own: a terminal's Ctrl-C reaches only the parent, which stops it in order.

    The kernel ties `death_signal` to the thread that starts the child, so that must be the main one.
    Raises LocalServerError when the child cannot be started.
    """
    if threading.current_thread() is not threading.main_thread():
        raise RuntimeError("Start local servers from the main thread: they would stop with any other")
    try:
        return subprocess.Popen(
            [os.fspath(part) for part in command],
            cwd=cwd,
            env=environment,
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
            start_new_session=True,
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
            preexec_fn=death_signal_setter(os.getpid(), death_signal),
        )
    except (OSError, subprocess.SubprocessError) as error:
        whom = f" as the user {account.name}" if account else ""
        raise LocalServerError(f"Could not start {os.fspath(command[0])}{whom}: {error}") from error


def stop(process: subprocess.Popen[bytes], steps: Sequence[tuple[int, float]]) -> None:
    """Send signal after signal until the process has ended, waiting the given seconds after each, and at last SIGKILL.

    Whatever is left of its session's process group is killed then, so that a crashed server leaves no worker behind.
    """
    for signal_number, seconds in steps:
        if process.poll() is not None:
            break
        process.send_signal(signal_number)
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=seconds)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(timeout=10)
