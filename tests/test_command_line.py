"""An operator at the command line: help that explains, refusals that say what to do, one command that runs it all."""

import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from typer.testing import CliRunner

from server.cli import app
from server.local.lock import FolderLock
from server.local.ports import free_port
from server.local.postgres import LocalPostgres

CHECKOUT = Path(__file__).parents[1]
KEY = "k" * 40
# Two processes that import everything, on a busy machine.
START_SECONDS = 90.0
GREETING = "Mentorship is at"
NOBODY_LISTENS = "postgres://someone:hunter2@127.0.0.1:1/none"


def environment(**settings: object) -> dict[str, str]:
    """This process's environment with these settings only, and without what a make above hands down."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("MENTORSHIP_", "MAKE", "MFLAGS"))}
    return kept | {f"MENTORSHIP_{name.upper()}": str(value) for name, value in settings.items()}


def mentorship(*arguments: str, stdin: str = "", **settings: object) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run(
        [sys.executable, "-m", "server.cli", *arguments],
        cwd=CHECKOUT,
        env=environment(**settings),
        input=stdin,
        capture_output=True,
        text=True,
        timeout=60,
    )


COMMANDS = ["run", "serve", "migrate", "demo", "schema", "create-moderator", "suspend", "restore"]


def test_help_lists_every_command() -> None:
    """Somebody who types the bare name, or asks for help, sees what there is."""
    answer = CliRunner().invoke(app, ["--help"])
    assert answer.exit_code == 0
    assert [name for name in COMMANDS if f"  {name} " not in answer.stdout] == []
    assert "MENTORSHIP_" in answer.stdout


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_explains_itself(name: str) -> None:
    """Help is a sentence at least, and asking for it starts nothing."""
    answer = CliRunner().invoke(app, [name, "--help"])
    assert answer.exit_code == 0
    explanation = answer.stdout.split("\n\n", 1)[1].split("Options:")[0].split("Arguments:")[0]
    assert len(explanation.split()) >= 6


def test_serve_without_a_secret_key_says_how_to_make_one() -> None:
    """The command in the refusal makes a key that `serve` is content with: the next thing it misses is another."""
    refused = mentorship("serve")
    assert refused.returncode == 2
    recipe = re.search(r"python3 -c '(.+)'", refused.stderr)
    assert recipe is not None
    key = subprocess.run([sys.executable, "-c", recipe[1]], capture_output=True, text=True, check=True).stdout.strip()
    assert "MENTORSHIP_DATABASE_URL is not set" in mentorship("serve", secret_key=key).stderr


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"secret_key": "short"}, "MENTORSHIP_SECRET_KEY is shorter than 32 characters"),
        ({"secret_key": KEY}, "MENTORSHIP_DATABASE_URL is not set"),
        ({"secret_key": KEY, "database_url": NOBODY_LISTENS}, "MENTORSHIP_REDIS_URL is not set"),
        (
            {"secret_key": KEY, "database_url": NOBODY_LISTENS, "redis_url": "memory://", "workers": 2},
            "memory://, which serves one worker",
        ),
        ({"port": "eighty"}, "MENTORSHIP_PORT"),
    ],
)
def test_serve_refuses_wrong_settings_in_one_line(settings: dict[str, object], words: str) -> None:
    """No traceback, no secret, exit code 2."""
    refused = mentorship("serve", **settings)
    assert refused.returncode == 2
    assert words in refused.stderr
    assert len(refused.stderr.splitlines()) == 1
    assert "hunter2" not in refused.stderr


@pytest.mark.parametrize("command", [["migrate"], ["suspend", "maya@example.org"]])
def test_a_database_that_is_away_is_named_without_a_traceback(command: list[str]) -> None:
    """The operator reads which setting leads nowhere, and not its password."""
    refused = mentorship(*command, database_url=NOBODY_LISTENS)
    assert refused.returncode == 1
    assert "Could not reach the database that MENTORSHIP_DATABASE_URL names" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert "hunter2" not in refused.stderr


def test_an_operator_makes_a_moderator_and_suspends_an_account(tmp_path: Path) -> None:
    """On a fresh database: migrate, make a moderator with a password from standard input, suspend; a typo is told."""
    postgres = LocalPostgres.start(tmp_path / "postgres", durable=False)
    try:
        url = postgres.url
        assert mentorship("migrate", database_url=url).returncode == 0
        words = ("create-moderator", "mo@example.org", "--name", "Mo Diallo")
        assert mentorship(*words, stdin="correct horse battery\n", database_url=url).returncode == 0
        again = mentorship(*words, stdin="correct horse battery\n", database_url=url)
        assert (again.returncode, len(again.stderr.splitlines())) == (1, 1)
        assert mentorship("suspend", "mo@example.org", database_url=url).stdout == "mo@example.org is suspended.\n"
        typo = mentorship("restore", "no@example.org", database_url=url)
        assert (typo.returncode, len(typo.stderr.splitlines())) == (1, 1)
    finally:
        postgres.stop()


def test_demo_people_are_refused_where_nobody_allowed_them() -> None:
    """`mentorship demo` against a database of real people does nothing, since everybody knows the demo's passwords."""
    refused = mentorship("demo", database_url=NOBODY_LISTENS)
    assert refused.returncode == 2
    assert "MENTORSHIP_DEMO=true" in refused.stderr


def test_schema_prints_the_schema() -> None:
    """What it prints is the schema language, ready for a client's tools."""
    printed = mentorship("schema")
    assert printed.returncode == 0, printed.stderr
    assert "type Query" in printed.stdout
    assert "type Subscription" in printed.stdout


def test_a_second_run_in_one_checkout_is_refused(tmp_path: Path) -> None:
    """Two runs would share one database's files; the second is told which process has them."""
    with FolderLock(tmp_path):
        refused = mentorship("run", "--data-dir", str(tmp_path), port=free_port())
    assert refused.returncode == 1
    assert f"in use by another run (process {os.getpid()})" in refused.stderr


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

    def status(self) -> int:
        """The HTTP status of the page that the greeting names."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/graphql", headers={"Accept": "text/html"})
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code

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


def test_one_command_runs_it_all_and_stops_it_all(data_dir: Path) -> None:
    """A developer's first run is killed, the next completes it, Ctrl-C stops that, the third finds all as it was."""
    killed = Running(data_dir)
    killed.until_printed("Loading the demo community")
    assert killed.end(signal.SIGKILL) == -signal.SIGKILL

    completed = Running(data_dir)
    words = completed.until_printed(GREETING)
    assert "Loading the demo community" in words
    assert f"http://127.0.0.1:{completed.port}/graphql" in words
    assert completed.status() == 200
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
