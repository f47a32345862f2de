"""A developer runs everything with one command: it starts what is missing, keeps what it made, and stops it all."""

import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from server.graphiql import build as graphiql
from server.local.ports import free_port
from server.local.postgres import LocalPostgres
from server.spa import build as app

CHECKOUT = Path(__file__).parents[1]
# Processes that import everything, and one that tells the demo's whole story, on a busy machine.
START_SECONDS = 240.0
GREETING = "Mentorship is at"


def environment(**settings: object) -> dict[str, str]:
    """This process's environment with these settings only, and without what a make above hands down."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("MENTORSHIP_", "MAKE", "MFLAGS"))}
    return kept | {f"MENTORSHIP_{name.upper()}": str(value) for name, value in settings.items()}


class Running:
    """A `mentorship run` under way, with all that it prints."""

    def __init__(self, data_dir: Path, **settings: object) -> None:
        self.port = free_port()
        self.printed = data_dir.with_suffix(".out")
        with self.printed.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "server.cli", "run", "--data-dir", str(data_dir)],
                cwd=CHECKOUT,
                env=environment(port=self.port, **settings),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def words(self) -> str:
        """What was printed so far."""
        return self.printed.read_text(encoding="utf-8", errors="replace")

    def until_printed(self, expected: str) -> str:
        """Wait until it has said so; returns what it printed."""
        deadline = time.monotonic() + START_SECONDS
        while expected not in self.words():
            assert self.process.poll() is None, self.words()
            assert time.monotonic() < deadline, self.words()
            time.sleep(0.05)
        return self.words()

    def page(self, path: str) -> str:
        """What a browser is shown there."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", headers={"Accept": "text/html"})
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.read().decode()

    def end(self, signal_number: int) -> int:
        """Send the signal; returns the exit code once it has ended, with nothing left running."""
        children = psutil.Process(self.process.pid).children(recursive=True)
        assert children
        self.process.send_signal(signal_number)
        code = self.process.wait(timeout=45)
        _, left = psutil.wait_procs(children, timeout=15)
        assert [each for each in left if each.status() != psutil.STATUS_ZOMBIE] == []
        return code


@pytest.fixture
def data_dir(tmp_path: Path) -> Iterator[Path]:
    """A place for data; what lies elsewhere, behind a link, goes too."""
    folder = tmp_path / "data"
    yield folder
    for link in folder.glob("*"):
        if link.is_dir():
            subprocess.run(["rm", "-rf", str(link.resolve())], check=True, timeout=30)


@pytest.mark.timeout(900)
def test_one_command_runs_it_all_and_stops_it_all(data_dir: Path) -> None:
    """A developer's first run is killed, the next completes it, Ctrl-C stops that, the third finds all as it was."""
    app.SITE.build()
    graphiql.SITE.build()
    killed = Running(data_dir)
    killed.until_printed("Loading the demo community")
    assert killed.end(signal.SIGKILL) == -signal.SIGKILL

    completed = Running(data_dir)
    words = completed.until_printed(GREETING)
    assert "Loading the demo community" in words
    assert f"http://127.0.0.1:{completed.port}/ " in words and f"http://127.0.0.1:{completed.port}/graphql" in words
    before, after = (app.SITE.dist / "index.html").read_text().split("[]</script>")
    page = completed.page("/")
    assert page == completed.page("/verify-email")
    assert page.startswith(before) and page.endswith(after) and "maya@demo.example" in page
    assert "GraphiQL" in completed.page("/graphql")
    key = (data_dir / "secret-key").read_text()
    assert (data_dir / "secret-key").stat().st_mode & 0o077 == 0
    assert key not in words
    assert completed.end(signal.SIGINT) == 0
    assert "Traceback" not in completed.words()

    again = Running(data_dir)
    assert "Loading the demo community" not in again.until_printed(GREETING)
    assert (data_dir / "secret-key").read_text() == key
    assert again.end(signal.SIGTERM) == 0


def test_a_named_database_gets_no_demo_people(data_dir: Path, tmp_path: Path) -> None:
    """With a database and a broker of their own, an operator's `run` starts neither, and leaves the people alone."""
    postgres = LocalPostgres.start(tmp_path / "postgres", durable=False)
    try:
        running = Running(data_dir, database_url=postgres.url, redis_url="memory://")
        assert "demo" not in running.until_printed(GREETING)
        assert {path.name for path in data_dir.iterdir()} == {"lock", "secret-key"}
        assert running.end(signal.SIGTERM) == 0
        assert postgres.is_running()
    finally:
        postgres.stop()


SHOW_SETTINGS = "#!/bin/sh\nenv | grep '^MENTORSHIP_' | sort\n"


@pytest.mark.parametrize(
    ("given", "settings"),
    [
        ([], []),
        (
            ["PORT=9000", "DATABASE_URL=postgres://u:p@h/d", "REDIS_URL=redis://h", "WORKERS=2", "SECRET_KEY=k"],
            [
                "MENTORSHIP_DATABASE_URL=postgres://u:p@h/d",
                "MENTORSHIP_PORT=9000",
                "MENTORSHIP_REDIS_URL=redis://h",
                "MENTORSHIP_SECRET_KEY=k",
                "MENTORSHIP_WORKERS=2",
            ],
        ),
    ],
)
def test_makes_variables_become_settings_when_given(tmp_path: Path, given: list[str], settings: list[str]) -> None:
    """`make run PORT=9000` is heard; another project's DATABASE_URL that lies about in the environment is not."""
    programs = tmp_path / "venv" / "bin"
    programs.mkdir(parents=True)
    for name, words in (("mentorship", SHOW_SETTINGS), ("python", "#!/bin/sh\n")):
        (programs / name).write_text(words)
        (programs / name).chmod(0o755)
    (tmp_path / "venv" / ".installed").touch()
    shown = subprocess.run(
        ["make", "--silent", "run", f"VENV={tmp_path / 'venv'}", *given],
        cwd=CHECKOUT,
        env=environment() | {"DATABASE_URL": "postgres://another/project", "PORT": "1"},
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert shown.stdout.splitlines() == settings, shown.stderr
