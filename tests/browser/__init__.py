"""A headless Chromium for tests: installed from npm into this folder once a checkout, and the drivers that use it."""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from server.npm.lock import locked
from server.npm.node import Node
from server.npm.project import STAMP, NpmProject, is_stamped

FOLDER = Path(__file__).resolve().parent
UNPACKED = FOLDER / "node_modules" / ".chromium"
UNPACK_SECONDS = 120


@dataclass(frozen=True)
class Chromium:
    """The browser, ready to be driven. Made by `install`."""

    project: NpmProject
    node: Node

    def drive(self, driver: str, seconds: float, **told: str) -> dict[str, Any]:
        """Run a driver of this folder with `told` as environment variables; the JSON object that it prints last.

        Raises StepFailed with what it printed when it fails or takes longer than `seconds`.
        """
        command = [str(self.node.node), driver]
        said = self.project.run(self.node, *command, seconds=seconds, CHROMIUM_HOME=str(UNPACKED), **told)
        return json.loads(said.splitlines()[-1])


def install() -> Chromium:
    """Install and unpack the browser, unless that is done. Raises NodeMissing, StepFailed or TimeoutError."""
    project = NpmProject(FOLDER)
    node = project.node()
    stamp = UNPACKED / STAMP
    with locked(FOLDER):
        project.install(node)
        wanted = project.fingerprint(["package-lock.json", "unpack.mjs"])
        if not is_stamped(stamp, wanted):
            shutil.rmtree(UNPACKED, ignore_errors=True)
            UNPACKED.mkdir()
            unpack = [str(node.node), "unpack.mjs"]
            project.run(node, *unpack, seconds=UNPACK_SECONDS, TMPDIR=str(UNPACKED))
            stamp.write_text(wanted)
    return Chromium(project, node)
