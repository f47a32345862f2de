"""An npm project in this checkout: what its files add up to, and its packages, installed once a lock file."""

import hashlib
import json
import subprocess
from collections.abc import Iterable
from pathlib import Path

from server.npm.node import Node, find_node

NPM_SECONDS = 900
STAMP = ".stamp"


class StepFailed(Exception):
    """A command of npm or Node failed or took too long; the message carries the end of what it printed."""


class NpmProject:
    """A folder with package.json, package-lock.json and .npmrc."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def node(self) -> Node:
        """A Node that package.json's `engines` allows; see find_node."""
        return find_node(json.loads((self.folder / "package.json").read_text())["engines"]["node"])

    def fingerprint(self, sources: Iterable[str]) -> str:
        """A hash over names and contents of files and, with all that is in them, folders."""
        found = hashlib.sha256()
        for source in sources:
            path = self.folder / source
            for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
                if file.is_file():
                    found.update(f"{file.relative_to(self.folder)}\0{file.stat().st_size}\0".encode())
                    found.update(file.read_bytes())
        return found.hexdigest()

    def install(self, node: Node) -> bool:
        """`npm ci` unless node_modules is already what the lock file says; tells whether it ran.

        The caller holds the folder's lock. The stamp is written last, so that an install cut short is done again.
        """
        stamp = self.folder / "node_modules" / STAMP
        wanted = self.fingerprint(["package.json", "package-lock.json", ".npmrc"])
        if is_stamped(stamp, wanted):
            return False
        self.run(node, *node.npm, "ci", "--prefer-offline", "--no-audit", "--no-fund", seconds=NPM_SECONDS)
        stamp.write_text(wanted)
        return True

    def run(self, node: Node, *command: str, seconds: float, **extra: str) -> str:
        """Run a command in the folder with `extra` environment variables; its output. Raises StepFailed."""
        try:
            done = subprocess.run(
                command,
                cwd=self.folder,
                env=node.environment(extra),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                timeout=seconds,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise StepFailed(f"in {self.folder}: {error}") from error
        if done.returncode != 0:
            told = done.stdout[-4000:]
            raise StepFailed(f"in {self.folder}: {' '.join(command)} exited {done.returncode}\n{told}")
        return done.stdout


def is_stamped(stamp: Path, wanted: str) -> bool:
    """Whether a stamp file stands and says `wanted`."""
    return stamp.is_file() and stamp.read_text() == wanted
