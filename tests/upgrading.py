"""What is asked of a release's migrations: that the workers of the last one survive them, as a linter tells it."""

import ast
import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from models import migrations
from tests.deployment import installed
from tests.servers import CHECKOUT

FOLDER = Path(migrations.__file__).parent

OF_NO_CONSEQUENCE = (
    # Tastes in types.
    "prefer-bigint-over-int",
    "prefer-bigint-over-smallint",
    "prefer-text-field",
    # `mentorship migrate` sets a lock_timeout, undoes a migration that fails, and runs each once.
    "require-lock-timeout",
    "require-statement-timeout",
    "prefer-robust-stmts",
    "transaction-nesting",
    # PostgreSQL itself refuses it: no test would have a database.
    "ban-concurrent-index-creation-in-transaction",
)
"""Rules of squawk that do not ask whether the last release survives."""


class Risk(NamedTuple):
    """What squawk says of a statement."""

    rule: str
    said: str


def risks_of(sql: str) -> list[Risk]:
    """What squawk finds in the statements of one release; tables that it makes itself may be treated freely."""
    command = [installed("squawk"), "--reporter", "json", "--pg-version", "18.0", "--assume-in-transaction"]
    command += [f"--exclude={rule}" for rule in OF_NO_CONSEQUENCE]
    said = subprocess.run(command, input=sql, capture_output=True, text=True, timeout=60)
    assert said.returncode in (0, 1), said.stderr
    lines = sql.splitlines()
    return [
        Risk(each["rule_name"], f"{lines[each['line']].strip()} ({each['message']})")
        for each in json.loads(said.stdout)
    ]


def statements_of(names: Sequence[str]) -> str:
    """The SQL of these migrations. No database is asked."""
    written: list[str] = []
    for name in names:
        said = subprocess.run(
            [installed("tortoise"), "-c", "models.database.AUTODETECTOR", "sqlmigrate", "models", name],
            cwd=CHECKOUT,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert said.returncode == 0, said.stderr
        written.append(said.stdout)
    return "\n".join(written)


def accepted_by(name: str) -> dict[str, str]:
    """The risks that a migration takes, with its reasons: its ACCEPTED, a dictionary of squawk's rules."""
    for node in ast.parse((FOLDER / f"{name}.py").read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "ACCEPTED":
            return ast.literal_eval(node.value)
    return {}
