"""The files that run it for real, as tests read them: the image's recipe, compose.yaml, the proxy's configuration."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

from ruamel.yaml import YAML

from tests.servers import CHECKOUT

DOCKERFILE = CHECKOUT / "Dockerfile"
COMPOSE = CHECKOUT / "compose.yaml"
CADDYFILE = CHECKOUT / "deploy" / "Caddyfile"
EXAMPLE_ENV = CHECKOUT / "deploy" / "example.env"
CONSTRAINTS = CHECKOUT / "constraints.txt"


class Instruction(NamedTuple):
    """One instruction of the Dockerfile, and the stage (from 0) in which it stands."""

    stage: int
    name: str
    words: str


def installed(command: str) -> str:
    """The path of a command that a package has put beside this Python."""
    return str(Path(sys.executable).with_name(command))


def run(command: str, *arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run such a command to its end."""
    return subprocess.run(
        [installed(command), *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=60,
        env=environment or None,
    )


def instructions() -> list[Instruction]:
    """The Dockerfile's, continued lines joined and comments left out."""
    lines = [line for line in DOCKERFILE.read_text().splitlines() if line.strip() and not line.startswith("#")]
    found: list[Instruction] = []
    for line in re.sub(r"\\\n\s*", "", "\n".join(lines)).splitlines():
        name, _, words = line.partition(" ")
        stage = (found[-1].stage if found else -1) + (name == "FROM")
        found.append(Instruction(stage, name, words))
    return found


def services() -> dict[str, dict[str, Any]]:
    """The services of compose.yaml, with what they share merged in."""
    return YAML(typ="safe").load(COMPOSE)["services"]


def proxy(**environment: str) -> dict[str, Any]:
    """The proxy's configuration as Caddy itself understands it."""
    adapted = run("caddy", "adapt", "--adapter", "caddyfile", "--config", CADDYFILE, **environment)
    assert adapted.returncode == 0, adapted.stderr
    return json.loads(adapted.stdout)


def handler(config: object, name: str) -> dict[str, Any]:
    """The one handler of that name in a configuration of Caddy."""
    (found,) = _handlers(config, name)
    return found


def _handlers(config: object, name: str) -> list[dict[str, Any]]:
    if isinstance(config, list):
        return [found for each in config for found in _handlers(each, name)]
    if not isinstance(config, dict):
        return []
    inside = [found for each in config.values() for found in _handlers(each, name)]
    return [config, *inside] if config.get("handler") == name else inside


def pinned(package: str) -> str:
    """The version of a package that the tests run on."""
    found = re.search(rf"^{re.escape(package)}==(\S+)$", CONSTRAINTS.read_text(), re.MULTILINE)
    assert found is not None, package
    return found[1]
