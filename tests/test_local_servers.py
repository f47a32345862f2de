"""A developer starts real servers on a bare machine: they are private, keep their data, and leave no process behind."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import asyncpg
import psutil
import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from server.local.errors import LocalServerError
from server.local.lock import FolderInUse
from server.local.postgres import LocalPostgres
from server.local.redis import LocalRedis

CHECKOUT = Path(__file__).parents[1]
PATIENCE_SECONDS = 15.0


async def ask(url: str, statement: str) -> object:
    """One answer from a database."""
    connection = await asyncpg.connect(url, timeout=5)
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close(timeout=5)


def until(condition: Callable[[], bool]) -> bool:
    """Whether a condition came true in time."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def family(pid: int) -> list[psutil.Process]:
    """A process and all below it."""
    process = psutil.Process(pid)
    return [process, *process.children(recursive=True)]


def all_ended(processes: list[psutil.Process]) -> bool:
    """Whether none of them runs; one that ended and was not yet collected by its parent does not run."""
    return not any(each.is_running() and each.status() != psutil.STATUS_ZOMBIE for each in processes)


def remove(*folders: Path) -> None:
    """Delete what outlasts a server, also where it had to be put outside of the test's own folder."""
    for folder in folders:
        shutil.rmtree(folder.resolve())


async def test_a_database_is_kept_between_runs_and_nothing_runs_after_its_stop(tmp_path: Path) -> None:
    """A table made in the first run is there in the second, which did not make the cluster anew."""
    first = LocalPostgres.start(tmp_path / "postgres")
    assert until(lambda: len(family(first.pid)) > 1)
    processes = family(first.pid)
    assert first.created
    await ask(first.url, "CREATE TABLE kept AS SELECT 'Grün' AS words")
    first.stop()
    first.stop()
    assert all_ended(processes)

    second = LocalPostgres.start(tmp_path / "postgres")
    try:
        assert not second.created
        assert await ask(second.url, "SELECT upper(words) FROM kept") == "GRÜN"
        assert await ask(second.url, "SELECT current_setting('TimeZone')") == "UTC"
        assert await ask(second.url, "SELECT current_setting('fsync')") == "on"
    finally:
        second.stop()
        remove(tmp_path / "postgres")


@pytest.fixture
def throwaway(tmp_path: Path) -> Iterator[LocalPostgres]:
    """A database whose data are deleted at its stop."""
    server = LocalPostgres.start(tmp_path / "postgres", durable=False)
    yield server
    server.stop()


async def test_a_neighbour_on_the_same_machine_cannot_get_in(throwaway: LocalPostgres) -> None:
    """Without the password nobody connects, the password's file is private, and only loopback is listened on."""
    stranger = throwaway.url.replace(throwaway.url.split(":")[2].split("@")[0], "guess")
    with pytest.raises(asyncpg.InvalidPasswordError):
        await ask(stranger, "SELECT 1")
    assert (throwaway.place.folder / "password").stat().st_mode & 0o077 == 0
    assert throwaway.place.folder.stat().st_mode & 0o077 == 0
    assert await ask(throwaway.url, "SELECT current_setting('listen_addresses')") == "127.0.0.1"
    assert await ask(throwaway.url, "SELECT current_setting('unix_socket_directories')") == ""


async def test_words_and_secrets_stay_out_of_the_database_log(throwaway: LocalPostgres) -> None:
    """A statement that fails is logged without what somebody wrote in it; the key of the service is not handed down."""
    with pytest.raises(asyncpg.PostgresError):
        await ask(throwaway.url, "SELECT 'dear diary'::int")
    assert "dear diary" not in (throwaway.place.folder / "postgres.log").read_text()
    assert psutil.Process(throwaway.pid).environ().keys() <= {"PATH", "LC_ALL", "PGDATA", "PG_GRANDPARENT_PID"}


def test_two_runs_on_the_same_data_are_refused(throwaway: LocalPostgres, tmp_path: Path) -> None:
    """The second is told who has the data, and the first goes on unharmed."""
    with pytest.raises(FolderInUse, match=f"in use by another run .process {os.getpid()}"):
        LocalPostgres.start(tmp_path / "postgres", durable=False)
    assert throwaway.is_running()


def test_a_wanted_port_that_is_taken_is_refused_and_free_ones_are_found(tmp_path: Path) -> None:
    """With a port of its own choice a server finds another one; with yours it says that it is taken."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(LocalServerError, match=f"127.0.0.1:{port}: it is taken"):
            LocalPostgres.start(tmp_path / "postgres", port, durable=False)
        with pytest.raises(LocalServerError, match=f"127.0.0.1:{port}: it is taken"):
            LocalRedis.start(tmp_path / "redis", port)


def test_a_folder_with_somebody_elses_files_is_left_alone(tmp_path: Path) -> None:
    """A mistyped path must not be given to another user, still less deleted."""
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(LocalServerError, match=r"holds thesis\.txt"):
        LocalPostgres.start(tmp_path, durable=False)
    with pytest.raises(LocalServerError, match=r"holds thesis\.txt"):
        LocalRedis.start(tmp_path)
    assert (tmp_path / "thesis.txt").read_text() == "years of work"


async def test_a_killed_database_starts_again_though_another_program_has_its_old_number(tmp_path: Path) -> None:
    """After a power cut the pid file names a process that lives: here this very test. The start is not refused."""
    first = LocalPostgres.start(tmp_path / "postgres")
    try:
        await ask(first.url, "CREATE TABLE kept AS SELECT 1 AS number")
        processes = family(first.pid)
        for process in processes:
            process.kill()
        assert until(lambda: all_ended(processes))
        first.stop()
        pid_file = first.place.folder / "cluster" / "postmaster.pid"
        pid_file.write_text("\n".join([str(os.getppid()), *pid_file.read_text().splitlines()[1:]]) + "\n")

        second = LocalPostgres.start(tmp_path / "postgres")
        try:
            assert await ask(second.url, "SELECT number FROM kept") == 1
        finally:
            second.stop()
    finally:
        remove(tmp_path / "postgres")


PARENT = """
import sys, time
from pathlib import Path
from server.local.postgres import LocalPostgres
from server.local.redis import LocalRedis
folder = Path(sys.argv[1])
postgres = LocalPostgres.start(folder / "postgres", durable=False)
redis = LocalRedis.start(folder / "redis")
print(postgres.pid, redis.pid, flush=True)
time.sleep(60)
"""


def test_a_parent_that_is_killed_outright_takes_its_servers_along(tmp_path: Path) -> None:
    """SIGKILL leaves the parent no time to stop anything; a moment later no server runs, nor any of its workers."""
    parent = subprocess.Popen([sys.executable, "-c", PARENT, tmp_path], cwd=CHECKOUT, stdout=subprocess.PIPE, text=True)
    try:
        assert parent.stdout is not None
        postgres, valkey = parent.stdout.readline().split()
        processes = [*family(int(postgres)), *family(int(valkey))]
        assert len(processes) > 2
        parent.send_signal(signal.SIGKILL)
        assert until(lambda: all_ended(processes))
        remove(*tmp_path.iterdir())
    finally:
        parent.kill()
        parent.communicate(timeout=10)


def connect(url: str) -> redis.Redis:
    """A client that tries once: a wrong password does not get better by waiting."""
    return redis.Redis.from_url(url, retry=Retry(NoBackoff(), 0), socket_timeout=5)


def test_redis_comes_back_on_the_same_address_and_is_gone_after_its_stop(tmp_path: Path) -> None:
    """A restart drops every connection and keeps the address; only who has the password gets in."""
    server = LocalRedis.start(tmp_path / "redis")
    try:
        url, first = server.url, server.pid
        with pytest.raises(redis.AuthenticationError):
            connect(f"redis://127.0.0.1:{server.port}").ping()
        assert not any(server.url.split(":")[2].split("@")[0] in part for part in psutil.Process(first).cmdline())
        server.restart()
        assert server.url == url
        assert server.pid != first
        assert connect(url).ping()
        last = family(server.pid)
    finally:
        server.stop()
    assert all_ended(last)
    assert not (tmp_path / "redis").exists()
