"""An operator at the command line: help that explains, and refusals that say what to do."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from server.cli import app
from server.local.lock import FolderLock
from server.local.ports import free_port
from server.local.postgres import LocalPostgres

CHECKOUT = Path(__file__).parents[1]
KEY = "k" * 40
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


COMMANDS = [
    *("run", "serve", "migrate", "demo", "schema", "create-moderator", "suspend", "restore", "audit"),
    *("reset-link", "rotate-key"),
]


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
        link = mentorship("reset-link", "mo@example.org", database_url=url, secret_key=KEY, app_url="https://app.test")
        assert re.fullmatch(r"https://app\.test/reset-password#token=\S{40,}\n", link.stdout)
        nobody = mentorship("reset-link", "no@example.org", database_url=url, secret_key=KEY)
        assert (nobody.returncode, nobody.stdout, len(nobody.stderr.splitlines())) == (1, "", 1)
        assert mentorship("suspend", "mo@example.org", database_url=url).stdout == "mo@example.org is suspended.\n"
        listed = mentorship("audit", "mo@example.org", "--last", "1", database_url=url).stdout
        assert "ACCOUNT_SUSPENDED  by operator  User" in listed and listed.count("\n") == 1
        typo = mentorship("restore", "no@example.org", database_url=url)
        assert (typo.returncode, len(typo.stderr.splitlines())) == (1, 1)
    finally:
        postgres.stop()


def test_another_key_comes_in_three_steps_and_the_one_in_use_goes_last() -> None:
    """Each value is one that `serve` is content with, and each time the new key is another."""
    printed = [mentorship("rotate-key", secret_key=KEY).stdout.splitlines() for _ in range(2)]
    for lines in printed:
        values = [line.removeprefix("MENTORSHIP_SECRET_KEY=") for line in lines]
        new = values[2]
        assert values == [f"{KEY},{new}", f"{new},{KEY}", new]
        assert "MENTORSHIP_DATABASE_URL is not set" in mentorship("serve", secret_key=values[1]).stderr
    assert printed[0] != printed[1]


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


def test_no_page_names_a_command_that_does_not_exist() -> None:
    """Whoever reads README.md or docs/ types what stands there."""
    known = {command.name or command.callback.__name__.replace("_", "-") for command in app.registered_commands}
    pages = [page for page in [*CHECKOUT.glob("*.md"), *CHECKOUT.glob("docs/**/*.md")] if page.stem != "CHANGELOG"]
    told = {
        (page.name, name)
        for page in pages
        for name in re.findall(r"(?:^|`)mentorship ([a-z][a-z-]*)", page.read_text(), re.M)
    }
    assert {(page, name) for page, name in told if name not in known} == set()
    assert {"migrate", "after-restore", "serve"} <= {name for _, name in told}
