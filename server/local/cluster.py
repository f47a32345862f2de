"""Making a PostgreSQL cluster: its files, its one user with a password, its one database."""

import secrets
import shutil
import signal
import subprocess
from pathlib import Path

from server.local.children import server_environment, spawn, stop
from server.local.errors import LocalServerError
from server.local.place import Place

USER = DATABASE = "mentorship"
MAKING_SECONDS = 120.0


def make_cluster(place: Place, programs: Path, cluster: Path, password_file: Path, *, durable: bool) -> None:
    """Build the cluster aside and move it into place when it is whole: a killed first run leaves nothing half-made.

    Only the password, which is made here and kept beside the cluster, lets anybody in. Raises LocalServerError.
    """
    unfinished = cluster.with_suffix(".unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    password_file.unlink(missing_ok=True)
    password_file.touch(mode=0o600)
    password_file.write_text(secrets.token_urlsafe(24))
    place.own(password_file)
    _run(
        place,
        [
            *(programs / "initdb", f"--pgdata={unfinished}", f"--username={USER}", f"--pwfile={password_file}"),
            *("--auth=scram-sha-256", "--encoding=UTF8"),
            # Not the system's locales, which differ from machine to machine.
            *("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
            *([] if durable else ["--no-sync"]),
        ],
    )
    unsynced = [] if durable else ["-c", "fsync=off"]
    single_user: list[str | Path] = [programs / "postgres", "--single", "-D", unfinished, *unsynced]
    _run(place, [*single_user, "postgres"], f"CREATE DATABASE {DATABASE};\n")
    unfinished.rename(cluster)


def _run(place: Place, command: list[str | Path], words: str = "") -> None:
    process = spawn(
        command,
        death_signal=signal.SIGTERM,
        account=place.account,
        cwd=place.folder,
        environment=server_environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    try:
        output, _ = process.communicate(words.encode(), timeout=MAKING_SECONDS)
    except subprocess.TimeoutExpired:
        raise LocalServerError(f"{command[0]} did not finish within {MAKING_SECONDS:.0f} seconds") from None
    finally:
        stop(process, [(signal.SIGTERM, 5.0)])
    # A single-user server answers a failed statement with exit code 0 and an error on its output.
    if process.returncode != 0 or b"ERROR:" in output:
        raise LocalServerError(
            f"{command[0]} failed with exit code {process.returncode}:\n{output.decode(errors='replace')}"
        )
