"""Style holds: ruff's rules and its format, as `make lint` asks them."""

import subprocess
import sys

from tests.test_layers import CHECKOUT


def ruff(*arguments: str) -> str:
    """What ruff finds in the whole checkout; nothing when all is well."""
    command = [sys.executable, "-m", "ruff", *arguments, "--no-cache", "."]
    done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def test_the_rules_are_kept() -> None:
    assert ruff("check") == ""


def test_the_format_is_kept() -> None:
    assert ruff("format", "--check") == "", "run `.venv/bin/ruff format .`"
